package slack

import (
	"fmt"
	"strings"
)

// eventNeeds are the events that the bot asks for, each with the scope it needs
// (the events' pages on docs.slack.dev, November 2026).
var eventNeeds = []need{
	{"app_home_opened", ""},
	{"app_mention", "app_mentions:read"},
	{"app_uninstalled", ""},
	{"message.channels", "channels:history"},
	{"message.groups", "groups:history"},
	{"message.im", "im:history"},
	{"tokens_revoked", ""},
	{"user_change", "users:read"},
}

// callNeeds are the methods that the bot calls, each with the scope it needs (the
// methods' pages on docs.slack.dev, November 2026). Reading a history needs that
// of the kind of channel, which the events have brought.
var callNeeds = []need{
	{"auth.test", ""},
	{"bots.info", "users:read"},
	{"chat.postEphemeral", "chat:write"},
	{"chat.postMessage", "chat:write"},
	{"conversations.history", "im:history"},
	{"conversations.open", "im:write"},
	{"conversations.replies", "channels:history"},
	{"files.completeUploadExternal", "files:write"},
	{"files.getUploadURLExternal", "files:write"},
	{"users.info", "users:read"},
	{"views.open", ""},
	{"views.publish", ""},
	{"views.update", ""},
}

// A need is what has to be granted for an event or a method; "" when nothing has to.
type need struct{ what, scope string }

// without says what does not work without a scope, for those who leave it out.
var without = map[string]string{
	"app_mentions:read": "nobody can mention the mentor",
	"channels:history":  "in public channels each message must mention the mentor, and a reply whose delivery is in doubt is not sent again",
	"chat:write":        "the mentor cannot answer",
	"commands":          "there are no commands and no shortcut",
	"files:write":       "there is no picture of one's days, and exports come as text",
	"groups:history":    "in private channels each message must mention the mentor, and a reply whose delivery is in doubt is not sent again",
	"im:history":        "nobody can write to the mentor directly",
	"im:write":          "the mentor cannot send exports",
	"users:read":        "the mentor knows no time zones and no admins",
}

// scopes are all scopes of the bot token, in order: no more than is used.
func scopes() []string {
	return []string{
		"app_mentions:read", "channels:history", "chat:write", "commands", "files:write", "groups:history", "im:history", "im:write", "users:read",
	}
}

// Manifest is the app in YAML, as Slack takes it under "Create New App", "From a
// manifest".
func Manifest() string {
	var b strings.Builder
	b.WriteString(`display_information:
  name: Mentor
  description: Answers questions about becoming a back-end developer, from a written guide
  background_color: "#1f3a5f"
features:
  app_home:
    home_tab_enabled: true
    messages_tab_enabled: true
    messages_tab_read_only_enabled: false
  bot_user:
    display_name: Mentor
    always_online: true
  shortcuts:
    - name: Ask the mentor about this
      type: message
      callback_id: ` + aboutMessage + `
      description: The guide on what this message says
    - name: Teach the mentor this
      type: message
      callback_id: ` + teachMessage + `
      description: For mentors, a lesson with this message as the answer
    - name: Ask the mentor
      type: global
      callback_id: ` + askShortcut + `
      description: A question to the guide, in a form
  slash_commands:
`)
	for _, c := range slashCommands {
		fmt.Fprintf(&b, "    - command: %s\n      description: %q\n      usage_hint: %q\n      should_escape: true\n", c.name, c.about, c.hint)
	}
	b.WriteString("oauth_config:\n  scopes:\n    bot:\n")
	for _, s := range scopes() {
		b.WriteString("      - " + s + "\n")
	}
	b.WriteString("settings:\n  event_subscriptions:\n    bot_events:\n")
	for _, e := range eventNeeds {
		b.WriteString("      - " + e.what + "\n")
	}
	b.WriteString(`  interactivity:
    is_enabled: true
  org_deploy_enabled: false
  socket_mode_enabled: true
  token_rotation_enabled: false
`)
	return b.String()
}

// SetupSteps are what an admin does with the manifest, one line each.
func SetupSteps() []string {
	return []string{
		"Open https://api.slack.com/apps, click Create New App, From a manifest, choose the workspace, and paste the manifest.",
		"Under Basic Information, App-Level Tokens, click Generate Token, add the scope connections:write, and put the token (xapp-…) into SLACK_APP_TOKEN.",
		"Under Install App, click Install to Workspace, and put the Bot User OAuth Token (xoxb-…) into SLACK_BOT_TOKEN.",
		"Start the mentor, and run `mentor doctor` when anything is amiss.",
		"In Slack, invite it to a channel with /invite @Mentor, and mention it.",
	}
}
