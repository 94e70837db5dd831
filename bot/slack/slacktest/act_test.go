package slacktest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mentor/bot/slack/slacktest"
)

// answer acknowledges the next envelope with a payload, in the background, and
// gives the payload that came with it.
func (l *line) answer(payload any) <-chan object {
	came := make(chan object, 1)
	go func() {
		frame := make(object)
		if err := l.conn.ReadJSON(&frame); err != nil {
			l.t.Errorf("read a frame: %v", err)
		}
		ack := object{"envelope_id": frame["envelope_id"]}
		if payload != nil {
			ack["payload"] = payload
		}
		if err := l.conn.WriteJSON(ack); err != nil {
			l.t.Errorf("acknowledge: %v", err)
		}
		payload, _ := frame["payload"].(object)
		came <- payload
	}()
	return came
}

// at follows a path into decoded JSON.
func at(v any, path ...any) any {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			o, _ := v.(object)
			v = o[p]
		case int:
			a, _ := v.([]any)
			if p >= len(a) {
				return nil
			}
			v = a[p]
		}
	}
	return v
}

func plainObject(s string) object { return object{"type": "plain_text", "text": s} }

func labelled(label, value string) object {
	return object{"text": plainObject(label), "value": value}
}

func TestSelectOnAMessage(t *testing.T) {
	s := slacktest.New(t)
	alice, general := s.Person("alice"), s.Channel("general")
	l := dial(t, s)
	options := []any{labelled("Go", "go"), labelled("SQL", "sql")}
	groups := []any{object{"label": plainObject("Languages"), "options": options}}
	call(t, s, "chat.postMessage", quiet(object{"channel": general.ID, "text": "pick", "blocks": blocks(actions(
		object{"type": "static_select", "action_id": "one", "placeholder": plainObject("One"), "option_groups": groups},
		object{"type": "overflow", "action_id": "two", "options": options},
		object{"type": "checkboxes", "action_id": "three", "options": options},
		object{"type": "users_select", "action_id": "four"},
		object{"type": "datepicker", "action_id": "five"},
		object{"type": "timepicker", "action_id": "six"},
	))}))
	m := alice.WaitText(general, "[One ▾]")
	for _, c := range []struct {
		id, value string
		path      []any
		want      string
	}{
		{"one", "SQL", []any{"selected_option", "value"}, "sql"},
		{"two", "go", []any{"selected_option", "value"}, "go"},
		{"three", "Go,sql", []any{"selected_options", 1, "value"}, "sql"},
		{"four", alice.ID, []any{"selected_user"}, alice.ID},
		{"five", "2026-12-01", []any{"selected_date"}, "2026-12-01"},
		{"six", "19:30", []any{"selected_time"}, "19:30"},
	} {
		came := l.answer(nil)
		alice.Select(m, c.id, c.value).Wait()
		payload := <-came
		if got := at(payload, append([]any{"actions", 0}, c.path...)...); got != c.want || at(payload, "actions", 0, "action_id") != c.id {
			t.Errorf("Select(%s, %s): %v, want %s", c.id, c.value, payload["actions"], c.want)
		}
		if at(payload, "message", "ts") != m.TS || at(payload, "container", "type") != "message" || payload["response_url"] == nil {
			t.Errorf("Select(%s): payload %v lacks the message or a response_url", c.id, payload)
		}
	}
}

// openForm opens a modal with a field of each kind for a person.
func openForm(t *testing.T, s *slacktest.Server, p *slacktest.Person) slacktest.View {
	t.Helper()
	view := object{"type": "modal", "callback_id": "f", "title": plainObject("Form"), "submit": plainObject("Send"), "notify_on_close": true, "blocks": blocks(
		object{"type": "input", "block_id": "name", "label": plainObject("Name"), "element": object{"type": "plain_text_input", "action_id": "name", "initial_value": "Al"}},
		object{"type": "input", "block_id": "days", "label": plainObject("Days"), "optional": true, "element": object{"type": "checkboxes", "action_id": "days", "options": []any{labelled("Sat", "sat"), labelled("Sun", "sun")}}},
		object{"type": "input", "block_id": "zone", "label": plainObject("Zone"), "optional": true, "element": object{"type": "external_select", "action_id": "zone", "min_query_length": 0}},
	)}
	if got := call(t, s, "views.open", object{"trigger_id": p.Trigger(), "view": view}); code(got) != "" {
		t.Fatalf("views.open: %v", got)
	}
	return p.WaitModal("Form")
}

func TestSubmissionAnswers(t *testing.T) {
	next := object{"type": "modal", "title": plainObject("Next"), "blocks": blocks(sectionOf(1))}
	for _, c := range []struct {
		name   string
		ack    any
		failed bool
		errors string
		title  string // of the modal seen after it, "" when closed
	}{
		{"closed", nil, false, "map[]", ""},
		{"cleared", object{"response_action": "clear"}, false, "map[]", ""},
		{"errors", object{"response_action": "errors", "errors": object{"name": "too short"}}, false, "map[name:too short]", "Form"},
		{"updated", object{"response_action": "update", "view": next}, false, "map[]", "Next"},
		{"pushed", object{"response_action": "push", "view": next}, false, "map[]", "Next"},
		{"errors at no field", object{"response_action": "errors", "errors": object{"nom": "too short"}}, true, "map[]", "Form"},
		{"broken view", object{"response_action": "update", "view": object{"type": "modal"}}, true, "map[]", "Form"},
		{"unknown action", object{"response_action": "shrug"}, true, "map[]", "Form"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := slacktest.New(t)
			alice := s.Person("alice")
			l := dial(t, s)
			if c.failed {
				s.Allow(slacktest.Rejected, 1)
			}
			view := openForm(t, s, alice)
			came := l.answer(c.ack)
			got := alice.Submit(view, map[string]string{"days": "sat,Sun"})
			if got.Failed != c.failed || fmt.Sprint(got.Errors) != c.errors || got.Closed != (c.title == "") {
				t.Errorf("Submit = %+v", got)
			}
			values := at(<-came, "view", "state", "values")
			if at(values, "name", "name", "value") != "Al" || at(values, "days", "days", "selected_options", 1, "value") != "sun" || at(values, "zone", "zone", "type") != "external_select" {
				t.Errorf("state = %v", values)
			}
			if c.title != "" {
				alice.WaitModal(c.title)
			}
			if len(alice.Errors()) > 0 != c.failed {
				t.Errorf("alice was told %v", alice.Errors())
			}
		})
	}
}

