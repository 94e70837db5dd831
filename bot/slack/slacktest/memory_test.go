package slacktest_test

import (
	"fmt"
	"testing"

	"mentor/bot/slack/slacktest"
)

// TestShortMemory keeps the lists of a long run short, and judges all the same.
func TestShortMemory(t *testing.T) {
	const keeps, sends = 10, 100
	s := slacktest.New(t, slacktest.Memory(keeps), slacktest.Rate("chat.postMessage", 1e6, 1e6))
	ann, general := s.Person("ann"), s.Channel("general")
	posts := 0
	s.OnPost(func(slacktest.Message) { posts++ })
	start(t, s)
	var said slacktest.Message
	for i := range sends {
		said = ann.Mention(general, fmt.Sprint("question ", i))
		ann.WaitReply(said)
	}
	s.Settle()
	ledger := s.Ledger()
	if n := len(ledger.Requests("")); n > 2*keeps {
		t.Errorf("%d requests are remembered, want %d at most", n, 2*keeps)
	}
	if n := len(ledger.Envelopes()); n < keeps || n > 4*keeps {
		t.Errorf("%d envelopes are remembered, want %d to %d", n, keeps, 4*keeps)
	}
	if n := len(ann.Sees(general)); n > 2*keeps {
		t.Errorf("%d messages are remembered, want %d at most", n, 2*keeps)
	}
	if posts != sends {
		t.Errorf("heard of %d posts, want %d", posts, sends)
	}
	s.Allow(slacktest.DuplicatePost, 1)
	for range 2 {
		call(t, s, "chat.postMessage", quiet(object{"channel": general.ID, "thread_ts": said.TS, "text": "the same"}))
	}
	if n := s.Ledger().Duplicates(); n != 1 {
		t.Errorf("%d duplicates are counted, want 1", n)
	}
}

func TestClearedFaultsDoNotHappen(t *testing.T) {
	s := slacktest.New(t)
	general := s.Channel("general")
	s.Fail("chat.postMessage", slacktest.Unavailable(503), slacktest.Unavailable(503))
	post := func(text string) object {
		return call(t, s, "chat.postMessage", quiet(object{"channel": general.ID, "text": text}))
	}
	if got := post("one")["status"]; got != 503 {
		t.Errorf("before: status %v, want 503", got)
	}
	s.ClearFaults()
	if got := post("two")["status"]; got != 200 {
		t.Errorf("after: status %v, want 200", got)
	}
}
