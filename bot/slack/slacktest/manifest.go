package slacktest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
)

// defaultManifest is an app that may do all a bot of this kind does.
const defaultManifest = `
display_information:
  name: Mentor
features:
  app_home: {home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: false}
  bot_user: {display_name: Mentor, always_online: true}
  slash_commands:
    - {command: /mentor, description: Ask the mentor}
  shortcuts:
    - {name: Ask about this, type: message, callback_id: ask_about, description: Ask the mentor about a message}
oauth_config:
  scopes:
    bot: ["app_mentions:read", "chat:write", commands, "im:history", "im:read", "im:write", "users:read", "channels:read",
      "groups:read", "team:read", "files:write", "reactions:write", "channels:join", "channels:history", "groups:history"]
settings:
  event_subscriptions:
    bot_events: [app_mention, message.im, app_home_opened, member_joined_channel, user_change, app_uninstalled, tokens_revoked]
  interactivity: {is_enabled: true}
  socket_mode_enabled: true
`

// manifest is the part of an app manifest that changes how Slack treats the app.
type manifest struct {
	Display struct {
		Name        string `yaml:"name"`
		Description string `yaml:"description"`
		Long        string `yaml:"long_description"`
	} `yaml:"display_information"`
	Features struct {
		Home struct {
			HomeTab     bool `yaml:"home_tab_enabled"`
			MessagesTab bool `yaml:"messages_tab_enabled"`
			ReadOnly    bool `yaml:"messages_tab_read_only_enabled"`
		} `yaml:"app_home"`
		Bot struct {
			Name string `yaml:"display_name"`
		} `yaml:"bot_user"`
		Commands []struct {
			Command     string `yaml:"command"`
			Description string `yaml:"description"`
			Escape      bool   `yaml:"should_escape"`
		} `yaml:"slash_commands"`
		Shortcuts []struct {
			Name     string `yaml:"name"`
			Type     string `yaml:"type"`
			Callback string `yaml:"callback_id"`
		} `yaml:"shortcuts"`
	} `yaml:"features"`
	OAuth struct {
		Scopes struct {
			Bot []string `yaml:"bot"`
		} `yaml:"scopes"`
	} `yaml:"oauth_config"`
	Settings struct {
		Events struct {
			Bot []string `yaml:"bot_events"`
		} `yaml:"event_subscriptions"`
		Interactivity struct {
			Enabled bool `yaml:"is_enabled"`
		} `yaml:"interactivity"`
		SocketMode bool `yaml:"socket_mode_enabled"`
	} `yaml:"settings"`
}

// parseManifest reads a manifest and checks it the way Slack's schema does
// (slackapi/manifest-schema, manifest.schema.2.0.0.json, read November 2026),
// and that each event it asks for has the scope that event needs.
func parseManifest(text string) (manifest, error) {
	var m manifest
	if err := yaml.Unmarshal([]byte(text), &m); err != nil {
		return m, fmt.Errorf("read the app manifest: %w", err)
	}
	if err := errors.Join(m.checkNames(), m.checkCommands(), m.checkEvents()); err != nil {
		return m, fmt.Errorf("app manifest: %w", err)
	}
	return m, nil
}

// CheckManifest says what Slack or [New] would refuse in an app manifest.
func CheckManifest(text string) error {
	_, err := parseManifest(text)
	return err
}

func (m *manifest) checkNames() error {
	var errs []error
	within := func(what, text string, least, most int) {
		if n := utf8.RuneCountInString(text); n > most || n < least {
			errs = append(errs, fmt.Errorf("%s has %d characters; from %d to %d are allowed", what, n, least, most))
		}
	}
	within("display_information.name", m.Display.Name, 1, 35)
	within("display_information.description", m.Display.Description, 0, 140)
	if m.Display.Long != "" {
		within("display_information.long_description", m.Display.Long, 175, 4000)
	}
	within("features.bot_user.display_name", m.Features.Bot.Name, 1, 80)
	if n := len(m.OAuth.Scopes.Bot); n > 255 {
		errs = append(errs, fmt.Errorf("oauth_config.scopes.bot has %d scopes; at most 255 are allowed", n))
	}
	if !m.Settings.SocketMode {
		errs = append(errs, errors.New("settings.socket_mode_enabled is off; the bot could not connect"))
	}
	return errors.Join(errs...)
}

func (m *manifest) checkCommands() error {
	var errs []error
	if n := len(m.Features.Commands); n > 50 {
		errs = append(errs, fmt.Errorf("%d slash commands; at most 50 are allowed", n))
	}
	for _, c := range m.Features.Commands {
		if !strings.HasPrefix(c.Command, "/") || utf8.RuneCountInString(c.Command) > 32 || c.Description == "" {
			errs = append(errs, fmt.Errorf("slash command %q must start with /, have at most 32 characters and a description", c.Command))
		}
	}
	if (len(m.Features.Commands) > 0 || len(m.Features.Shortcuts) > 0) && !m.granted("commands") {
		errs = append(errs, errors.New("slash commands and shortcuts need the scope commands"))
	}
	return errors.Join(errs...)
}

// eventScopes names the scope an event needs (the events' pages on
// docs.slack.dev, read November 2026); an event that needs none is listed empty.
var eventScopes = map[string]string{
	"app_mention": "app_mentions:read", "message.im": "im:history", "message.channels": "channels:history",
	"message.groups": "groups:history", "message.mpim": "mpim:history", "member_joined_channel": "channels:read",
	"member_left_channel": "channels:read", "user_change": "users:read", "team_join": "users:read", "reaction_added": "reactions:read",
	"app_home_opened": "", "app_uninstalled": "", "tokens_revoked": "",
}

func (m *manifest) checkEvents() error {
	var errs []error
	if n := len(m.Settings.Events.Bot); n > 100 {
		errs = append(errs, fmt.Errorf("%d bot events; at most 100 are allowed", n))
	}
	for _, e := range m.Settings.Events.Bot {
		scope, known := eventScopes[e]
		switch {
		case !known:
			errs = append(errs, fmt.Errorf("bot event %q is not one that slacktest sends", e))
		case scope != "" && !m.granted(scope):
			errs = append(errs, fmt.Errorf("bot event %s needs the scope %s", e, scope))
		}
	}
	return errors.Join(errs...)
}

func (m *manifest) granted(scope string) bool { return slices.Contains(m.OAuth.Scopes.Bot, scope) }

func (m *manifest) subscribed(event string) bool {
	return slices.Contains(m.Settings.Events.Bot, event)
}

func (m *manifest) hasCommand(command string) bool {
	for _, c := range m.Features.Commands {
		if c.Command == command {
			return true
		}
	}
	return false
}
