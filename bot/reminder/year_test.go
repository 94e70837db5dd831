package reminder_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"mentor/bot"
	"mentor/bot/streak"
)

// The lives of 200 learners, at first of some weeks in which most zones change
// their clocks.
//
//	MENTOR_REMINDER_DAYS=366 go test -run TestAYear -v ./bot/reminder
const (
	daysVariable = "MENTOR_REMINDER_DAYS"
	someDays     = 11 // from 24 March 2000 on
	lives        = 200
)

// zonesOfLives are forty, from Pago Pago to Kiritimati.
var zonesOfLives = strings.Fields(`
	Pacific/Pago_Pago Pacific/Honolulu Pacific/Marquesas America/Anchorage America/Los_Angeles America/Denver America/Chicago America/New_York America/Havana America/Halifax
	America/St_Johns America/Sao_Paulo America/Santiago America/Noronha Atlantic/Azores Atlantic/Cape_Verde Europe/London Europe/Lisbon Africa/Lagos Europe/Berlin
	Africa/Cairo Asia/Beirut Asia/Amman Europe/Moscow Africa/Nairobi Asia/Tehran Asia/Dubai Asia/Kabul Asia/Karachi Asia/Kolkata
	Asia/Kathmandu Asia/Dhaka Asia/Yangon Asia/Bangkok Asia/Shanghai Asia/Tokyo Australia/Adelaide Australia/Lord_Howe Pacific/Chatham Pacific/Kiritimati`)

// A life is a learner, and what the test itself knows of them.
type life struct {
	chance  *rand.Rand // the same in every run
	account bot.Account
	zone    *time.Location
	minute  int
	dayEnd  int
	quiet   bot.Quiet
	rest    time.Weekday // -1 for none
	last    bool
	steady  bool // stays in one place and pauses nothing

	next    time.Time // when they write next
	due     time.Time // their reminder, of the next date
	dueDate streak.Day

	paused  streak.Day // through this day
	away    streak.Day // the same
	done    map[streak.Day]bool
	over    streak.Day // wants no more of this day
	snooze  time.Time
	ignored int
	nudged  map[streak.Day]int
	closed  map[streak.Day]int
	newest  time.Time // when the newest came
}

func (l *life) day(t time.Time) streak.Day {
	t = t.In(l.zone)
	if t.Hour() < l.dayEnd {
		return streak.DayOn(t) - 1
	}
	return streak.DayOn(t)
}

// dueOn is when the clock first shows the minute on a date, or leaps over it; zero
// when that is on another day. It walks over the minutes.
func (l *life) dueOn(date streak.Day) time.Time {
	day := date
	if l.minute < l.dayEnd*60 {
		day--
	}
	for at := time.Unix(int64(date)*24*60*60, 0).Add(-15 * time.Hour); ; at = at.Add(time.Minute) {
		switch wall := at.In(l.zone); {
		case streak.DayOn(wall) < date || streak.DayOn(wall) == date && wall.Hour()*60+wall.Minute() < l.minute:
		case l.day(at) != day || streak.DayOn(wall) != date:
			return at.Add(-time.Minute)
		default:
			return at
		}
	}
}

func (l *life) plan(after time.Time) {
	for l.dueDate = streak.DayOn(after.In(l.zone)) - 1; !l.due.After(after); l.dueDate++ {
		l.due = l.dueOn(l.dueDate)
	}
}

// wants says what the specification says of a day.
func (l *life) wants(day streak.Day) bool {
	return !l.done[day] && day.Weekday() != l.rest && day > max(l.paused, l.away, l.over)
}

type year struct {
	*stage
	mu    sync.Mutex
	lives []*life
	by    map[bot.Account]*life
	sent  int
	owed  int
}

func TestAYear(t *testing.T) {
	days := someDays
	if text := os.Getenv(daysVariable); text != "" {
		var err error
		if days, err = strconv.Atoi(text); err != nil {
			t.Fatalf("%s=%q: %v", daysVariable, text, err)
		}
	}
	play(t, func(s *stage) {
		time.Sleep(time.Until(time.Date(2000, 3, 24, 0, 0, 30, 0, time.UTC)))
		y := &year{stage: s, by: map[bot.Account]*life{}}
		s.phone.answer = y.arrive
		y.begin()
		s.loop.Poll = 20 * time.Second
		stop := s.run(s.loop)
		for end := time.Now().AddDate(0, 0, days); time.Now().Before(end); time.Sleep(time.Minute) {
			y.minute(time.Now())
		}
		stop()
		t.Logf("%d days: %d sent, %d of them owed to the minute; %d skipped, %d late", days, y.sent, y.owed, s.loop.Counts.Skipped.Load(), s.loop.Counts.Late.Load())
		if y.owed < days*lives/4 {
			t.Error("hardly any reminder was owed: the lives are not what they should be")
		}
	})
}

