package bot

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/agnivade/levenshtein"

	"mentor/bot/streak"
)

const zoneQuestion = "So that your day begins and ends with your own clock: **what time is it for you now?** Type it, for example `18:40`, or name your city: `zone Berlin`."

// maxZones is how many zones are offered at once.
const maxZones = 5

// zone shows or sets the learner's time zone.
func (m *Mentor) zone(ctx context.Context, q Question, r request) (Reply, error) {
	if r.rest == "" {
		l, err := m.learner(ctx, q)
		if err != nil {
			return Reply{}, err
		}
		if l.Streak.Zone == "" {
			m.talks.remember(q, turn{awaitsTime: true})
			return setting("I do not know your time zone yet. %s", zoneQuestion), nil
		}
		return setting("Your time zone is %s, where it is %s now. `zone` and a city changes it.", l.Streak.Zone, q.At.In(l.Streak.Clock().Zone).Format("15:04")), nil
	}
	if minute, ok := minuteOfDay(r.rest); ok {
		return m.zoneByTime(q, minute)
	}
	found := findZones(r.rest)
	if found.sure == "" {
		if len(found.near) == 0 {
			return Reply{}, refuse("I know no time zone %q.%s Name a large city in your zone, as in `zone Berlin`, or type the time it is for you.", plainWords(r.rest), found.why)
		}
		return zoneChoices(fmt.Sprintf("I know no time zone %q.%s Did you mean one of these?", plainWords(r.rest), found.why), found.near, q.At), nil
	}
	l, err := m.update(ctx, q, func(l *Learner) error {
		s, err := l.Streak.SetZone(found.sure)
		if err != nil {
			return refusal(sentenceCase(err.Error()) + ".")
		}
		l.Streak = s
		return nil
	})
	if err != nil {
		return Reply{}, err
	}
	view := l.Streak.View(q.At)
	reply := setting("Your time zone is %s, where it is %s now. Today, %s, ends in %s.", l.Streak.Zone,
		q.At.In(l.Streak.Clock().Zone).Format("15:04"), dateOf(view.Today), inHours(view.Left))
	if l.Reminder.On {
		reply.Text += "\n\nYour reminder comes at " + wall(l.Reminder.Minute) + " by that clock. " + nextText(l)
	}
	return reply, nil
}

// zoneByTime offers the large zones whose clocks show minute now.
func (m *Mentor) zoneByTime(q Question, minute int) (Reply, error) {
	const tolerance = 20 // minutes: a kitchen clock, and the time to type
	var near []string
	for _, name := range largeZones {
		loc, err := streak.LoadZone(name)
		if err != nil {
			continue // a tz database without it
		}
		t := q.At.In(loc)
		apart := (t.Hour()*60 + t.Minute() - minute + 36*60) % (24 * 60)
		if apart >= 12*60-tolerance && apart <= 12*60+tolerance && len(near) < maxZones {
			near = append(near, name)
		}
	}
	if len(near) == 0 {
		return Reply{}, refuse("nowhere is it %02d:%02d just now, by my clock. Name a large city in your time zone, as in `zone Berlin`.", minute/60, minute%60)
	}
	return zoneChoices("Then your clock is one of these. Pick the one whose summer time is yours, or name a city, as in `zone Berlin`:", near, q.At), nil
}

func zoneChoices(text string, names []string, at time.Time) Reply {
	r := Reply{Kind: Help, Text: text, Private: true}
	for _, name := range names {
		title := name
		if loc, err := streak.LoadZone(name); err == nil {
			title += at.In(loc).Format(" (15:04 now)")
		}
		r.Choices = append(r.Choices, Choice{Title: title, Say: "zone " + name})
	}
	return r
}

// foundZones is what a zone's name led to: a sure one, or near ones and why.
type foundZones struct {
	sure string
	near []string
	why  string // a sentence with a space before it; empty when there is nothing to explain
}

// offset is "UTC+2", "GMT-05:30", "+2".
var offset = regexp.MustCompile(`(?i)^(?:utc|gmt)?\s*([+-])\s*(\d{1,2})(?::?(\d{2}))?$`)

