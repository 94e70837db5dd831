package slacktest_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"mentor/bot/slack/slacktest"
)

func TestTokens(t *testing.T) {
	s := slacktest.New(t)
	other := s.AddTeam("other")
	s.Allow(slacktest.BadToken, 4)
	for _, c := range []struct{ name, token, method, want string }{
		{"good", s.BotToken(), "auth.test", ""},
		{"none", "", "auth.test", "not_authed"},
		{"made up", "xoxb-1", "auth.test", "invalid_auth"},
		{"app token for a bot's method", s.AppToken(), "auth.test", "not_allowed_token_type"},
		{"bot token for a socket", s.BotToken(), "apps.connections.open", "not_allowed_token_type"},
		{"app token for a socket", s.AppToken(), "apps.connections.open", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := callAs(t, s, c.token, c.method, object{}); code(got) != c.want {
				t.Errorf("%v, want %q", got, c.want)
			}
		})
	}
	s.Revoke(s.BotToken())
	s.Deactivate(other.BotToken)
	if got := call(t, s, "auth.test", object{}); code(got) != "token_revoked" {
		t.Errorf("revoked: %v", got)
	}
	if got := callAs(t, s, other.BotToken, "auth.test", object{}); code(got) != "account_inactive" {
		t.Errorf("deactivated: %v", got)
	}
}

