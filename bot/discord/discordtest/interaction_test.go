package discordtest_test

import (
	"maps"
	"strconv"
	"strings"
	"testing"
	"time"

	"mentor/bot/discord/discordtest"
)

// A counter of interactions: a raw client with a command and a learner.
type desk struct {
	raw
	ch    *discordtest.Channel
	alice *discordtest.User
}

// newDesk is a server with a command that may be asked, and no connected bot: the
// test is the bot.
func newDesk(t *testing.T, opts ...discordtest.Option) desk {
	t.Helper()
	r := newRaw(t, opts...)
	g := r.s.AddGuild("Learners")
	d := desk{raw: r, ch: g.AddChannel("general"), alice: g.AddUser("alice")}
	set := list{
		withOptions(commandOption(obj{"autocomplete": true}), commandOption(obj{"name": "n", "type": 4})),
		obj{"type": 3, "name": "Explain"},
	}
	r.do("PUT", "applications/"+r.s.ApplicationID()+"/commands", set).want(t, "commands", 200, 0)
	return d
}

// ask is a new interaction of the command.
func (d desk) ask() *discordtest.Interaction {
	d.t.Helper()
	return d.alice.Slash(d.ch, "ask", discordtest.Opt("q", "what is Go"))
}

// answer sends a first answer.
func (d desk) answer(i *discordtest.Interaction, kind int, data any) got {
	d.t.Helper()
	return d.do("POST", "interactions/"+i.ID+"/"+i.Token()+"/callback", obj{"type": kind, "data": data}, "Authorization", "")
}

// webhook sends a request below the interaction's webhook.
func (d desk) webhook(i *discordtest.Interaction, method, below string, body any) got {
	d.t.Helper()
	return d.do(method, "webhooks/"+d.s.ApplicationID()+"/"+i.Token()+below, body, "Authorization", "")
}

const original = "/messages/@original"

func TestFirstAnswer(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	hello := obj{"content": "hello"}
	i := d.ask()
	d.do("POST", "interactions/"+i.ID+"/nonsense/callback", obj{"type": 4, "data": hello}).want(t, "V22: wrong token", 404, 10062)
	d.s.Advance(2900 * time.Millisecond)
	d.answer(i, 4, hello).want(t, "V22: after 2.9 s", 204, 0)
	d.answer(i, 4, hello).want(t, "V23: a second answer", 400, 40060)
	late := d.ask()
	d.s.Advance(3100 * time.Millisecond)
	d.answer(late, 4, hello).want(t, "V22: after 3.1 s", 404, 10062)
	d.answer(d.ask(), 4, obj{"content": x(2001)}).want(t, "V5: in an answer", 400, 50035)
	d.answer(d.ask(), 4, obj{"content": ""}).want(t, "V6: in an answer", 400, 50006)
	d.do("POST", "interactions/"+late.ID+"/"+late.Token()+"/callback", obj{}).want(t, "no type", 404, 10062)
}

// TestAnswerTypes is V24: which answer fits which interaction.
func TestAnswerTypes(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	modal := obj{"title": "t", "custom_id": "m", "components": rows(obj{"type": 4, "custom_id": "i", "style": 1, "label": "l", "required": false})}
	data := map[int]obj{4: {"content": "x"}, 5: {}, 6: {}, 7: {"content": "y"}, 8: {"choices": list{}}, 9: modal}
	posted := d.ask()
	d.answer(posted, 4, obj{"content": "x", "components": rows(button("b"))})
	m := d.ch.Messages()[0]
	form := func(from *discordtest.Interaction) *discordtest.Interaction {
		d.answer(from, 9, modal).want(t, "modal", 204, 0)
		return d.alice.SubmitModal(from, nil)
	}
	kinds := map[string]struct {
		begin func() *discordtest.Interaction
		fits  string
	}{
		"command":           {d.ask, "459"},
		"component":         {func() *discordtest.Interaction { return d.alice.Click(m, "b") }, "45679"},
		"autocomplete":      {func() *discordtest.Interaction { return d.alice.Type(d.ch, "ask", "q", "w") }, "8"},
		"modal of command":  {func() *discordtest.Interaction { return form(d.ask()) }, "45"},
		"modal of a button": {func() *discordtest.Interaction { return form(d.alice.Click(m, "b")) }, "4567"},
	}
	for name, k := range kinds {
		var fits strings.Builder
		for kind := 1; kind <= 9; kind++ {
			if g := d.answer(k.begin(), kind, data[kind]); g.status == 204 {
				fits.WriteString(strconv.Itoa(kind))
			} else if g.code() != 50035 || g.faultAt("type") == "" {
				t.Errorf("%s answered with %d: %d %s", name, kind, g.status, g.text)
			}
			// the button is gone after an update without components
			d.do("PATCH", "channels/"+d.ch.ID+"/messages/"+m.ID, components(rows(button("b"))))
		}
		if fits.String() != k.fits {
			t.Errorf("%s takes the answers %s, want %s", name, fits.String(), k.fits)
		}
	}
}