// findZones looks up a zone by its name, its city, its country, or something like it.
func findZones(query string) foundZones {
	query = strings.TrimSpace(strings.TrimRightFunc(query, isEndMark))
	want := foldZone(query)
	if m := offset.FindStringSubmatch(query); m != nil {
		seconds := (atoi(m[2])*60 + atoi(m[3])) * 60
		if m[1] == "-" {
			seconds = -seconds
		}
		return foundZones{near: zonesAt(seconds), why: " An offset like UTC+2 cannot follow summer time, so I need a place."}
	}
	if names := otherNames[want]; len(names) == 1 {
		return foundZones{sure: names[0]}
	} else if len(names) > 1 {
		return foundZones{near: largestFirst(slices.Clone(names)), why: " Several zones go by that name."}
	}
	var cities, countries []string
	for _, z := range streak.Zones() {
		switch {
		case foldZone(z.Name) == want:
			return foundZones{sure: z.Name}
		case foldZone(cityOf(z.Name)) == want:
			cities = append(cities, z.Name)
		case z.Country != "" && foldZone(z.Country) == want:
			countries = append(countries, z.Name)
		}
	}
	for _, found := range [][]string{cities, countries} {
		if len(found) == 1 {
			return foundZones{sure: found[0]}
		}
		if len(found) > 1 {
			return foundZones{near: largestFirst(found), why: " It has several zones."}
		}
	}
	return foundZones{near: likeZones(want)}
}

func cityOf(zone string) string { return zone[strings.LastIndexByte(zone, '/')+1:] }

// foldZone makes "New_York", "new york" and "new-york" equal.
func foldZone(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("_- .", r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// likeZones are the zones whose name, city or country is a slip away.
func likeZones(want string) []string {
	type near struct {
		name     string
		distance int
	}
	var found []near
	limit := 1 + len(want)/4
	for _, z := range streak.Zones() {
		best := levenshtein.ComputeDistance(want, foldZone(z.Name))
		best = min(best, levenshtein.ComputeDistance(want, foldZone(cityOf(z.Name))))
		if z.Country != "" {
			best = min(best, levenshtein.ComputeDistance(want, foldZone(z.Country)))
		}
		if best <= limit && best < len(want) {
			found = append(found, near{z.Name, best})
		}
	}
	slices.SortStableFunc(found, func(a, b near) int { return a.distance - b.distance })
	var out []string
	for _, f := range found[:min(len(found), maxZones)] {
		if f.distance == found[0].distance {
			out = append(out, f.name)
		}
	}
	return out
}

// zonesAt are the large zones that are now, or in half a year, seconds ahead of UTC.
func zonesAt(seconds int) []string {
	var out []string
	january, july := time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC), time.Date(2026, 7, 15, 0, 0, 0, 0, time.UTC)
	for _, name := range largeZones {
		loc, err := streak.LoadZone(name)
		if err != nil {
			continue
		}
		_, winter := january.In(loc).Zone()
		_, summer := july.In(loc).Zone()
		if (winter == seconds || summer == seconds) && len(out) < maxZones {
			out = append(out, name)
		}
	}
	return out
}

// largestFirst is at most maxZones of names, those with many people first.
func largestFirst(names []string) []string {
	rank := func(name string) int {
		if i := slices.Index(largeZones, name); i >= 0 {
			return i
		}
		return len(largeZones)
	}
	slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) })
	return names[:min(len(names), maxZones)]
}

