package discordtest_test

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"testing"

	"mentor/bot/discord/discordtest"
)

// obj and list make JSON.
type (
	obj  = map[string]any
	list = []any
)

func repeat(n int, one func(int) any) list {
	out := make(list, n)
	for i := range out {
		out[i] = one(i)
	}
	return out
}

func button(id string) obj { return obj{"type": 2, "style": 1, "label": "Go", "custom_id": id} }

func row(inside ...any) obj { return obj{"type": 1, "components": append(list{}, inside...)} }

func rows(inside ...any) list { return list{row(inside...)} }

func buttons(n int) list { return repeat(n, func(i int) any { return button(fmt.Sprint("b", i)) }) }

func option(i int) any { return obj{"label": fmt.Sprint("L", i), "value": fmt.Sprint("v", i)} }

func menu(change obj) list {
	m := obj{"type": 3, "custom_id": "menu", "options": repeat(3, option)}
	maps.Copy(m, change)
	return rows(m)
}

func embed(key string, v any) obj { return obj{"embeds": list{obj{"description": "d", key: v}}} }

func components(l list) obj { return obj{"components": l} }

func v2(l ...any) obj { return obj{"flags": discordtest.FlagComponentsV2, "components": l} }

func textDisplay(n int) obj { return obj{"type": 10, "content": x(n)} }

// A rule is a wrong payload, what is said of it, and one just inside the limit.
type rule struct {
	name  string
	wrong any
	at    string
	fault string
	right any
}

// check sends the wrong payload and the right one.
func (c rule) check(t *testing.T, send func(any) got) {
	t.Helper()
	g := send(c.wrong)
	g.want(t, c.name, 400, 50035)
	if f := g.faultAt(c.at); f != c.fault {
		t.Errorf("%s: fault at %q = %q, want %q: %s", c.name, c.at, f, c.fault, g.text)
	}
	if g := send(c.right); g.status >= 300 {
		t.Errorf("%s, just inside: %d %s", c.name, g.status, g.text)
	}
}

const (
	tooLong  = "BASE_TYPE_MAX_LENGTH"
	badSize  = "BASE_TYPE_BAD_LENGTH"
	required = "BASE_TYPE_REQUIRED"
	tooMuch  = "NUMBER_TYPE_MAX"
)

