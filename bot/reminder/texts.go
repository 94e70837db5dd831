package reminder

// A mood is what a reminder's words should fit.
type mood int

const (
	ordinary   mood = iota
	early           // the first days
	third           // the day on which a habit shows its first shape
	milestone       // today's check-in reaches one
	beforehand      // tomorrow's does
	frozen          // a freeze covers a day that was missed
	uncovered       // a run, and nothing to cover today
	returning       // after a break
	mendable        // after a break that two days in a row mend
)

// A text of the pool. In its words, {run} is the run as it stands ("5 days"),
// {next} what today makes it ("6"), {goal} the milestone, {total} all days
// studied ("40 days"), {ends} when the day ends.
type text struct {
	mood  mood
	words string
}

// pool is what reminders say. A text that a learner has had rests until the others
// of its mood were used: their bits are those of bot.Reminder.Texts, so a text's
// place must not change, and there are at most 32. None counts what somebody did
// not do, and none asks for more than ten minutes.
var pool = [32]text{
	{ordinary, "Time for today's hour, or for ten minutes of it: both count. Today would be day {next}."},
	{ordinary, "A small step is enough today. Day {next} is waiting for you."},
	{ordinary, "Whenever you are ready: one page, one exercise, one query. That makes {next} days in a row."},
	{ordinary, "Your run of {run} stands on small steps like today's. Shall we add one?"},
	{ordinary, "You asked me to knock at this hour. Pick the easiest thing on your list and begin there."},
	{ordinary, "Beginning is the hardest part, and it takes a minute. Day {next} is yours if you want it."},
	{ordinary, "So far you have studied on {total}. What would you like to understand a little better today?"},
	{ordinary, "Open what you left off at last time, read the last ten lines, and see where they lead."},

	{early, "Hello, it is the time that you chose. Ten minutes are a fine beginning."},
	{early, "The first days matter more by being there than by being long. A short look is plenty."},
	{early, "A good plan for today: read one thing, try one thing, write one line about it."},
	{early, "Make it easy for yourself today: the same place, the same hour, something small."},

	{third, "Today would be the third day in a row. From here on it begins to feel like yours."},
	{third, "Two days are done, and the third makes it a pattern. Something small will do."},

	{milestone, "Today's check-in makes it {goal} days. A good day to do a little of what you like best."},
	{milestone, "Just one more: with today it is {goal} days in a row."},

	{beforehand, "Tomorrow you could reach {goal} days. Today is the step before it."},
	{beforehand, "Almost there: today makes {next}, and tomorrow {goal}."},
	{beforehand, "{goal} days are two check-ins away, and one of them is today's."},

	{frozen, "A freeze has kept your run of {run} for you. Today goes on from there."},
	{frozen, "You had a day off, and a freeze took care of it. The run stands at {run}; today would be day {next}."},
	{frozen, "Welcome back to your run of {run}: nothing is lost, a freeze saw to that."},

	{uncovered, "Your run of {run} goes on with anything you do until {ends}. Ten minutes count as a day."},
	{uncovered, "There is time until {ends}. A few lines of code, and today is day {next}."},
	{uncovered, "A busy day? Read one short answer of the guide and think it over: that is study, too."},
	{uncovered, "Day {next} is open until {ends}, at your own pace."},

	{returning, "A fresh start is always near. Your {total} of study stay with you, whatever the run says."},
	{returning, "Good to be at it again, if you like: pick something that you know already, and warm up with it."},
	{returning, "Everybody has breaks; what you have learned is still there. Ten minutes bring it back."},
	{returning, "Whatever made you begin is still a good reason. Would ten minutes fit into today?"},

	{mendable, "Two days in a row bring your old run back whole. Today could be one of them."},
	{mendable, "Your old run can be mended: come by on two days in a row, and it goes on where it was."},
}

// What stands outside the pool.
const (
	closingCovered = "Your day ends at {ends}. If today stays open, a freeze covers it, and your run of {run} goes on."
	closingOpen    = "Your day ends at {ends}. Ten minutes until then make it day {next}; if today is not a day for it, all that you studied stays counted."
	farewell       = "This is my last reminder for now: you seem to be busy with other things, and that is fine. When you say anything to me, I begin again; your days stay as they are."
	fading         = "From now on I come every second day. `remind` and a time moves the hour, `remind off` ends it."
)