func TestSuggestions(t *testing.T) {
	s := slacktest.New(t)
	alice := s.Person("alice")
	l := dial(t, s)
	view := openForm(t, s, alice)
	came := l.answer(object{"option_groups": []any{object{"label": plainObject("Europe"), "options": []any{labelled("Berlin", "Europe/Berlin")}}}})
	if got := alice.Suggest(view, "zone", "ber"); len(got) != 1 || got[0] != (slacktest.Offer{Label: "Berlin", Value: "Europe/Berlin", Group: "Europe"}) {
		t.Errorf("Suggest = %v", got)
	}
	if payload := <-came; payload["value"] != "ber" || payload["action_id"] != "zone" || payload["block_id"] != "zone" || at(payload, "view", "id") != view.ID {
		t.Errorf("payload = %v", payload)
	}
	came = l.answer(nil)
	alice.Submit(view, map[string]string{"zone": "Berlin"})
	if got := at(<-came, "view", "state", "values", "zone", "zone", "selected_option", "value"); got != "Europe/Berlin" {
		t.Errorf("chosen = %v", got)
	}
	s.Allow(slacktest.Rejected, 2)
	view = openForm(t, s, alice)
	for _, wrong := range []any{object{"options": optionsOf(101)}, object{"options": []any{option(76, "v")}}} {
		came := l.answer(wrong)
		if got := alice.Suggest(view, "zone", "ber"); got != nil {
			t.Errorf("Suggest = %v, want nothing of a broken answer", got)
		}
		<-came // it reads no more
	}
}

func TestClosingIsTold(t *testing.T) {
	s := slacktest.New(t)
	alice := s.Person("alice")
	l := dial(t, s)
	alice.Close(openForm(t, s, alice))
	frame := l.read()
	l.ack(frame, nil)
	if at(frame, "payload", "type") != "view_closed" || alice.Modals() != 0 {
		t.Errorf("frame = %v, want view_closed", frame)
	}
	s.Settle()
}

func TestGlobalShortcutAndMessagesTab(t *testing.T) {
	global := strings.Replace(manifestWith("commands", "im:history"), "features:", "features:\n  shortcuts: [{name: Ask, type: global, callback_id: ask}]", 1)
	s := slacktest.New(t, slacktest.Manifest(strings.Replace(global, "[app_mention]", "[app_home_opened]", 1)), slacktest.PingEvery(time.Second))
	alice := s.Person("alice")
	l := dial(t, s)
	came := l.answer(nil)
	alice.GlobalShortcut("ask").Wait()
	if payload := <-came; payload["type"] != "shortcut" || payload["callback_id"] != "ask" || payload["trigger_id"] == nil {
		t.Errorf("payload = %v", payload)
	}
	alice.OpenMessages()
	frame := l.read()
	l.ack(frame, nil)
	if at(frame, "payload", "event", "tab") != "messages" {
		t.Errorf("frame = %v", frame)
	}
	s.Settle()
}

func TestUnansweredCommandIsAnError(t *testing.T) {
	s := slacktest.New(t)
	alice := s.Person("alice")
	command := alice.Slash("/mentor", "hello", s.Channel("general")) // nobody is connected
	if command.Wait() || len(alice.Errors()) != 1 {
		t.Errorf("errors = %v, want one", alice.Errors())
	}
}

func TestInterruptedMembership(t *testing.T) {
	s := slacktest.New(t)
	alice, general := s.Person("alice"), s.Channel("general")
	hers := s.Channel("hers", slacktest.Members(alice))
	bob := s.Person("bob")
	bob.Join(hers)
	post := func(ch *slacktest.Channel) string {
		return code(call(t, s, "chat.postMessage", quiet(object{"channel": ch.ID, "text": "hello"})))
	}
	alice.Kick(general)
	if got := post(general); got != "not_in_channel" {
		t.Errorf("after the kick: %q", got)
	}
	alice.Archive(hers)
	if got := post(hers); got != "is_archived" {
		t.Errorf("after archiving: %q", got)
	}
	if got := s.Connections(); got != 0 {
		t.Errorf("Connections = %d, want 0", got)
	}
}

func TestWaitingInVainShowsWhatHappened(t *testing.T) {
	r := &recorder{TB: t}
	s := slacktest.New(r, slacktest.Patience(10*time.Millisecond))
	alice, general := s.Person("alice"), s.Channel("general")
	m := alice.Mention(general, "anybody?")
	call(t, s, "chat.postMessage", quiet(object{"channel": general.ID, "text": "somebody else"}))
	func() {
		defer func() {
			if recover() == nil {
				t.Error("WaitReply did not fail the test")
			}
		}()
		alice.WaitReply(m)
	}()
	got := r.finish()
	for _, want := range []string{"waited 10ms for alice to see a reply to", "alice: @Mentor anybody?", "chat.postMessage → {", "not acknowledged: events_api app_mention"} {
		if !strings.Contains(got, want) {
			t.Errorf("failure = %s, want it to contain %q", got, want)
		}
	}
}
