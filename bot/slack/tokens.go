package slack

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/slack-go/slack"
)

// tokenTroubles are the errors by which Slack refuses a token for good
// (docs.slack.dev/reference/methods/auth.test, November 2026), with the cure.
var tokenTroubles = map[string]string{ //nolint:gosec // names of errors, no credentials
	"invalid_auth":           "it is not one of Slack's; copy it again, whole",
	"not_authed":             "it is empty; copy it again",
	"account_inactive":       "the app was removed from the workspace, or the workspace was deleted; install the app again and copy the new token",
	"token_revoked":          "it was revoked; install the app again and copy the new token",
	"token_expired":          "it has expired; switch token rotation off in a new app, and copy its token",
	"not_allowed_token_type": "it is of the wrong kind; SLACK_APP_TOKEN takes xapp-, SLACK_BOT_TOKEN takes xoxb-",
	"missing_scope":          "it lacks a scope; an app-level token needs connections:write",
	"org_login_required":     "the workspace is moving to an organisation; try again later",
	"invalid_app_id":         "its app was deleted; make the app anew and copy its tokens",
}

// An errLost ends the bot: no workspace is left, or the app's token is refused.
type errLost string

func (e errLost) Error() string { return string(e) }

// refused turns Slack's refusal of a token into one line with the cure; nil for
// all other errors.
func refused(name string, err error) error {
	if code := codeOf(err); tokenTroubles[code] != "" {
		return refusedFor(name, code)
	}
	return nil
}

func refusedFor(name, code string) error {
	return errLost(fmt.Sprintf("slack: %s is refused (%s): %s", name, code, tokenTroubles[code]))
}

// codeOf is Slack's own error code in err; "" when it has none.
func codeOf(err error) string {
	if e, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return e.Err
	}
	return ""
}

// secrets are what no log may show: tokens, the addresses that answer for a
// person, and the tickets of connections.
var secrets = regexp.MustCompile(`x(?:ox[a-z]|app)-[A-Za-z0-9-]+|https?://[^\s"]*|wss?://[^\s"]*`)

// clean is an error's text without secrets.
func clean(err error) string { return secrets.ReplaceAllString(err.Error(), "…") }