func (y *year) begin() {
	y.t.Helper()
	var wg sync.WaitGroup
	for i := range lives {
		zone, err := streak.LoadZone(zonesOfLives[i%len(zonesOfLives)])
		if err != nil {
			y.t.Fatal(err)
		}
		chance := rand.New(rand.NewPCG(2000, uint64(i)))
		l := &life{
			chance: chance, account: bot.NewAccount("d", strconv.Itoa(i)), zone: zone, minute: chance.IntN(24 * 60), dayEnd: chance.IntN(5), rest: -1, steady: i%2 == 0, last: i%3 == 0,
			done: map[streak.Day]bool{}, nudged: map[streak.Day]int{}, closed: map[streak.Day]int{},
		}
		if i%7 == 0 {
			l.minute = chance.IntN(4) * 60 // where clocks leap
		}
		settings := []string{"zone " + zone.String(), fmt.Sprint("dayend ", l.dayEnd), fmt.Sprintf("remind %02d:%02d", l.minute/60, l.minute%60)}
		if i%4 == 0 {
			l.rest = time.Weekday(chance.IntN(7))
			settings = append(settings, "rest "+strings.ToLower(l.rest.String()))
		}
		if quiet := (bot.Quiet{From: 23 * 60, To: 6 * 60}); i%5 == 0 && !quiet.Has(l.minute) {
			l.quiet = quiet
			settings = append(settings, "quiet 23-6")
		}
		if l.last {
			settings = append(settings, "remind last on")
		}
		y.lives, y.by[l.account] = append(y.lives, l), l
		l.next = time.Now().Add(time.Duration(chance.Int64N(int64(24 * time.Hour))))
		l.plan(time.Now())
		wg.Go(func() {
			for _, text := range settings {
				y.say(l.account, text)
			}
		})
	}
	wg.Wait()
}

// minute looks whether what was due within the last minute has come, and lets
// those speak whose time it is. Nothing else happens between two minutes.
func (y *year) minute(now time.Time) {
	var wg sync.WaitGroup
	for _, l := range y.lives {
		y.mu.Lock()
		if !l.due.After(now) {
			y.owes(l)
			l.plan(now)
		}
		y.mu.Unlock()
		if !l.next.After(now) {
			l.next = now.Add(time.Duration(l.chance.Int64N(int64(40 * time.Hour))))
			wg.Go(func() { y.speak(l, now) })
		}
	}
	wg.Wait()
}

// owes holds that a reminder that was due came, and within its minute.
func (y *year) owes(l *life) {
	day := l.day(l.due)
	fades := l.ignored >= bot.FadeAfter && l.newest.Before(l.due)
	inQuiet := l.quiet.Has(l.due.In(l.zone).Hour()*60 + l.due.In(l.zone).Minute())
	if !l.steady || !l.wants(day) || fades || inQuiet || l.nudged[day] > 1 {
		return
	}
	y.owed++
	if l.newest.Before(l.due) {
		y.t.Errorf("%s in %v, who wants one at %d, got none %v", l.account, l.zone, l.minute, l.due.In(l.zone))
	}
}

// speak is something that a learner says.
func (y *year) speak(l *life, now time.Time) {
	y.mu.Lock()
	day, what := l.day(now), l.chance.IntN(100)
	said := "checkin"
	switch {
	case what < 60:
		l.done[day] = true
	case what < 65:
		said = "streak"
	case what < 70 && l.nudged[day] > 0 && l.wants(day):
		said, l.snooze = "later", now.Add(time.Hour)
	case what < 75:
		said, l.over = "not today", max(l.over, day)
		l.snooze = time.Time{}
	case what < 80:
		said = fmt.Sprint("done ", 1+l.chance.IntN(8))
	case what < 85 && !l.steady:
		days := 1 + l.chance.IntN(4)
		said, l.paused = fmt.Sprint("pause ", days, " days"), day+streak.Day(days)-1
	case what < 90 && !l.steady:
		days := 1 + l.chance.IntN(9)
		said, l.away = fmt.Sprint("away ", days, " days"), day+streak.Day(days)-1
	case what < 95 && !l.steady:
		zone := zonesOfLives[l.chance.IntN(len(zonesOfLives))]
		said, l.zone, l.due = "zone "+zone, mustZone(zone), time.Time{}
		l.plan(now)
	default:
		l.done[day] = true
	}
	if l.done[day] {
		l.snooze = time.Time{}
	}
	l.ignored = 0
	y.mu.Unlock()
	y.say(l.account, said)
}

func mustZone(name string) *time.Location {
	zone, err := streak.LoadZone(name)
	if err != nil {
		panic(err)
	}
	return zone
}

// arrive holds that a reminder is wanted, and in time.
func (y *year) arrive(_ context.Context, d bot.Delivery) (bool, error) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.sent++
	now, l := time.Now(), y.by[d.To]
	day, wall := l.day(now), now.In(l.zone)
	closing := strings.Contains(d.Reply.Text, "Your day ends at")
	inTime := func(due time.Time) bool { return !now.Before(due) && now.Sub(due) < time.Minute }
	snoozed := inTime(l.snooze)
	switch {
	case !l.wants(day):
		y.t.Errorf("%s got one on %v, at %v: done %v, rest day %d, paused through %v, away through %v, no more of %v", d.To, day, wall, l.done[day], l.rest, l.paused, l.away, l.over)
	case l.quiet.Has(wall.Hour()*60 + wall.Minute()):
		y.t.Errorf("%s got one at %v, in quiet hours", d.To, wall)
	case closing:
		if l.closed[day]++; !l.last || l.closed[day] > 1 || !inTime((day+1).At(l.dayEnd*60, l.zone).Add(-2*time.Hour)) {
			y.t.Errorf("%s got one before the day ends at %v", d.To, wall)
		}
		return true, nil
	case snoozed:
		l.snooze = time.Time{}
	case !inTime(l.due):
		y.t.Errorf("%s got one at %v, due %v", d.To, wall, l.due.In(l.zone))
	case l.nudged[day] > 0:
		y.t.Errorf("%s got a second one for %v at %v", d.To, day, wall)
	}
	l.nudged[day]++
	l.ignored++
	l.newest = now
	return true, nil
}
