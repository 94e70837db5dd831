package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"mentor/bot"
)

// A config is what `mentor run` is told by its environment. Secrets come from
// there only: the arguments of a process can be read by others.
type config struct {
	discordToken string
	discordAPI   string
	discordReads bool // the portal's switch for message content is on
	discordParts int  // shards; 0 for as many as Discord recommends

	slackApp  string
	slackBots []string
	slackAPI  string

	guide     guideSource
	operators []bot.Account
	store     string
	httpAddr  string
	httpToken string
	logIDs    bool // as they are, not hashed
	logLevel  slog.Level
	logFormat string // "text", "json", or "" for text on a terminal and JSON elsewhere
}

// A variable is one that the environment may set, with what `mentor run --help`
// says of it.
type variable struct {
	name, value, help string
	set               func(c *config, value string) error
}

// leastToken is how long the page's password must be: it may be tried without limit.
const leastToken = 16

// variables is the configuration reference, in the order of the help text.
var variables = []variable{
	{"DISCORD_TOKEN", "", "the bot's token; `mentor setup discord` says where it is from", func(c *config, v string) error {
		c.discordToken = v
		return nil
	}},
	{"DISCORD_API_URL", "", "a proxy or stand-in for Discord, as http://host:port", func(c *config, v string) (err error) {
		c.discordAPI, err = address(v)
		return err
	}},
	{"DISCORD_READ_MESSAGES", "0", "1 when the portal's switch Message Content Intent is on:\nthen threads and channels set to `all` need no mention", func(c *config, v string) (err error) {
		c.discordReads, err = yes(v)
		return err
	}},
	{"DISCORD_SHARDS", "", "into how many shards the servers are parted (default: as many as\nDiscord recommends); all processes on one store share them", func(c *config, v string) (err error) {
		c.discordParts, err = shards(v)
		return err
	}},
	{"SLACK_APP_TOKEN", "", "the app's token, xapp-…; `mentor setup slack` says where it is from", func(c *config, v string) error {
		if !strings.HasPrefix(v, "xapp-") {
			return errors.New("it does not begin with xapp-; is it the bot's token? that one belongs in SLACK_BOT_TOKEN")
		}
		c.slackApp = v
		return nil
	}},
	{"SLACK_BOT_TOKEN", "", "the bot's token, xoxb-…; several workspaces' are parted by commas", func(c *config, v string) error {
		for token := range strings.SplitSeq(v, ",") {
			token = strings.TrimSpace(token)
			if !strings.HasPrefix(token, "xoxb-") {
				return errors.New("a token in it does not begin with xoxb-; the one that begins with xapp- belongs in SLACK_APP_TOKEN")
			}
			c.slackBots = append(c.slackBots, token)
		}
		return nil
	}},
	{"SLACK_API_URL", "", "a proxy or stand-in for Slack, as http://host:port/api/", func(c *config, v string) (err error) {
		if c.slackAPI, err = address(v); err == nil && !strings.HasSuffix(c.slackAPI, "/") {
			c.slackAPI += "/"
		}
		return err
	}},
	{"MENTOR_STORE", "", "where learners are remembered: empty for the file mentor.db in\nMENTOR_DATA, another file's path, or redis://, rediss://,\nredis+sentinel:// or redis+cluster:// with host and port", func(c *config, v string) error {
		c.store = v
		return nil
	}},
	{"MENTOR_DATA", "", "the folder of the local file and its back-ups (default: mentor\nin the user's data folder, as the platform has it)", nil},
	{"MENTOR_GUIDE", "", "folders laid over the built-in guide, parted as in PATH: they add,\nreplace, hide and extend topics, and are watched; --guide wins", func(c *config, v string) error {
		c.guide = sourceOf("", v)
		return nil
	}},
	{"MENTOR_HTTP_ADDR", "", "host:port to show how the mentor is: /healthz, /readyz, /metrics,\nand the admins' page /, for example 127.0.0.1:9090", func(c *config, v string) error {
		if _, port, err := net.SplitHostPort(v); err != nil || port == "" {
			return fmt.Errorf("%q is no address to listen on; write host:port, such as 127.0.0.1:9090", v)
		}
		c.httpAddr = v
		return nil
	}},
	{"MENTOR_HTTP_TOKEN", "", "the password of that page, 16 characters or more; without it there\nis no page", func(c *config, v string) error {
		if len(v) < leastToken {
			return fmt.Errorf("it has %d characters, and a password that nobody guesses has %d or more; `openssl rand -hex 16` makes one", len(v), leastToken)
		}
		c.httpToken = v
		return nil
	}},
	{"MENTOR_LOG_IDS", "0", "1 writes the ids of people and channels into the log as they are,\nnot hashed", func(c *config, v string) (err error) {
		c.logIDs, err = yes(v)
		return err
	}},
	{"MENTOR_OPERATORS", "", "who may say `reload`: accounts as d:<user id> on Discord and\ns:<workspace>:<user id> on Slack, parted by commas", func(c *config, v string) (err error) {
		c.operators, err = accounts(v)
		return err
	}},
	{"MENTOR_LOG_LEVEL", "info", "debug, info, warn or error", func(c *config, v string) error {
		if err := c.logLevel.UnmarshalText([]byte(v)); err != nil {
			return fmt.Errorf("%q is no level; use debug, info, warn or error", v)
		}
		return nil
	}},
	{"MENTOR_LOG_FORMAT", "", "text or json (default: text on a terminal, else json)", func(c *config, v string) error {
		if v != "text" && v != "json" {
			return fmt.Errorf("%q is no format; use text or json", v)
		}
		c.logFormat = v
		return nil
	}},
	{"OTEL_EXPORTER_OTLP_ENDPOINT", "", "a collector of traces, as http://host:4318 (OTLP over HTTP in JSON);\nempty for none. The other OTEL_ variables for traces hold, too", nil},
	{"NO_COLOR", "", "when set to anything, no colours are used", nil},
	{"TZ", "", "the chat's time zone, when the machine's is not yours", nil},
}

