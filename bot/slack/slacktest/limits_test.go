package slacktest_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"mentor/bot/slack/slacktest"
)

// What follows builds Block Kit.

func text(kind string, n int) object {
	return object{"type": kind, "text": strings.Repeat("ü", n)} // two bytes each: limits count characters
}

func blocks(b ...any) []any { return b }

func repeat(n int, f func(i int) any) []any {
	out := make([]any, n)
	for i := range out {
		out[i] = f(i)
	}
	return out
}

func sectionOf(n int) any { return object{"type": "section", "text": text("mrkdwn", n)} }

func with(o object, key string, v any) object {
	o[key] = v
	return o
}

func buttonOf(text object) object {
	return object{"type": "button", "text": text}
}

func actions(elements ...any) any { return object{"type": "actions", "elements": elements} }

func optionsOf(n int) []any {
	return repeat(n, func(i int) any { return option(1, strconv.Itoa(i)) })
}

func option(textLength int, value string) object {
	return object{"text": text("plain_text", textLength), "value": value}
}

func choice(kind string, options []any) object { return object{"type": kind, "options": options} }

func inputOf(element object) any {
	return object{"type": "input", "label": text("plain_text", 1), "element": element}
}

func table(rows, cells, length int) any {
	return object{"type": "table", "rows": repeat(rows, func(int) any {
		return repeat(cells, func(int) any { return object{"type": "raw_text", "text": strings.Repeat("x", length)} })
	})}
}

// messageLimits are limits of blocks in a message: payload builds one of a size.
var messageLimits = []struct {
	name    string
	limit   int
	payload func(n int) []any
	code    string // invalid_blocks when empty
}{
	{"blocks", 50, func(n int) []any { return repeat(n, func(int) any { return object{"type": "divider"} }) }, ""},
	{"section text", 3000, func(n int) []any { return blocks(sectionOf(n)) }, ""},
	{"section fields", 10, func(n int) []any {
		return blocks(object{"type": "section", "fields": repeat(n, func(int) any { return text("mrkdwn", 1) })})
	}, ""},
	{"section field", 2000, func(n int) []any {
		return blocks(object{"type": "section", "fields": []any{text("mrkdwn", n)}})
	}, ""},
	{"header", 150, func(n int) []any { return blocks(object{"type": "header", "text": text("plain_text", n)}) }, ""},
	{"context elements", 10, func(n int) []any {
		return blocks(object{"type": "context", "elements": repeat(n, func(int) any { return text("mrkdwn", 1) })})
	}, ""},
	{"actions elements", 25, func(n int) []any {
		return blocks(actions(repeat(n, func(int) any { return buttonOf(text("plain_text", 1)) })...))
	}, ""},
	{"button text", 75, func(n int) []any { return blocks(actions(buttonOf(text("plain_text", n)))) }, ""},
	{"button value", 2000, func(n int) []any {
		return blocks(actions(with(buttonOf(text("plain_text", 1)), "value", strings.Repeat("v", n))))
	}, ""},
	{"button url", 3000, func(n int) []any {
		return blocks(actions(with(buttonOf(text("plain_text", 1)), "url", "https:"+strings.Repeat("v", n-6))))
	}, ""},
	{"action_id", 255, func(n int) []any {
		return blocks(actions(with(buttonOf(text("plain_text", 1)), "action_id", strings.Repeat("v", n))))
	}, ""},
	{"block_id", 255, func(n int) []any {
		return blocks(with(object{"type": "divider"}, "block_id", strings.Repeat("v", n)))
	}, ""},
	{"select options", 100, func(n int) []any { return blocks(actions(choice("static_select", optionsOf(n)))) }, ""},
	{"option text", 75, func(n int) []any { return blocks(actions(choice("static_select", []any{option(n, "v")}))) }, ""},
	{"option value", 150, func(n int) []any {
		return blocks(actions(choice("static_select", []any{option(1, strings.Repeat("v", n))})))
	}, ""},
	{"overflow options", 5, func(n int) []any { return blocks(actions(choice("overflow", optionsOf(n)))) }, ""},
	{"checkboxes", 10, func(n int) []any { return blocks(actions(choice("checkboxes", optionsOf(n)))) }, ""},
	{"radio buttons", 10, func(n int) []any { return blocks(actions(choice("radio_buttons", optionsOf(n)))) }, ""},
	{"placeholder", 150, func(n int) []any {
		return blocks(actions(object{"type": "external_select", "placeholder": text("plain_text", n)}))
	}, ""},
	{"markdown blocks", 12000, func(n int) []any {
		return blocks(object{"type": "markdown", "text": strings.Repeat("x", n-1)}, object{"type": "markdown", "text": "x"})
	}, ""},
	{"table rows", 100, func(n int) []any { return blocks(table(n, 1, 1)) }, ""},
	{"table cells", 20, func(n int) []any { return blocks(table(1, n, 1)) }, ""},
	{"table characters", 10000, func(n int) []any { return blocks(table(1, 1, n)) }, ""},
	{"tables", 1, func(n int) []any { return repeat(n, func(int) any { return table(1, 1, 1) }) }, ""},
	{"image alt text", 2000, func(n int) []any {
		return blocks(object{"type": "image", "image_url": "https://example.org/a.png", "alt_text": strings.Repeat("x", n)})
	}, ""},
	{"all text", 13200, func(n int) []any {
		return append(repeat(4, func(int) any { return sectionOf(3000) }), sectionOf(n-12000))
	}, "msg_blocks_too_long"},
}

