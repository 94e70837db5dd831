package discordtest_test

import (
	"testing"
	"time"

	"mentor/bot/discord/discordtest"
)

// TestShortMemory keeps the lists of a long run short and the counts exact.
func TestShortMemory(t *testing.T) {
	t.Parallel()
	const keeps, sends = 10, 100
	d := newDesk(t, discordtest.WithMemory(keeps))
	for range sends {
		d.do("POST", "channels/"+d.ch.ID+"/messages", obj{"content": "hello"}).want(t, "a message", 200, 0)
	}
	if n := len(d.s.Ledger().Requests()); n < keeps || n > 2*keeps {
		t.Errorf("%d requests are remembered, want %d to %d", n, keeps, 2*keeps)
	}
	if n := len(d.ch.Messages()); n < keeps || n > 2*keeps {
		t.Errorf("%d messages are remembered, want %d to %d", n, keeps, 2*keeps)
	}
	if n := d.s.Ledger().MessagesIn(d.ch.ID); n != sends {
		t.Errorf("%d messages are counted, want %d", n, sends)
	}
	if n := len(d.s.Ledger().Duplicates()); n != sends-1 {
		t.Errorf("%d duplicates are counted, want %d", n, sends-1)
	}
	once := obj{"content": "once", "nonce": "n1", "enforce_nonce": true}
	first := d.do("POST", "channels/"+d.ch.ID+"/messages", once).json["id"]
	for range sends {
		d.do("POST", "channels/"+d.ch.ID+"/messages", obj{"content": "hello"}).want(t, "a message", 200, 0)
	}
	if again := d.do("POST", "channels/"+d.ch.ID+"/messages", once).json["id"]; again != first {
		t.Errorf("a nonce that still counts made a second message, %v after %v", again, first)
	}
	old := d.ask()
	d.answer(old, 4, obj{"content": "hello"}).want(t, "an answer", 204, 0)
	d.s.Advance(2 * time.Minute)
	d.answer(d.ask(), 4, obj{"content": "hello"}).want(t, "an answer two minutes later", 204, 0)
	d.webhook(old, "POST", "", obj{"content": "more"}).want(t, "an interaction that was forgotten", 404, 10015)
}

// TestOnPost tells of each message that can be read, once.
func TestOnPost(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	var said, answers []string
	d.s.OnPost(func(m discordtest.Message) {
		said, answers = append(said, m.Content), append(answers, m.Interaction())
	})
	d.alice.Say(d.ch, "hello")
	d.do("POST", "channels/"+d.ch.ID+"/messages", obj{"content": "a message"}).want(t, "a message", 200, 0)
	quick, slow := d.ask(), d.ask()
	d.answer(quick, 4, obj{"content": "at once"}).want(t, "an answer", 204, 0)
	d.answer(slow, 5, obj{}).want(t, "thinking", 204, 0)
	d.webhook(slow, "PATCH", original, obj{"content": "later"}).want(t, "filled in", 200, 0)
	d.webhook(slow, "PATCH", original, obj{"content": "mended"}).want(t, "edited", 200, 0)
	want := []string{"a message", "at once", "later"}
	if len(said) != len(want) {
		t.Fatalf("heard of %q, want %q", said, want)
	}
	for i, id := range []string{"", quick.ID, slow.ID} {
		if said[i] != want[i] || answers[i] != id {
			t.Errorf("heard %q, which answers interaction %q, want %q and %q", said[i], answers[i], want[i], id)
		}
	}
}