// parseConfig reads the environment. The error names the variable and the cure,
// and never shows a secret.
func parseConfig(getenv func(string) string) (config, error) {
	c := config{logLevel: slog.LevelInfo}
	for _, v := range variables {
		value := strings.TrimSpace(getenv(v.name))
		if value == "" || v.set == nil {
			continue
		}
		if err := v.set(&c, value); err != nil {
			return config{}, fmt.Errorf("%s: %w", v.name, err)
		}
	}
	switch {
	case c.slackApp != "" && len(c.slackBots) == 0:
		return config{}, errors.New("SLACK_APP_TOKEN is set, but SLACK_BOT_TOKEN is not; Slack needs both, `mentor setup slack` says where they are from")
	case c.slackApp == "" && len(c.slackBots) > 0:
		return config{}, errors.New("SLACK_BOT_TOKEN is set, but SLACK_APP_TOKEN is not; Slack needs both, `mentor setup slack` says where they are from")
	}
	return c, nil
}

// accounts reads accounts parted by commas, as d:123 and s:T012:U345.
func accounts(v string) ([]bot.Account, error) {
	var all []bot.Account
	for a := range strings.SplitSeq(v, ",") {
		parts := strings.Split(strings.TrimSpace(a), ":")
		if want := map[string]int{"d": 2, "s": 3}[parts[0]]; want == 0 || len(parts) != want || slices.Contains(parts, "") {
			return nil, fmt.Errorf("%q is no account; write d:<user id> for Discord, s:<workspace>:<user id> for Slack", a)
		}
		all = append(all, bot.NewAccount(parts[0], parts[1:]...))
	}
	return all, nil
}

func address(v string) (string, error) {
	if u, err := url.Parse(v); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", fmt.Errorf("%q is no address; write it as http://host:port", v)
	}
	return v, nil
}

// maxShards is far beyond what a study bot needs: one holds up to 2,500 servers.
const maxShards = 1000

func shards(v string) (int, error) {
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || n > maxShards {
		return 0, fmt.Errorf("%q is no number of shards; use 1 to %d, or unset it for what Discord recommends", v, maxShards)
	}
	return n, nil
}

func yes(v string) (bool, error) {
	switch strings.ToLower(v) {
	case "1", "true", "yes", "on":
		return true, nil
	case "0", "false", "no", "off":
		return false, nil
	}
	return false, fmt.Errorf("%q is neither 1 nor 0", v)
}

// variablesHelp lists the variables for `mentor run --help`.
func variablesHelp() string {
	var b strings.Builder
	for _, v := range variables {
		lines := strings.Split(v.help, "\n")
		if v.value != "" {
			lines[len(lines)-1] += fmt.Sprintf(" (default: %s)", v.value)
		}
		for i, line := range lines {
			name := v.name
			if i > 0 {
				name = ""
			}
			fmt.Fprintf(&b, "  %-27s %s\n", name, line)
		}
	}
	return strings.TrimRight(b.String(), "\n")
}