func TestMessageLimits(t *testing.T) {
	s := slacktest.New(t, slacktest.Rate("chat.postMessage", 6000, 1000))
	general := s.Channel("general")
	s.Allow(slacktest.Rejected, len(messageLimits))
	for _, l := range messageLimits {
		t.Run(l.name, func(t *testing.T) {
			post := func(n int) object {
				return call(t, s, "chat.postMessage", quiet(object{"channel": general.ID, "text": l.name, "blocks": l.payload(n)}))
			}
			if got := post(l.limit); code(got) != "" {
				t.Errorf("%d: %v, want ok", l.limit, got)
			}
			want := l.code
			if want == "" {
				want = "invalid_blocks"
			}
			if got := post(l.limit + 1); code(got) != want {
				t.Errorf("%d: %v, want %s", l.limit+1, got, want)
			}
		})
	}
}

// brokenBlocks are blocks that break a rule other than a length; fixed, where
// it is given, is the same without the mistake.
var brokenBlocks = []struct {
	name          string
	broken, fixed []any
}{
	{"empty text", blocks(sectionOf(0)), blocks(sectionOf(1))},
	{"no text and no fields", blocks(object{"type": "section"}), nil},
	{"unknown block", blocks(object{"type": "sektion"}), nil},
	{"no object", blocks("section"), nil},
	{"unknown element", blocks(actions(object{"type": "knob"})), nil},
	{"empty actions", blocks(actions()), nil},
	{"empty context", blocks(object{"type": "context", "elements": []any{}}), nil},
	{"mrkdwn header", blocks(object{"type": "header", "text": text("mrkdwn", 1)}), blocks(object{"type": "header", "text": text("plain_text", 1)})},
	{"mrkdwn button", blocks(actions(buttonOf(text("mrkdwn", 1)))), nil},
	{"emoji on mrkdwn", blocks(object{"type": "section", "text": with(text("mrkdwn", 1), "emoji", true)}), blocks(object{"type": "section", "text": with(text("plain_text", 1), "emoji", true)})},
	{"unknown text type", blocks(object{"type": "section", "text": text("markdown", 1)}), nil},
	{"text as a string", blocks(object{"type": "section", "text": "hello"}), nil},
	{"button style", blocks(actions(with(buttonOf(text("plain_text", 1)), "style", "loud"))), blocks(actions(with(buttonOf(text("plain_text", 1)), "style", "danger")))},
	{"button url", blocks(actions(with(buttonOf(text("plain_text", 1)), "url", "example"))), nil},
	{
		"action_id twice", blocks(actions(with(buttonOf(text("plain_text", 1)), "action_id", "a"), with(buttonOf(text("plain_text", 1)), "action_id", "a"))),
		blocks(actions(with(buttonOf(text("plain_text", 1)), "action_id", "a"), with(buttonOf(text("plain_text", 1)), "action_id", "b"))),
	},
	{
		"block_id twice", repeat(2, func(int) any { return object{"type": "divider", "block_id": "b"} }),
		repeat(2, func(i int) any { return object{"type": "divider", "block_id": strconv.Itoa(i)} }),
	},
	{"select without options", blocks(actions(choice("static_select", nil))), nil},
	{"external select with options", blocks(actions(choice("external_select", optionsOf(1)))), blocks(actions(object{"type": "external_select"}))},
	{"option without value", blocks(actions(choice("static_select", []any{option(1, "")}))), nil},
	{"initial option unknown", blocks(actions(with(choice("static_select", optionsOf(2)), "initial_option", option(1, "7")))), blocks(actions(with(choice("static_select", optionsOf(2)), "initial_option", option(1, "1"))))},
	{"image without alt text", blocks(object{"type": "image", "image_url": "https://example.org/a.png"}), nil},
	{"image without address", blocks(object{"type": "image", "alt_text": "a"}), nil},
	{"text input in actions", blocks(actions(object{"type": "plain_text_input"})), blocks(inputOf(object{"type": "plain_text_input"}))},
	{"button as input", blocks(inputOf(buttonOf(text("plain_text", 1)))), nil},
	{"empty table cell", blocks(table(1, 1, 0)), blocks(table(1, 1, 1))},
	{"unknown table cell", blocks(object{"type": "table", "rows": []any{[]any{object{"type": "cell"}}}}), nil},
	{"max_length", blocks(inputOf(object{"type": "plain_text_input", "max_length": 3001})), blocks(inputOf(object{"type": "plain_text_input", "max_length": 3000}))},
	{"two focused", repeat(2, func(int) any { return inputOf(object{"type": "plain_text_input", "focus_on_load": true}) }), nil},
	{"confirm without texts", blocks(actions(with(buttonOf(text("plain_text", 1)), "confirm", object{}))), nil},
}

