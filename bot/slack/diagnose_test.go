package slack

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mentor/bot/slack/slacktest"
)

// found are findings as lines.
func found(findings []Finding) string {
	var b strings.Builder
	for _, f := range findings {
		fmt.Fprintf(&b, "%v %s: %s → %s\n", f.OK(), f.What, f.Says, f.Cure)
	}
	return b.String()
}

func diagnose(t *testing.T, s *slacktest.Server, change func(*Config)) string {
	t.Helper()
	c := Config{AppToken: s.AppToken(), BotTokens: []string{s.BotToken()}, APIURL: s.APIURL()}
	if change != nil {
		change(&c)
	}
	got := found(Diagnose(t.Context(), c))
	if strings.Contains(got, "xoxb-T") || strings.Contains(got, "xapp-1") {
		t.Errorf("findings hold a token:\n%s", got)
	}
	return got
}

func TestDiagnoseASoundSetup(t *testing.T) {
	t.Parallel()
	s := newSlack(t)
	got := diagnose(t, s, nil)
	if strings.Contains(got, "false") || !strings.Contains(got, "good for the workspace study") || !strings.Contains(got, "all scopes are granted") {
		t.Errorf("findings:\n%s", got)
	}
}

func TestDiagnoseNamesTheCure(t *testing.T) {
	t.Parallel()
	s := newSlack(t, slacktest.Manifest(strings.Replace(Manifest(), "      - files:write\n", "", 1)))
	s.Allow(slacktest.BadToken, 10)
	gone := s.AddTeam("gone")
	s.Deactivate(gone.BotToken)
	for name, c := range map[string]struct {
		change func(*Config)
		want   string
	}{
		"scope":   {nil, "the scope files:write is missing: there is no picture"},
		"swapped": {func(c *Config) { c.AppToken, c.BotTokens = c.BotTokens[0], []string{c.AppToken} }, "SLACK_APP_TOKEN holds a bot token"},
		"wrong":   {func(c *Config) { c.BotTokens = []string{"xoxb-nobody"} }, "refused: invalid_auth → it is not one of Slack's"},
		"app":     {func(c *Config) { c.AppToken = "xapp-1-A0-wrong" }, "SLACK_APP_TOKEN is refused: invalid_auth"},
		"revoked": {func(c *Config) { c.BotTokens = append(c.BotTokens, gone.BotToken) }, "SLACK_BOT_TOKEN (number 2 of 2): refused: account_inactive → the app was removed"},
		"twice":   {func(c *Config) { c.BotTokens = append(c.BotTokens, c.BotTokens[0]) }, "the same workspace as SLACK_BOT_TOKEN (number 1 of 2)"},
		"clock":   {func(c *Config) { c.Clock = func() time.Time { return time.Now().Add(time.Hour) } }, "off by 1h0m"},
		"away":    {func(c *Config) { c.APIURL = "http://127.0.0.1:1/api/" }, "see whether this machine reaches"},
		"none":    {func(c *Config) { c.BotTokens = nil }, "SLACK_BOT_TOKEN is empty"},
	} {
		if got := diagnose(t, s, c.change); !strings.Contains(got, c.want) {
			t.Errorf("%s: findings:\n%s\nwant %q", name, got, c.want)
		}
	}
}
