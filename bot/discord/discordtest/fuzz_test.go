package discordtest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"mentor/bot/discord/discordtest"
)

// FuzzBodies is that no body brings the server down or gets an answer of its own
// failing.
func FuzzBodies(f *testing.F) {
	for _, body := range []string{
		`{"content":"x","embeds":[{"fields":[{"name":"n","value":"v"}]}],"allowed_mentions":{"parse":["users"],"users":["1"]}}`,
		`{"flags":32768,"components":[{"type":17,"components":[{"type":9,"components":[{"type":10,"content":"x"}],"accessory":{"type":2,"style":5,"url":"https://a"}}]}]}`,
		`[{"name":"ask","description":"d","options":[{"type":3,"name":"q","description":"d","choices":[{"name":"n","value":1.5}]}],"name_localizations":{"fr":"x"}}]`,
		`{"type":9,"data":{"title":"t","custom_id":"m","components":[{"type":18,"label":"l","component":{"type":4,"custom_id":"i","style":1}}]}}`,
		`{"recipient_id":1,"message_reference":{"message_id":"1"},"poll":{"question":{"text":"?"},"answers":[{}]},"nonce":1e3}`,
	} {
		f.Add(body)
	}
	s := discordtest.New(f, discordtest.WithoutRateLimits(), discordtest.WithBanAfter(1<<30), discordtest.WithSeed(1))
	for c := discordtest.Violations; c <= discordtest.Unanswered; c++ {
		s.Allow(c, 1<<30)
	}
	g := s.AddGuild("Learners")
	alice := g.AddUser("alice")
	app := "/api/v9/applications/" + s.ApplicationID() + "/commands"
	f.Fuzz(func(t *testing.T, body string) {
		ch := g.AddChannel("general")
		theirs := alice.Say(ch, "hello")
		send := func(method, path string) int {
			req := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
			req.Header.Set("Authorization", "Bot "+s.Token())
			req.Header.Set("User-Agent", "DiscordBot (x, 1)")
			req.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			s.ServeHTTP(w, req)
			return w.Code
		}
		for _, path := range []string{
			"/api/v9/channels/" + ch.ID + "/messages", "/api/v9/users/@me/channels", app, "/api/v9/channels/" + ch.ID + "/messages/" + theirs.ID + "/threads",
		} {
			if code := send(http.MethodPost, path); code >= 500 {
				t.Errorf("POST %s = %d", path, code)
			}
		}
		send(http.MethodPut, app)
		s.Transcript(ch.ID)
	})
}
