package main

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mentor/bot"
)

func TestParseConfig(t *testing.T) {
	for _, test := range []struct {
		name string
		env  map[string]string
		want config
		err  string
	}{
		{"nothing set", nil, config{logLevel: slog.LevelInfo}, ""},
		{"all set", map[string]string{ //nolint:gosec // no token of anybody
			"DISCORD_TOKEN": " abc ", "DISCORD_API_URL": "http://127.0.0.1:1", "DISCORD_READ_MESSAGES": "1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_BOT_TOKEN": "xoxb-1, xoxb-2",
			"SLACK_API_URL": "http://127.0.0.1:2/api", "MENTOR_STORE": "redis://h", "MENTOR_GUIDE": "g", "MENTOR_OPERATORS": "d:1, s:T1:U2", "MENTOR_LOG_LEVEL": "debug", "MENTOR_LOG_FORMAT": "json",
		}, config{
			discordToken: "abc", discordAPI: "http://127.0.0.1:1", discordReads: true, slackApp: "xapp-1", slackBots: []string{"xoxb-1", "xoxb-2"},
			slackAPI: "http://127.0.0.1:2/api/", store: "redis://h", guide: guideSource{layers: []string{"g"}}, operators: []bot.Account{"d:1", "s:T1:U2"}, logLevel: slog.LevelDebug, logFormat: "json",
		}, ""},
		{"Slack's tokens swapped", map[string]string{"SLACK_APP_TOKEN": "xoxb-secret", "SLACK_BOT_TOKEN": "xapp-secret"}, config{}, "SLACK_APP_TOKEN: it does not begin with xapp-"},
		{"one of Slack's tokens", map[string]string{"SLACK_APP_TOKEN": "xapp-secret"}, config{}, "SLACK_BOT_TOKEN is not"},
		{"the other of Slack's tokens", map[string]string{"SLACK_BOT_TOKEN": "xoxb-secret"}, config{}, "SLACK_APP_TOKEN is not"},
		{"no address", map[string]string{"DISCORD_API_URL": "localhost"}, config{}, "DISCORD_API_URL: \"localhost\" is no address"},
		{"no account", map[string]string{"MENTOR_OPERATORS": "d:1,ada"}, config{}, "\"ada\" is no account; write d:<user id>"},
		{"no level", map[string]string{"MENTOR_LOG_LEVEL": "loud"}, config{}, "use debug, info, warn or error"},
		{"no format", map[string]string{"MENTOR_LOG_FORMAT": "xml"}, config{}, "use text or json"},
		{"neither yes nor no", map[string]string{"DISCORD_READ_MESSAGES": "maybe"}, config{}, "neither 1 nor 0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := parseConfig(func(name string) string { return test.env[name] })
			if test.err == "" && err != nil || test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err) || strings.Contains(err.Error(), "secret")) {
				t.Fatalf("error %v, want %q in it and no secret", err, test.err)
			}
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(config{}, guideSource{})); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