func TestDeferred(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	hello := obj{"content": "hello"}
	i := d.ask()
	d.webhook(i, "PATCH", original, hello).want(t, "V25: edit before any answer", 404, 10008)
	d.webhook(i, "POST", "", hello).want(t, "V25: follow-up before any answer", 404, 10015)
	d.answer(i, 5, obj{"flags": 64 | 4096}).want(t, "V25: a flag but EPHEMERAL", 400, 50035)
	d.answer(i, 5, obj{"flags": 64}).want(t, "deferral", 204, 0)
	d.webhook(i, "POST", "", hello).want(t, "follow-up", 200, 0)
	if got := d.ch.Messages(); len(got) != 1 || got[0].Content != "hello" || !got[0].Ephemeral() {
		t.Errorf("V26: the follow-up straight after a deferral should fill it, ephemeral as it was: %+v", got)
	}
	d.webhook(i, "PATCH", original, obj{"content": "changed", "flags": 0}).want(t, "edit", 200, 0)
	if got := d.ch.Messages()[0]; !got.Ephemeral() || got.Content != "changed" {
		t.Errorf("V26: an edit changed who sees it: %+v", got)
	}
	d.webhook(i, "POST", "", hello).want(t, "another follow-up", 200, 0)
	if got := d.ch.Messages(); len(got) != 2 || got[1].Ephemeral() {
		t.Errorf("messages = %+v", got)
	}
	d.webhook(i, "GET", original, nil).want(t, "get", 200, 0)
	d.webhook(i, "DELETE", original, nil).want(t, "delete", 204, 0)
	d.webhook(i, "PATCH", original, hello).want(t, "edit what is deleted", 404, 10008)
	d.s.Advance(14 * time.Minute)
	d.webhook(i, "POST", "", hello).want(t, "V25: after 14 minutes", 200, 0)
	d.s.Advance(2 * time.Minute)
	d.webhook(i, "POST", "", hello).want(t, "V25: after 16 minutes", 401, 50027)
}

func TestModalAndChoiceRules(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	input := func(change obj) obj {
		in := obj{"type": 4, "custom_id": "i", "style": 1, "label": "l"}
		maps.Copy(in, change)
		return obj{"title": "t", "custom_id": "m", "components": rows(in)}
	}
	label := func(change obj) obj {
		l := obj{"type": 18, "label": "l", "component": obj{"type": 4, "custom_id": "i", "style": 2}}
		maps.Copy(l, change)
		return obj{"title": "t", "custom_id": "m", "components": list{l}}
	}
	titled := func(n int) obj { m := input(nil); m["title"] = x(n); return m }
	parts := func(n int) obj {
		return obj{"title": "t", "custom_id": "m", "components": repeat(n, func(i int) any {
			return row(obj{"type": 4, "custom_id": strconv.Itoa(i), "style": 1, "label": "l"})
		})}
	}
	at := "data.components.0.components.0."
	for _, c := range []rule{
		{"modal title", titled(46), "data.title", badSize, titled(45)},
		{"modal parts", parts(6), "data.components", badSize, parts(5)},
		{"input label", input(obj{"label": x(46)}), at + "label", badSize, input(obj{"label": x(45)})},
		{"input hint", input(obj{"placeholder": x(101)}), at + "placeholder", tooLong, input(obj{"placeholder": x(100)})},
		{"input text", input(obj{"value": x(4001)}), at + "value", tooLong, input(obj{"value": x(4000)})},
		{"input lengths", input(obj{"min_length": 5, "max_length": 4}), at + "min_length", "TEXT_INPUT_MIN_LENGTH_TOO_LARGE", input(obj{"min_length": 4, "max_length": 4})},
		{"label", label(obj{"label": x(46)}), "data.components.0.label", badSize, label(obj{"description": x(100)})},
		{"label without component", label(obj{"component": nil}), "data.components.0.component", required, label(nil)},
		{"button in a modal", obj{"title": "t", "custom_id": "m", "components": rows(button("b"))}, at + "type", "UNION_TYPE_CHOICES", input(nil)},
	} {
		c.check(t, func(data any) got { return d.answer(d.ask(), 9, data) })
	}
	choices := func(n int, name string, value any) obj {
		return obj{"choices": repeat(n, func(int) any { return obj{"name": name, "value": value} })}
	}
	for _, c := range []rule{
		{"26 choices", choices(26, "n", "v"), "data.choices", tooLong, choices(25, "n", "v")},
		{"choice name", choices(1, x(101), "v"), "data.choices.0.name", badSize, choices(1, x(100), "v")},
		{"choice value", choices(1, "n", x(101)), "data.choices.0.value", tooLong, choices(1, "n", x(100))},
		{"choice type", choices(1, "n", 5), "data.choices.0.value", "STRING_TYPE_CONVERT", obj{}},
	} {
		c.check(t, func(data any) got { return d.answer(d.alice.Type(d.ch, "ask", "q", "w"), 8, data) })
	}
	d.answer(d.alice.Type(d.ch, "ask", "n", "1"), 8, choices(1, "n", 5)).want(t, "a number for a number", 204, 0)
}