func TestUnknownMethodAndAddress(t *testing.T) {
	s := slacktest.New(t)
	s.Allow(slacktest.UnknownMethod, 2)
	if got := call(t, s, "chat.shout", object{}); code(got) != "unknown_method" {
		t.Errorf("%v, want unknown_method", got)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+"/elsewhere", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if got := do(t, r); got["status"] != http.StatusNotFound {
		t.Errorf("%v, want 404", got)
	}
	if got := s.Ledger().Violations(slacktest.UnknownMethod); len(got) != 2 {
		t.Errorf("violations = %v, want two", got)
	}
}

func TestFormsAndJSON(t *testing.T) {
	s := slacktest.New(t)
	s.Allow(slacktest.Rejected, 2)
	alice, general := s.Person("alice"), s.Channel("general")
	form := url.Values{"channel": {general.ID}, "text": {"hello"}, "blocks": {`[{"type":"divider"}]`}, "unfurl_links": {"false"}, "unfurl_media": {"0"}}
	if got := callForm(t, s, "chat.postMessage", form); code(got) != "" {
		t.Errorf("form: %v", got)
	}
	if got := callForm(t, s, "users.info", url.Values{"user": {alice.ID}}); code(got) != "" {
		t.Errorf("form: %v", got)
	}
	if got := call(t, s, "users.info", object{"user": alice.ID}); code(got) != "user_not_found" {
		t.Errorf("JSON where only a form is read: %v, want user_not_found", got)
	}
	for contentType, want := range map[string]string{"application/json": "invalid_json", "text/csv": "invalid_post_type"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.APIURL()+"auth.test", strings.NewReader("{"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", contentType)
		if got := do(t, r); code(got) != want {
			t.Errorf("%s: %v, want %s", contentType, got, want)
		}
	}
}

// manifestWith is a manifest with these scopes and nothing but mentions.
func manifestWith(scopes ...string) string {
	return fmt.Sprintf(`
display_information: {name: Mentor}
features:
  app_home: {home_tab_enabled: false, messages_tab_enabled: false}
  bot_user: {display_name: Mentor}
oauth_config: {scopes: {bot: ["%s"]}}
settings: {event_subscriptions: {bot_events: [app_mention]}, interactivity: {is_enabled: true}, socket_mode_enabled: true}
`, strings.Join(append(scopes, "app_mentions:read"), `", "`))
}

func TestMissingScope(t *testing.T) {
	s := slacktest.New(t, slacktest.Manifest(manifestWith("channels:read")))
	general := s.Channel("general")
	alice := s.Person("alice")
	for _, c := range []struct {
		method, needed string
		args           url.Values
	}{
		{"chat.postMessage", "chat:write", url.Values{"channel": {general.ID}}},
		{"conversations.open", "im:write", url.Values{"users": {alice.ID}}},
		{"conversations.history", "channels:history", url.Values{"channel": {general.ID}}},
		{"conversations.list", "groups:read", url.Values{"types": {"public_channel,private_channel"}}},
		{"conversations.join", "channels:join", url.Values{"channel": {general.ID}}},
		{"users.info", "users:read", url.Values{"user": {alice.ID}}},
		{"reactions.add", "reactions:write", url.Values{}},
		{"files.getUploadURLExternal", "files:write", url.Values{}},
		{"team.info", "team:read", url.Values{}},
	} {
		s.Allow(slacktest.MissingScope, 1)
		got := callForm(t, s, c.method, c.args)
		if code(got) != "missing_scope" || got["needed"] != c.needed || got["provided"] != "channels:read,app_mentions:read" {
			t.Errorf("%s: %v, want %s to be missing", c.method, got, c.needed)
		}
	}
}

func TestManifestIsChecked(t *testing.T) {
	good := manifestWith("chat:write")
	for _, c := range []struct{ name, old, new, want string }{
		{"name", "{name: Mentor}", "{name: " + strings.Repeat("x", 36) + "}", "has 36 characters; from 1 to 35"},
		{"no bot user", "bot_user: {display_name: Mentor}", "bot_user: {}", "features.bot_user.display_name has 0"},
		{"event without scope", "[app_mention]", "[app_mention, message.im]", "message.im needs the scope im:history"},
		{"unknown event", "[app_mention]", "[app_menshun]", "not one that slacktest sends"},
		{"no sockets", "socket_mode_enabled: true", "socket_mode_enabled: false", "socket_mode_enabled is off"},
		{"command", "features:", "features:\n  slash_commands: [{command: mentor, description: Ask}]", "must start with /"},
		{"command without scope", "features:", "features:\n  slash_commands: [{command: /mentor, description: Ask}]", "need the scope commands"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := slacktest.CheckManifest(strings.Replace(good, c.old, c.new, 1)); got == nil || !strings.Contains(got.Error(), c.want) {
				t.Errorf("CheckManifest = %v, want %q", got, c.want)
			}
		})
	}
	if err := slacktest.CheckManifest(good); err != nil {
		t.Errorf("CheckManifest = %v for a good one", err)
	}
}

func TestRateLimits(t *testing.T) {
	s := slacktest.New(t)
	general, random := s.Channel("general"), s.Channel("random")
	post := func(id string) object {
		return call(t, s, "chat.postMessage", quiet(object{"channel": id, "text": "hello"}))
	}
	for range 5 {
		if got := post(general.ID); code(got) != "" {
			t.Fatalf("in the burst: %v", got)
		}
	}
	if got := post(general.ID); got["status"] != http.StatusTooManyRequests || code(got) != "ratelimited" || got["retry-after"] != "1" {
		t.Errorf("after the burst: %v, want 429", got)
	}
	if got := post(random.ID); code(got) != "" {
		t.Errorf("in another channel: %v", got)
	}
	s.Advance(time.Second)
	if got := post(general.ID); code(got) != "" {
		t.Errorf("a second later: %v", got)
	}
	if got := s.Ledger().RateLimited(); got != 1 {
		t.Errorf("RateLimited = %d, want 1", got)
	}
}

func TestWorkspaceRate(t *testing.T) {
	s := slacktest.New(t)
	got := passed(500, func(i int) object {
		return call(t, s, "chat.postMessage", quiet(object{"channel": s.Channel(fmt.Sprint("room", i/4)).ID, "text": "hello"}))
	})
	if got < 300 || got > 400 { // the bucket refills while the test runs
		t.Errorf("%d posts went through, want 300", got)
	}
}

func TestIgnoringRetryAfterIsAViolation(t *testing.T) {
	s := slacktest.New(t)
	s.Allow(slacktest.IgnoredRetryAfter, 1)
	s.Fail("users.list", slacktest.RateLimited(30))
	list := func() object { return callForm(t, s, "users.list", url.Values{}) }
	if got := list(); got["status"] != http.StatusTooManyRequests || got["retry-after"] != "30" {
		t.Errorf("%v, want 429 for 30 s", got)
	}
	s.Advance(10 * time.Second)
	list()
	if got := s.Ledger().Violations(slacktest.IgnoredRetryAfter); len(got) != 1 {
		t.Errorf("violations = %v, want one", got)
	}
	s.Advance(21 * time.Second)
	list()
}

// passed counts the calls that go through before the first 429.
func passed(most int, call func(i int) object) int {
	for i := range most {
		if call(i)["status"] == http.StatusTooManyRequests {
			return i
		}
	}
	return most
}

func TestTiers(t *testing.T) {
	s := slacktest.New(t)
	for method, n := range map[string]int{"users.list": 20, "team.info": 50, "users.info": 100} {
		got := passed(2*n, func(int) object { return callForm(t, s, method, url.Values{"user": {"U1"}}) })
		if got < n || got > n+n/2 { // the bucket refills while the test runs
			t.Errorf("%s: %d calls went through, want %d", method, got, n)
		}
	}
}

func TestFaults(t *testing.T) {
	s := slacktest.New(t)
	general := s.Channel("general")
	alice := s.Person("alice")
	for _, c := range []struct {
		name   string
		fault  slacktest.Fault
		broken bool // no answer that can be read
		code   string
		done   bool
	}{
		{"unavailable", slacktest.Unavailable(503), false, "no JSON", false},
		{"done but unavailable", slacktest.DoneButUnavailable(502), false, "no JSON", true},
		{"reset", slacktest.Reset(), true, "", false},
		{"done but reset", slacktest.DoneButReset(), true, "", true},
		{"refused", slacktest.Refuse("internal_error"), false, "internal_error", false},
		{"slow", slacktest.Slow(10 * time.Millisecond), false, "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.Fail("chat.postMessage", c.fault)
			_, _, err := client(s).PostMessageContext(t.Context(), general.ID, slack.MsgOptionText(c.name, false), slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl())
			if (err != nil) != (c.broken || c.code != "") {
				t.Errorf("error = %v", err)
			}
			seen := alice.Sees(general)
			if done := len(seen) > 0 && seen[len(seen)-1].Text == c.name; done != c.done {
				t.Errorf("posted: %v, want %v", done, c.done)
			}
			s.Advance(time.Second)
		})
	}
	if got := s.Ledger().Requests("chat.postMessage")[0].Fault; got != "unavailable 503" {
		t.Errorf("Fault = %q", got)
	}
}

