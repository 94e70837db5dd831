package slacktest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"mentor/bot/slack/slacktest"
)

// respond posts to a response_url.
func respond(t *testing.T, address string, args object) object {
	t.Helper()
	body, err := json.Marshal(args)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	return do(t, r)
}

// commandURL gives a command and returns its response_url.
func commandURL(t *testing.T, s *slacktest.Server, p *slacktest.Person, ch *slacktest.Channel) string {
	t.Helper()
	l := dial(t, s)
	p.Slash("/mentor", "hello", ch)
	frame := l.read()
	l.ack(frame, nil)
	return fmt.Sprint(frame["payload"].(object)["response_url"])
}

func TestReplyURLFiveTimes(t *testing.T) {
	s := slacktest.New(t)
	s.Allow(slacktest.SpentURL, 1)
	alice, bob, away := s.Person("alice"), s.Person("bob"), s.Channel("away", slacktest.WithoutBot)
	address := commandURL(t, s, alice, away)
	for i := range 4 {
		if got := respond(t, address, object{"text": fmt.Sprint("answer ", i)}); code(got) != "" {
			t.Errorf("use %d: %v", i+1, got)
		}
	}
	if got := respond(t, address, object{"text": "for all", "response_type": "in_channel"}); code(got) != "" {
		t.Errorf("use 5: %v", got)
	}
	if got := respond(t, address, object{"text": "too much"}); got["status"] != http.StatusNotFound || code(got) != "used_url" {
		t.Errorf("use 6: %v, want used_url", got)
	}
	if a, b := len(alice.Sees(away)), len(bob.Sees(away)); a != 5 || b != 1 {
		t.Errorf("alice sees %d and bob %d, want 5 and 1", a, b)
	}
}

func TestReplyURLExpires(t *testing.T) {
	s := slacktest.New(t)
	s.Allow(slacktest.SpentURL, 1)
	address := commandURL(t, s, s.Person("alice"), s.Channel("general"))
	s.Advance(30 * time.Minute)
	if got := respond(t, address, object{"text": "late"}); code(got) != "expired_url" {
		t.Errorf("after 30 minutes: %v, want expired_url", got)
	}
}

func TestReplyURLChecksItsPayload(t *testing.T) {
	s := slacktest.New(t)
	s.Allow(slacktest.Rejected, 1)
	address := commandURL(t, s, s.Person("alice"), s.Channel("general"))
	if got := respond(t, address, object{"text": "a", "blocks": blocks(sectionOf(3001))}); code(got) != "invalid_blocks" {
		t.Errorf("%v, want invalid_blocks", got)
	}
}

func TestReplyURLReplacesWhatWasClicked(t *testing.T) {
	s := slacktest.New(t)
	alice, general := s.Person("alice"), s.Channel("general")
	call(t, s, "chat.postEphemeral", object{
		"channel": general.ID, "user": alice.ID, "text": "sure?", "blocks": blocks(sectionOf(1), actions(with(buttonOf(object{"type": "plain_text", "text": "Yes"}), "action_id", "yes"))),
	})
	l := dial(t, s)
	click := alice.Click(alice.WaitText(general, "[Yes]"), "yes")
	frame := l.read()
	l.ack(frame, nil)
	click.Wait()
	payload := frame["payload"].(object)
	if payload["message"] != nil || payload["container"].(object)["is_ephemeral"] != true {
		t.Errorf("payload = %v, want an ephemeral container and no message", payload)
	}
	address := fmt.Sprint(payload["response_url"])
	respond(t, address, object{"text": "Done", "replace_original": true})
	if got, want := s.Transcript(general), "(only alice sees this) Mentor: Done\n"; got != want {
		t.Errorf("Transcript = %q, want %q", got, want)
	}
	respond(t, address, object{"delete_original": true})
	if got := s.Transcript(general); got != "" {
		t.Errorf("Transcript = %q, want it empty", got)
	}
}