func TestForeignGuild(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ch := d.s.AddForeignGuild("Elsewhere").AddChannel("general")
	d.do("PUT", "applications/"+d.s.ApplicationID()+"/commands", list{command(obj{"integration_types": list{0, 1}})}).want(t, "command", 200, 0)
	i := d.alice.Slash(ch, "ask")
	hello := obj{"content": "hello"}
	d.answer(i, 4, hello).want(t, "answer", 204, 0)
	for range 5 {
		d.webhook(i, "POST", "", hello).want(t, "follow-up", 200, 0)
	}
	d.webhook(i, "POST", "", hello).want(t, "V26: the sixth follow-up", 400, 40094)
	d.do("POST", "channels/"+ch.ID+"/messages", hello).want(t, "a message", 403, 50001)
}

func TestMessageCommandAndResponse(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	m := d.alice.Say(d.ch, "what does this mean?")
	i := d.alice.MessageCommand(m, "Explain")
	g := d.do("POST", "interactions/"+i.ID+"/"+i.Token()+"/callback?with_response=true", obj{"type": 4, "data": obj{"content": "It means…"}})
	g.want(t, "with_response", 200, 0)
	if i.Wait(t.Context()).Content != "It means…" {
		t.Errorf("answer = %s", g.text)
	}
}

func TestUpload(t *testing.T) {
	t.Parallel()
	r := newRaw(t)
	ch := r.s.AddGuild("Learners").AddChannel("general")
	ch.Permit(ch.Permitted() | discordtest.PermAttachFiles)
	send := func(name string, size int) got {
		const line = "\r\n"
		body := "--B" + line + `Content-Disposition: form-data; name="payload_json"` + line + line +
			`{"embeds":[{"image":{"url":"attachment://a.png"}}]}` + line +
			"--B" + line + `Content-Disposition: form-data; name="` + name + `"; filename="a.png"` + line + line +
			string(make([]byte, size)) + line + "--B--" + line
		return r.do("POST", "channels/"+ch.ID+"/messages", body, "Content-Type", "multipart/form-data; boundary=B")
	}
	send("files[0]", 10<<20).want(t, "V28: 10 MiB", 200, 0)
	send("files[0]", 10<<20+1).want(t, "V28: more than 10 MiB", 413, 40005)
	send("files[0]", 25<<20).want(t, "V28: request of more than 25 MiB", 413, 40005)
	send("picture", 1).want(t, "V28: a part of no known name", 400, 50035)
	r.do("POST", "channels/"+ch.ID+"/messages", obj{"embeds": list{obj{"image": obj{"url": "attachment://a.png"}}}}).want(t, "V28: a file that was not sent", 400, 50035)
	if a := ch.Messages()[0].Attachments; len(a) != 1 || a[0].Size != 10<<20 {
		t.Errorf("attachments = %d", len(a))
	}
}