// largeZones are zones with many learners, for each offset the most populous first.
var largeZones = []string{
	"Asia/Kolkata", "Asia/Shanghai", "America/New_York", "Europe/London", "Europe/Berlin", "Africa/Lagos", "America/Sao_Paulo", "America/Chicago", "America/Los_Angeles", "America/Mexico_City",
	"Asia/Jakarta", "Asia/Karachi", "Asia/Dhaka", "Asia/Manila", "Asia/Tokyo", "Europe/Moscow", "Europe/Istanbul", "Africa/Cairo", "Africa/Nairobi", "Africa/Johannesburg", "Africa/Accra",
	"Europe/Kyiv", "Europe/Paris", "Europe/Madrid", "Asia/Kathmandu", "Asia/Colombo", "Asia/Yangon", "Asia/Bangkok", "Asia/Ho_Chi_Minh", "Asia/Singapore", "Asia/Seoul", "Asia/Dubai", "Asia/Tehran", "Asia/Kabul",
	"Asia/Tashkent", "Asia/Almaty", "Asia/Riyadh", "Asia/Baghdad", "Asia/Jerusalem", "America/Bogota", "America/Lima", "America/Argentina/Buenos_Aires", "America/Caracas", "America/Santiago", "America/Toronto", "America/Denver", "America/Phoenix",
	"America/Halifax", "America/St_Johns", "America/Anchorage", "Pacific/Honolulu", "Australia/Sydney", "Australia/Brisbane", "Australia/Perth", "Australia/Adelaide", "Australia/Darwin", "Pacific/Auckland", "Asia/Vladivostok", "Asia/Yekaterinburg", "Asia/Novosibirsk",
	"Africa/Casablanca", "Africa/Algiers", "Europe/Lisbon", "Europe/Athens", "Europe/Bucharest", "Europe/Warsaw", "Atlantic/Azores", "Atlantic/Cape_Verde", "Pacific/Port_Moresby", "Pacific/Fiji", "Pacific/Apia", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/Noronha", "Pacific/Guadalcanal", "Pacific/Marquesas", "Australia/Lord_Howe", "Pacific/Chatham",
}

// otherNames are names that the tz database does not have: large cities of a
// zone named for another, and the letters of zones.
var otherNames = func() map[string][]string {
	m := map[string][]string{}
	for zone, names := range map[string]string{
		"Asia/Kolkata":        "mumbai delhi new-delhi bangalore bengaluru hyderabad chennai pune ahmedabad calcutta ist",
		"Asia/Shanghai":       "beijing peking shenzhen guangzhou china cst",
		"America/New_York":    "nyc washington boston miami atlanta philadelphia est edt eastern",
		"America/Chicago":     "houston dallas austin texas cst cdt central",
		"America/Denver":      "mst mdt mountain",
		"America/Los_Angeles": "la san-francisco sf seattle san-diego california portland pst pdt pacific",
		"America/Toronto":     "ottawa montreal",
		"America/Sao_Paulo":   "rio rio-de-janeiro brasilia",
		"Europe/London":       "england uk scotland wales manchester birmingham great-britain united-kingdom bst",
		"Europe/Berlin":       "germany munich hamburg frankfurt cologne cet cest",
		"Europe/Madrid":       "barcelona spain",
		"Europe/Istanbul":     "ankara turkey",
		"Europe/Kyiv":         "ukraine kiev",
		"Europe/Moscow":       "msk saint-petersburg",
		"Africa/Lagos":        "abuja",
		"Africa/Johannesburg": "cape-town pretoria durban",
		"Asia/Karachi":        "islamabad lahore pkt",
		"Asia/Ho_Chi_Minh":    "hanoi saigon vietnam",
		"Asia/Tokyo":          "osaka jst",
		"Asia/Dubai":          "abu-dhabi uae",
		"Asia/Almaty":         "astana kazakhstan",
		"Asia/Jerusalem":      "tel-aviv ist",
		"Europe/Dublin":       "ist ireland",
		"Asia/Kathmandu":      "npt",
		"Asia/Dhaka":          "bst chittagong",
		"Australia/Sydney":    "canberra aest aedt",
		"Pacific/Auckland":    "wellington nzst new-zealand",
		"UTC":                 "utc gmt z zulu",
	} {
		for name := range strings.FieldsSeq(names) {
			m[foldZone(name)] = append(m[foldZone(name)], zone)
		}
	}
	return m
}()

// isPlain reports whether r can be shown back without meaning anything to a platform.
func isPlain(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || strings.ContainsRune(" .,:+-/'", r)
}
