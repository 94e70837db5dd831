package bot

import "testing"

func TestTimesAsPeopleSayThem(t *testing.T) {
	for text, want := range map[string]spokenTime{
		"19:30": {1170, -1, true}, "7pm": {1140, -1, true}, "7 pm": {1140, -1, true}, "7 p.m.": {1140, -1, true}, "07:30": {450, -1, true}, "7.30pm": {1170, -1, true},
		"19h30": {1170, -1, true}, "at 19": {1140, -1, true}, "12am": {0, -1, true}, "12 pm": {720, -1, true}, "12:30 am": {30, -1, true}, "0:15": {15, -1, true},
		"noon": {720, -1, true}, "midnight": {0, -1, true}, "12:30": {750, -1, true},
		"7": {420, 1140, false}, "seven": {420, 1140, false}, "seven o'clock": {420, 1140, false}, "7 oclock": {420, 1140, false}, "7:30": {450, 1170, true}, "10:00": {600, 1320, true},
		"half past seven": {450, 1170, false}, "half past 7 pm": {1170, -1, true}, "quarter to eight": {465, 1185, false}, "a quarter past six": {375, 1095, false}, "ten to nine": {530, 1250, false},
		"twenty-five past five pm": {1045, -1, true}, "seven thirty": {450, 1170, false}, "six forty-five pm": {1125, -1, true}, "5 minutes to 8 pm": {1195, -1, true},
		"every evening at half past seven": {1170, -1, true}, "at 8 in the evening": {1200, -1, true}, "every morning at 6": {360, -1, true}, "at 7 in the morning": {420, -1, true},
		"at 10 at night": {1320, -1, true}, "at 1 at night": {60, -1, true}, "at 12 at night": {0, -1, true}, "each night at 22:30": {1350, -1, true}, "every afternoon at 3": {900, -1, true},
	} {
		if got, _, _, ok := cutTime(text); !ok || got != want {
			t.Errorf("cutTime(%q) = %+v, %v, want %+v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "25:00", "13pm", "0pm", "7:75", "every evening", "soon", "99"} {
		if got, _, _, ok := cutTime(text); ok {
			t.Errorf("cutTime(%q) = %+v, want no time", text, got)
		}
	}
}

func TestSentencesThatAreCommands(t *testing.T) {
	for text, want := range map[string]verb{
		"remind 19:30": verbRemind, "remind me at 7pm": verbRemind, "Remind me every evening at half past seven, please!": verbRemind, "every day at 19:30": verbRemind,
		"remind 7pm Berlin": verbRemind, "remind 19:30 Europe/Berlin": verbRemind, "can you remind me at 8 in the evening?": verbRemind, "Could you please remind me daily at 18:00": verbRemind,
		"i want to be reminded at 6pm": verbRemind, "set a daily reminder for 9am": verbRemind, "please set up a reminder at 20:15": verbRemind, "change my reminder to 21:00": verbRemind,
		"remind me to study at 7 pm": verbRemind, "remind me at 7pm to study sql": verbRemind, "every morning at 6 remind me": verbRemind, "send me a reminder every evening": verbRemind,
		"remind": verbRemind, "what reminders do I have?": verbRemind, "stop reminding me": verbRemind, "Don’t remind me any more": verbRemind, "remind off": verbRemind, "remind me": verbRemind,
		"remind where here": verbRemind, "remind last on": verbRemind, "remind pause 5 days": verbRemind, "reminders off": verbRemind, "remind me daily at noon": verbRemind,
		"pause 5 days": verbPause, "pause for a week": verbPause, "pause until friday": verbPause, "pause reminders for 3 days": verbPause, "pause off": verbPause, "resume": verbPause,
		"quiet 22:00-08:00": verbQuiet, "quiet from 10pm to 8am": verbQuiet, "quiet hours 22-7": verbQuiet, "quiet off": verbQuiet, "quiet": verbQuiet,
		"daily at 25:00": verbRemind, "every day at 19:75": verbRemind, "remind me at 24:30": verbRemind, "remind 13pm": verbRemind, "daily 25:00": verbDaily, // told that it is no time
		"later": verbLater, "remind me later": verbLater, "snooze": verbLater, "not today": verbNotToday,
		// Errands and questions are none.
		"remind me what http is": verbAsk, "remind me to buy milk at 7pm": verbAsk, "remind me in 5 minutes": verbAsk, "remind me how to learn java in 3 months": verbAsk,
		"pause and resume in go?": verbAsk, "quiet quitting": verbAsk, "how do i stop reminding myself": verbAsk, "every day i learn python at 7": verbAsk, "reminder apps": verbAsk,
		"every day at work i use java": verbAsk, "can you remind me which language is easiest": verbAsk, "daily standup meetings": verbAsk, "quiet room to study": verbAsk,
	} {
		if got := parse(text); got.verb != want {
			t.Errorf("parse(%q) is verb %d with %q, want verb %d", text, got.verb, got.rest, want)
		}
	}
}

func FuzzWishes(f *testing.F) {
	f.Add("remind me every evening at half past seven in new york")
	f.Fuzz(func(t *testing.T, text string) {
		if w, ok := readWish(text); ok && w.some && (w.time.minute < 0 || w.time.minute >= 24*60 || w.time.other >= 24*60) {
			t.Errorf("readWish(%q) = %+v: no clock shows that", text, w)
		}
	})
}