// messageRules are V4 to V14 for messages.
func messageRules() []rule {
	fields := func(n int) list {
		return repeat(n, func(int) any { return obj{"name": "n", "value": "v"} })
	}
	field := func(name, value string) list { return list{obj{"name": name, "value": value}} }
	return []rule{
		{"V4 type", obj{"content": 5}, "content", "STRING_TYPE_CONVERT", obj{"content": "5"}},
		{"V4 flag type", obj{"content": "x", "flags": "y"}, "flags", "NUMBER_TYPE_COERCE", obj{"content": "x", "flags": 4}},
		{"V4 tts", obj{"content": "x", "tts": "yes"}, "tts", "BOOLEAN_TYPE_CONVERT", obj{"content": "x", "tts": nil}},
		{"V5 content", obj{"content": x(2001)}, "content", tooLong, obj{"content": x(2000)}},
		{"V5 content with blanks", obj{"content": x(2000) + "\n"}, "content", tooLong, obj{"content": x(1999) + "\n"}},
		{"V4 embeds", obj{"embeds": repeat(11, func(int) any { return obj{"title": "t"} })}, "embeds", tooLong, obj{"embeds": repeat(10, func(int) any { return obj{"title": "t"} })}},
		{"V4 title", embed("title", x(257)), "embeds.0.title", tooLong, embed("title", x(256))},
		{"V4 description", embed("description", x(4097)), "embeds.0.description", tooLong, embed("description", x(4096))},
		{"V4 fields", embed("fields", fields(26)), "embeds.0.fields", tooLong, embed("fields", fields(25))},
		{"V4 field name", embed("fields", field(x(257), "v")), "embeds.0.fields.0.name", tooLong, embed("fields", field(x(256), "v"))},
		{"V4 field value", embed("fields", field("n", x(1025))), "embeds.0.fields.0.value", tooLong, embed("fields", field("n", x(1024)))},
		{"V4 footer", embed("footer", obj{"text": x(2049)}), "embeds.0.footer.text", tooLong, embed("footer", obj{"text": x(2048)})},
		{"V4 author", embed("author", obj{"name": x(257)}), "embeds.0.author.name", tooLong, embed("author", obj{"name": x(256)})},
		{"V4 colour", embed("color", 1<<24), "embeds.0.color", tooMuch, embed("color", 1<<24-1)},
		{
			"V7 sum",
			obj{"embeds": list{obj{"description": x(4000)}, obj{"description": x(2001)}}},
			"embeds", "MAX_EMBED_SIZE_EXCEEDED",
			obj{"embeds": list{obj{"description": x(4000) + "   "}, obj{"description": x(2000)}}},
		},
		{"V8 empty field", embed("fields", field("n", " ")), "embeds.0.fields.0.value", required, embed("fields", field("n", "\u200b"))},
		{"V8 empty embed", obj{"embeds": list{obj{"color": 5}}}, "embeds.0.description", required, obj{"embeds": list{obj{"title": "x"}}}},
		{"V8 scheme", embed("image", obj{"url": "ftp://a/b"}), "embeds.0.image.url", "URL_TYPE_INVALID_SCHEME", embed("image", obj{"url": "https://a/b"})},
		{"V8 no address", embed("url", "nowhere"), "embeds.0.url", "URL_TYPE_INVALID_URL", embed("url", "http://a")},
		{"V14 both", obj{"content": "x", "allowed_mentions": obj{"parse": list{"users"}, "users": list{"1"}}}, "allowed_mentions.parse", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", obj{"content": "x", "allowed_mentions": obj{"parse": list{"roles"}, "users": list{"1"}}}},
		{"V14 twice", obj{"content": "x", "allowed_mentions": obj{"users": list{"1", "1"}}}, "allowed_mentions.users.1", "SET_TYPE_ALREADY_CONTAINS_VALUE", obj{"content": "x", "allowed_mentions": obj{"users": list{"1", "2"}}}},
		{"V14 101", obj{"content": "x", "allowed_mentions": obj{"users": ids(101)}}, "allowed_mentions.users", tooLong, obj{"content": "x", "allowed_mentions": obj{"users": ids(100)}}},
		{"V14 unknown", obj{"content": "x", "allowed_mentions": obj{"parse": list{"all"}}}, "allowed_mentions.parse.0", "BASE_TYPE_CHOICES", obj{"content": "x", "allowed_mentions": obj{"parse": list{}}}},
		{"V15 unknown", obj{"content": "x", "message_reference": obj{"message_id": "5"}}, "message_reference", "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", obj{"content": "x", "message_reference": obj{"message_id": "5", "fail_if_not_exists": false}}},
	}
}

func ids(n int) list { return repeat(n, func(i int) any { return strconv.Itoa(i + 1) }) }

// componentRules are V9 to V12.
func componentRules() []rule {
	long := func(key string, n int) list { b := button("b"); b[key] = x(n); return rows(b) }
	link := func(change obj) list {
		b := obj{"type": 2, "style": 5, "label": "Go", "url": "https://a.b"}
		maps.Copy(b, change)
		return rows(b)
	}
	at := "components.0.components.0."
	return []rule{
		{"V9 rows", components(repeat(6, func(i int) any { return row(button(strconv.Itoa(i))) })), "components", badSize, components(repeat(5, func(i int) any { return row(button(strconv.Itoa(i))) }))},
		{"V9 buttons", components(rows(buttons(6)...)), "components.0.components", badSize, components(rows(buttons(5)...))},
		{"V9 empty row", components(rows()), "components.0.components", badSize, obj{"content": "x", "components": list{}}},
		{"V9 menu and button", components(rows(menu(nil)[0].(obj)["components"].(list)[0], button("b"))), "components.0.components.0", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", components(menu(nil))},
		{"V9 no row", components(list{button("b")}), "components.0.type", "UNION_TYPE_CHOICES", components(rows(button("b")))},
		{"V9 V2 without the flag", components(list{textDisplay(1)}), "components.0.type", "UNION_TYPE_CHOICES", v2(textDisplay(1))},
		{"V10", components(rows(button("b"), button("b"))), "components.0.components.1.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", components(rows(button("b"), button("c")))},
		{"V4 custom id", components(rows(button(x(101)))), at + "custom_id", badSize, components(rows(button(x(100))))},
		{"V4 label", components(long("label", 81)), at + "label", tooLong, components(long("label", 80))},
		{"V11 no id", components(rows(obj{"type": 2, "style": 1, "label": "x"})), at + "custom_id", required, components(rows(button("b")))},
		{"V11 url", components(rows(obj{"type": 2, "style": 1, "label": "x", "custom_id": "b", "url": "https://a.b"})), at + "url", "BUTTON_COMPONENT_URL_NOT_ALLOWED", components(link(nil))},
		{"V11 link without url", components(link(obj{"url": nil})), at + "url", required, components(link(nil))},
		{"V11 link with id", components(link(obj{"custom_id": "b"})), at + "custom_id", "BUTTON_COMPONENT_CUSTOM_ID_NOT_ALLOWED", components(link(nil))},
		{"V11 url length", components(link(obj{"url": "https://a/" + strings.Repeat("a", 503)})), at + "url", tooLong, components(link(obj{"url": "https://a/" + strings.Repeat("a", 502)}))},
		{"V11 nothing to see", components(rows(obj{"type": 2, "style": 1, "custom_id": "b"})), at + "label", "BUTTON_COMPONENT_INVALID_LABEL", components(rows(obj{"type": 2, "style": 1, "custom_id": "b", "emoji": obj{"name": "🦉"}}))},
		{"V4 style", components(rows(obj{"type": 2, "style": 9, "label": "x", "custom_id": "b"})), at + "style", "BASE_TYPE_CHOICES", components(rows(button("b")))},
		{"V4 options", components(menu(obj{"options": repeat(26, option)})), at + "options", badSize, components(menu(obj{"options": repeat(25, option)}))},
		{"V4 placeholder", components(menu(obj{"placeholder": x(151)})), at + "placeholder", tooLong, components(menu(obj{"placeholder": x(150)}))},
		{"V4 option label", components(menu(obj{"options": list{obj{"label": x(101), "value": "v"}}})), at + "options.0.label", badSize, components(menu(obj{"options": list{obj{"label": x(100), "value": "v"}}}))},
		{"V12 values", components(menu(obj{"options": list{option(1), option(1)}})), at + "options.1.value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", components(menu(obj{"options": list{option(1), option(2)}}))},
		{"V12 min and max", components(menu(obj{"min_values": 3, "max_values": 2})), at + "min_values", "SELECT_COMPONENT_MIN_VALUES_TOO_LARGE", components(menu(obj{"min_values": 2, "max_values": 2}))},
		{"V12 max and options", components(menu(obj{"max_values": 4})), at + "max_values", "SELECT_COMPONENT_MAX_VALUES_TOO_LARGE", components(menu(obj{"max_values": 3}))},
		{"V12 defaults", components(menu(obj{"options": repeat(2, func(i int) any { o := option(i).(obj); o["default"] = true; return o })})), at + "options", "SELECT_COMPONENT_INVALID_DEFAULT_VALUES", components(menu(obj{"max_values": 2, "options": repeat(2, func(i int) any { o := option(i).(obj); o["default"] = true; return o })}))},
	}
}

// layoutRules are V13.
func layoutRules() []rule {
	with := func(o obj, key string, v any) obj { o[key] = v; return o }
	section := func(n int) obj {
		return obj{"type": 9, "components": repeat(n, func(int) any { return textDisplay(1) }), "accessory": button("b")}
	}
	gallery := func(n int) obj {
		return obj{"type": 12, "items": repeat(n, func(int) any { return obj{"media": obj{"url": "https://a/b.png"}} })}
	}
	mixed := "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
	container := func(n int) obj {
		return obj{"type": 17, "components": repeat(n, func(int) any { return textDisplay(1) })}
	}
	return []rule{
		{"V13 content", with(v2(textDisplay(1)), "content", "x"), "content", mixed, with(v2(textDisplay(1)), "content", "")},
		{"V13 embeds", with(v2(textDisplay(1)), "embeds", list{obj{"title": "x"}}), "embeds", mixed, with(v2(textDisplay(1)), "embeds", list{})},
		{"V13 count", v2(container(38), textDisplay(1), textDisplay(1)), "components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", v2(container(38), textDisplay(1))},
		{"V13 text", v2(textDisplay(4001)), "components.0.content", badSize, v2(textDisplay(4000))},
		{"V13 text together", v2(textDisplay(4000), textDisplay(1)), "components", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", v2(textDisplay(3999), textDisplay(1))},
		{"V13 section", v2(section(4)), "components.0.components", badSize, v2(section(3))},
		{"V13 gallery", v2(gallery(11)), "components.0.items", badSize, v2(gallery(10))},
		{"V13 container in container", v2(obj{"type": 17, "components": list{container(1)}}), "components.0.components.0.type", "UNION_TYPE_CHOICES", v2(container(1))},
		{"V13 missing file", v2(obj{"type": 13, "file": obj{"url": "attachment://a.txt"}}), "components.0.file.url", "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", v2(obj{"type": 14, "spacing": 2, "divider": true}, row(button("b")))},
		{"V13 spacing", v2(obj{"type": 14, "spacing": 3}), "components.0.spacing", "BASE_TYPE_CHOICES", v2(obj{"type": 14, "spacing": 1})},
	}
}

func TestMessageRules(t *testing.T) {
	t.Parallel()
	r := newRaw(t)
	ch := r.s.AddGuild("Learners").AddChannel("general")
	send := func(body any) got { return r.do("POST", "channels/"+ch.ID+"/messages", body) }
	for _, rules := range [][]rule{messageRules(), componentRules(), layoutRules()} {
		for _, c := range rules {
			c.check(t, send)
		}
	}
	send(obj{"content": " \n ", "embeds": nil, "components": list{}}).want(t, "V6", 400, 50006)
}

func TestLayoutFlagStays(t *testing.T) {
	t.Parallel()
	r := newRaw(t)
	ch := r.s.AddGuild("Learners").AddChannel("general")
	id, _ := r.do("POST", "channels/"+ch.ID+"/messages", v2(textDisplay(1))).json["id"].(string)
	edit := func(body any) got { return r.do("PATCH", "channels/"+ch.ID+"/messages/"+id, body) }
	edit(obj{"flags": 0, "content": "x", "components": list{}}).want(t, "V13: flag removed", 400, 50035)
	edit(obj{"content": "x"}).want(t, "V13: content by edit", 400, 50035)
	edit(obj{"components": list{textDisplay(2)}}).want(t, "an edit", 200, 0)
	if m := ch.Messages()[0]; m.Flags&discordtest.FlagComponentsV2 == 0 || m.Components[0].Content != x(2) {
		t.Errorf("after the edit: %+v", m)
	}
}

// command is a command with something changed.
func command(change obj) obj {
	c := obj{"name": "ask", "description": "d"}
	maps.Copy(c, change)
	return c
}

func commandOption(change obj) obj {
	o := obj{"type": 3, "name": "q", "description": "d"}
	maps.Copy(o, change)
	return o
}

func withOptions(options ...any) obj { return command(obj{"options": options}) }

// commandRules are V20.
func commandRules() []rule {
	invalid := "APPLICATION_COMMAND_INVALID_NAME"
	named := func(n int) list {
		return repeat(n, func(i int) any { return commandOption(obj{"name": fmt.Sprint("o", i)}) })
	}
	choices := func(n int) obj {
		return withOptions(commandOption(obj{"choices": repeat(n, func(i int) any { return obj{"name": strconv.Itoa(i), "value": "v"} })}))
	}
	heavy := func(n int) obj {
		return withOptions(commandOption(obj{"choices": repeat(25, func(int) any { return obj{"name": strings.Repeat("n", 100), "value": strings.Repeat("v", 100)} })}),
			commandOption(obj{"name": "r", "choices": repeat(n, func(int) any { return obj{"name": strings.Repeat("n", 100), "value": strings.Repeat("v", 100)} })}))
	}
	optional, must := commandOption(obj{"name": "a"}), commandOption(obj{"name": "b", "required": true})
	return []rule{
		{"V20 upper case", command(obj{"name": "Ask"}), "0.name", invalid, command(obj{"name": "ask_me-2"})},
		{"V20 blank", command(obj{"name": "ask me"}), "0.name", invalid, command(obj{"name": "помощь"})},
		{"V20 name length", command(obj{"name": strings.Repeat("a", 33)}), "0.name", badSize, command(obj{"name": strings.Repeat("a", 32)})},
		{"V20 no description", command(obj{"description": ""}), "0.description", required, command(obj{"description": "d"})},
		{"V20 description", command(obj{"description": x(101)}), "0.description", badSize, command(obj{"description": x(100)})},
		{"V20 message command", command(obj{"type": 3}), "0.description", "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_NOT_ALLOWED", obj{"type": 3, "name": "Explain this"}},
		{"V20 options", withOptions(named(26)...), "0.options", tooLong, withOptions(named(25)...)},
		{"V20 option names", withOptions(commandOption(nil), commandOption(nil)), "0.options.1.name", "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", withOptions(named(2)...)},
		{
			"V20 option names in a language", withOptions(commandOption(obj{"name": "a", "name_localizations": obj{"fr": "c"}}), commandOption(obj{"name": "b", "name_localizations": obj{"fr": "c"}})),
			"0.options.1.name", "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", withOptions(commandOption(obj{"name": "a", "name_localizations": obj{"fr": "c"}}), commandOption(obj{"name": "b"})),
		},
		{"V20 required first", withOptions(optional, must), "0.options.1", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", withOptions(must, optional)},
		{"V20 choices", choices(26), "0.options.0.choices", tooLong, choices(25)},
		{"V20 choices and autocomplete", withOptions(commandOption(obj{"autocomplete": true, "choices": list{obj{"name": "n", "value": "v"}}})), "0.options.0.autocomplete", "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES", withOptions(commandOption(obj{"autocomplete": true, "choices": nil}))},
		{"V20 weight", heavy(15), "0", "APPLICATION_COMMAND_TOO_LARGE", heavy(14)},
		{"V20 language", command(obj{"name_localizations": obj{"xx": "ask"}}), "0.name_localizations.xx", "BASE_TYPE_CHOICES", command(obj{"name_localizations": obj{"pt-BR": "perguntar"}})},
		{"V20 contexts", command(obj{"contexts": list{7}}), "0.contexts.0", "BASE_TYPE_CHOICES", command(obj{"contexts": list{0, 1, 2}})},
		{"V20 subcommands", withOptions(commandOption(obj{"type": 1, "name": "s"}), commandOption(nil)), "0.options", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", withOptions(commandOption(obj{"type": 1, "name": "s"}))},
	}
}

func TestCommandRules(t *testing.T) {
	t.Parallel()
	r := newRaw(t)
	base := "applications/" + r.s.ApplicationID() + "/commands"
	for _, c := range commandRules() {
		c.check(t, func(body any) got { return r.do("PUT", base, list{body}) })
	}
	g := r.do("PUT", base, list{command(nil), command(nil)})
	g.want(t, "V20: names", 400, 50035)
	if f := g.faultAt("1"); f != "APPLICATION_COMMANDS_DUPLICATE_NAME" {
		t.Errorf("V20: fault of a name used twice = %q: %s", f, g.text)
	}
	many := func(n int) list {
		return repeat(n, func(i int) any { return command(obj{"name": fmt.Sprint("c", i)}) })
	}
	r.do("PUT", base, many(101)).want(t, "V20: 101 commands", 400, 30032)
	r.do("PUT", base, many(100)).want(t, "V20: 100 commands", 200, 0)
	guild := r.s.AddGuild("Learners")
	ofGuild := "applications/" + r.s.ApplicationID() + "/guilds/" + guild.ID + "/commands"
	r.do("PUT", ofGuild, list{command(obj{"contexts": list{0}})}).want(t, "V20: contexts in a guild", 400, 50035)
	r.do("PUT", ofGuild, list{command(nil)}).want(t, "V20: in a guild", 200, 0)
	r.do("PUT", "applications/"+r.s.BotID()+"/commands", list{}).want(t, "another's application", 403, 20012)
}

func TestCommandCreates(t *testing.T) {
	t.Parallel()
	r := newRaw(t)
	base := "applications/" + r.s.ApplicationID() + "/commands"
	set := func(from int) list {
		return repeat(100, func(i int) any { return command(obj{"name": fmt.Sprint("c", from+i)}) })
	}
	r.do("PUT", base, set(0)).want(t, "100 new", 200, 0)
	r.do("PUT", base, set(0)).want(t, "none new", 200, 0)
	r.do("PUT", base, set(100)).want(t, "200 new", 200, 0)
	r.do("PUT", base, list{command(nil)}).want(t, "V21: the 201st", 400, 30034)
	r.s.Advance(25 * 3600e9)
	r.do("PUT", base, list{command(nil)}).want(t, "the next day", 200, 0)
	if got := r.s.Commands(); len(got) != 1 || got[0].Name != "ask" {
		t.Errorf("commands = %v", got)
	}
}