func TestBrokenBlocks(t *testing.T) {
	s := slacktest.New(t, slacktest.Rate("chat.postMessage", 6000, 1000))
	general := s.Channel("general")
	s.Allow(slacktest.Rejected, len(brokenBlocks))
	for _, b := range brokenBlocks {
		t.Run(b.name, func(t *testing.T) {
			got := call(t, s, "chat.postMessage", quiet(object{"channel": general.ID, "text": b.name, "blocks": b.broken}))
			if code(got) != "invalid_blocks" || !strings.Contains(fmt.Sprint(got["response_metadata"]), "[json-pointer:/blocks") {
				t.Errorf("broken: %v, want invalid_blocks with a pointer", got)
			}
			if b.fixed == nil {
				return
			}
			if got := call(t, s, "chat.postMessage", quiet(object{"channel": general.ID, "text": b.name, "blocks": b.fixed})); code(got) != "" {
				t.Errorf("fixed: %v, want ok", got)
			}
		})
	}
}

func TestTextLimits(t *testing.T) {
	s := slacktest.New(t, slacktest.Rate("chat.postMessage", 6000, 1000))
	general := s.Channel("general")
	s.Allow(slacktest.Rejected, many)
	s.Allow(slacktest.LongText, 2)
	first := call(t, s, "chat.postMessage", quiet(object{"channel": general.ID, "text": "first"}))
	for _, c := range []struct {
		name, method string
		args         object
		want         string
	}{
		{"no text", "chat.postMessage", object{}, "no_text"},
		{"empty blocks", "chat.postMessage", object{"blocks": []any{}}, "no_text"},
		{"markdown inside", "chat.postMessage", object{"markdown_text": strings.Repeat("ü", 12000)}, ""},
		{"markdown too long", "chat.postMessage", object{"markdown_text": strings.Repeat("ü", 12001)}, "msg_too_long"},
		{"markdown beside text", "chat.postMessage", object{"markdown_text": "a", "text": "b"}, "markdown_text_conflict"},
		{"markdown beside blocks", "chat.postMessage", object{"markdown_text": "a", "blocks": blocks(sectionOf(1))}, "markdown_text_conflict"},
		{"blocks no JSON", "chat.postMessage", object{"text": "a", "blocks": "[{"}, "invalid_blocks_format"},
		{"blocks no list", "chat.postMessage", object{"text": "a", "blocks": object{"type": "divider"}}, "invalid_blocks_format"},
		{"posted text is cut", "chat.postMessage", object{"text": strings.Repeat("x", 40001)}, ""},
		{"update inside", "chat.update", object{"ts": first["ts"], "text": strings.Repeat("ü", 4000)}, ""},
		{"update too long", "chat.update", object{"ts": first["ts"], "text": strings.Repeat("ü", 4001)}, "msg_too_long"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := call(t, s, c.method, quiet(with(c.args, "channel", general.ID)))
			if code(got) != c.want {
				t.Errorf("%v, want %q", got, c.want)
			}
			if m, ok := got["message"].(object); ok && len(fmt.Sprint(m["text"])) > 80000 {
				t.Error("the text was not cut at 40,000 characters")
			}
		})
	}
}