func TestDuplicatePosts(t *testing.T) {
	s := slacktest.New(t)
	alice, general := s.Person("alice"), s.Channel("general")
	post := func(thread string) {
		call(t, s, "chat.postMessage", quiet(object{"channel": general.ID, "thread_ts": thread, "text": "the same"}))
	}
	first := alice.Mention(general, "one")
	post(first.TS)
	second := alice.Mention(general, "two")
	post(second.TS) // the same words, to another question
	alice.InThread(second.TS).Say(general, "again?")
	post(second.TS) // and to a question after the first answer
	if got := s.Ledger().Duplicates(); got != 0 {
		t.Errorf("Duplicates = %d, want none so far: %v", got, s.Ledger())
	}
	s.Allow(slacktest.DuplicatePost, 1)
	post(second.TS)
	if got := s.Ledger().Duplicates(); got != 1 {
		t.Errorf("Duplicates = %d, want 1", got)
	}
}

func TestRemindersAreNoDuplicates(t *testing.T) {
	s := slacktest.New(t)
	alice := s.Person("alice")
	alice.DM("remind me")
	for range 3 {
		call(t, s, "chat.postMessage", quiet(object{"channel": alice.ID, "text": "Time to study"}))
		s.Advance(24 * time.Hour)
	}
	if got := len(alice.Sees(alice.Direct())); got != 4 {
		t.Errorf("alice sees %d messages, want 4", got)
	}
}