func modalOf(change func(object)) object {
	v := object{"type": "modal", "title": text("plain_text", 1), "blocks": blocks(sectionOf(1))}
	change(v)
	return v
}

// viewLimits are limits of views; what a Home tab has as well is tested there.
var viewLimits = []struct {
	name  string
	limit int
	view  func(n int) object
	code  string // invalid_arguments when empty
}{
	{"title", 24, func(n int) object { return modalOf(func(v object) { v["title"] = text("plain_text", n) }) }, ""},
	{"submit", 24, func(n int) object { return modalOf(func(v object) { v["submit"] = text("plain_text", n) }) }, ""},
	{"close", 24, func(n int) object { return modalOf(func(v object) { v["close"] = text("plain_text", n) }) }, ""},
	{"private_metadata", 3000, func(n int) object {
		return modalOf(func(v object) { v["private_metadata"] = strings.Repeat("x", n) })
	}, ""},
	{"callback_id", 255, func(n int) object { return modalOf(func(v object) { v["callback_id"] = strings.Repeat("x", n) }) }, ""},
	{"blocks", 100, func(n int) object {
		return modalOf(func(v object) { v["blocks"] = repeat(n, func(int) any { return object{"type": "divider"} }) })
	}, ""},
	{"home blocks", 100, func(n int) object {
		return object{"type": "home", "blocks": repeat(n, func(int) any { return object{"type": "divider"} })}
	}, ""},
	{"size", 250_000, sizedView, "view_too_large"},
}

// sizedView is a modal of n bytes of JSON, within all other limits.
func sizedView(n int) object {
	v := modalOf(func(v object) {
		v["blocks"] = repeat(100, func(int) any {
			return object{"type": "section", "text": object{"type": "plain_text", "text": strings.Repeat("x", 2000)}}
		})
	})
	for i := 0; ; i++ {
		b, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		missing := n - len(b)
		if missing == 0 {
			return v
		}
		o := v["blocks"].([]any)[i].(object)["text"].(object)
		o["text"] = o["text"].(string) + strings.Repeat("x", min(missing, 1000))
	}
}

func TestViewLimits(t *testing.T) {
	s := slacktest.New(t)
	alice := s.Person("alice")
	s.Allow(slacktest.Rejected, len(viewLimits))
	for _, l := range viewLimits {
		t.Run(l.name, func(t *testing.T) {
			show := func(n int) object {
				v := l.view(n)
				if v["type"] == "home" {
					return call(t, s, "views.publish", object{"user_id": alice.ID, "view": v})
				}
				return call(t, s, "views.open", object{"trigger_id": alice.Trigger(), "view": v})
			}
			want := l.code
			if want == "" {
				want = "invalid_arguments"
			}
			if got := show(l.limit); code(got) != "" {
				t.Errorf("%d: %v, want ok", l.limit, code(got))
			}
			if got := show(l.limit + 1); code(got) != want {
				t.Errorf("%d: %v, want %s", l.limit+1, code(got), want)
			}
		})
	}
}

func TestBrokenViews(t *testing.T) {
	s := slacktest.New(t)
	alice := s.Person("alice")
	s.Allow(slacktest.Rejected, many)
	for _, c := range []struct {
		name string
		view object
	}{
		{"home as a modal", object{"type": "home", "blocks": blocks(sectionOf(1))}},
		{"no title", modalOf(func(v object) { delete(v, "title") })},
		{"mrkdwn title", modalOf(func(v object) { v["title"] = text("mrkdwn", 1) })},
		{"no blocks", modalOf(func(v object) { v["blocks"] = []any{} })},
		{"input without submit", modalOf(func(v object) { v["blocks"] = blocks(inputOf(object{"type": "plain_text_input"})) })},
		{"markdown block", modalOf(func(v object) { v["blocks"] = blocks(object{"type": "markdown", "text": "a"}) })},
		{"table", modalOf(func(v object) { v["blocks"] = blocks(table(1, 1, 1)) })},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := call(t, s, "views.open", object{"trigger_id": alice.Trigger(), "view": c.view}); code(got) != "invalid_arguments" {
				t.Errorf("%v, want invalid_arguments", got)
			}
		})
	}
}
