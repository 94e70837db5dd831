package slack

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"
)

// A Finding is what Diagnose found out about one thing.
type Finding struct {
	What string // for example "SLACK_BOT_TOKEN"
	Says string // what was found
	Cure string // what to do; empty when all is well
}

// OK reports whether nothing is to be done.
func (f Finding) OK() bool { return f.Cure == "" }

// Diagnose looks at the tokens, at Socket Mode, and at each workspace: its
// scopes, and the clock. It opens no connection and writes to
// nobody. c needs no mentor.
func Diagnose(ctx context.Context, c Config) []Finding {
	if c.Mentor == nil {
		c.Mentor = nobody{}
	}
	b, err := New(c)
	if err != nil {
		return []Finding{{What: "tokens", Says: strings.TrimPrefix(err.Error(), "slack: "), Cure: "set them as the message says, and run this again"}}
	}
	findings := []Finding{b.diagnoseSocketMode(ctx)}
	teams := map[string]string{}
	for i, token := range b.tokens {
		name := tokenName(i, len(b.tokens))
		found, team := b.diagnoseToken(ctx, token, name, c.AppToken)
		findings = append(findings, found...)
		if other := teams[team]; other != "" {
			findings = append(findings, Finding{name, "it is for the same workspace as " + other, "keep one of the two"})
		}
		if team != "" {
			teams[team] = name
		}
	}
	return findings
}

// nobody is a mentor that is never asked.
type nobody struct{ Mentor }

// diagnoseSocketMode asks for a connection and does not open it.
func (b *Bot) diagnoseSocketMode(ctx context.Context) Finding {
	f := Finding{What: "Socket Mode", Says: "on, and SLACK_APP_TOKEN opens it"}
	_, _, err := b.app.StartSocketModeContext(ctx)
	switch code := codeOf(err); {
	case err == nil:
	case tokenTroubles[code] != "":
		f.Says, f.Cure = "SLACK_APP_TOKEN is refused: "+code, tokenTroubles[code]
	case code != "":
		f.Says, f.Cure = "Slack refuses a connection: "+code, "switch Socket Mode on under Settings, Socket Mode, of the app"
	default:
		f.Says, f.Cure = clean(err), "see whether this machine reaches https://slack.com"
	}
	return f
}

// diagnoseToken looks at a bot token and its workspace, whose id it returns.
func (b *Bot) diagnoseToken(ctx context.Context, token, name, appToken string) (findings []Finding, team string) {
	api := b.client(token)
	before := b.now()
	who, err := api.AuthTestContext(ctx)
	if err != nil {
		f := Finding{name, clean(err), "see whether this machine reaches https://slack.com"}
		if code := codeOf(err); code != "" {
			f.Says = "refused: " + code
			f.Cure = "copy it again from Install App"
			if cure := tokenTroubles[code]; cure != "" {
				f.Cure = cure
			}
		}
		return []Finding{f}, ""
	}
	findings = []Finding{{What: name, Says: "good for the workspace " + who.Team}}
	findings = append(findings, diagnoseScopes(name, who.Header)...)
	findings = append(findings, diagnoseClock(before.Add(b.now().Sub(before)/2), who.Header))
	if f, ok := diagnoseApp(ctx, api, name, who.BotID, appToken); ok {
		findings = append(findings, f)
	}
	return append(findings, diagnoseMessages()), who.TeamID
}

// diagnoseScopes compares what was granted, which Slack tells with every answer
// (docs.slack.dev/authentication, November 2026), with what is used.
func diagnoseScopes(name string, header http.Header) []Finding {
	told := header.Get("X-Oauth-Scopes")
	if told == "" {
		return []Finding{{What: name, Says: "Slack does not tell its scopes"}}
	}
	granted := strings.FieldsFunc(told, func(r rune) bool { return r == ',' || r == ' ' })
	var findings []Finding
	for _, s := range scopes() {
		if !slices.Contains(granted, s) {
			findings = append(findings, Finding{name, "the scope " + s + " is missing: " + without[s], "add it under OAuth & Permissions, Bot Token Scopes, and install the app again"})
		}
	}
	if findings == nil {
		findings = []Finding{{What: name, Says: "all scopes are granted"}}
	}
	return findings
}

// maxSkew is how wrong the clock may be: days begin and end by it.
const maxSkew = time.Minute

func diagnoseClock(now time.Time, header http.Header) Finding {
	f := Finding{What: "clock", Says: "right"}
	slacks, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		f.Says = "Slack does not tell the time"
		return f
	}
	if skew := now.Sub(slacks).Round(time.Second); skew.Abs() > maxSkew {
		f.Says, f.Cure = fmt.Sprintf("off by %v", skew), "let the machine keep time by NTP: days begin and end by its clock"
	}
	return f
}

// diagnoseApp finds tokens of two different apps. Slack's app tokens name theirs:
// xapp-1-A0123-….
func diagnoseApp(ctx context.Context, api *slack.Client, name, botID, appToken string) (Finding, bool) {
	bot, err := api.GetBotInfoContext(ctx, slack.GetBotInfoParameters{Bot: botID})
	fields := strings.Split(appToken, "-")
	if err != nil || bot.AppID == "" || len(fields) < 3 || !strings.HasPrefix(fields[2], "A") {
		return Finding{}, false // the scopes say why
	}
	if bot.AppID != fields[2] {
		return Finding{name, "it belongs to another app than SLACK_APP_TOKEN", "take both tokens from one app; events would come for the other"}, true
	}
	return Finding{What: name, Says: "of the same app as SLACK_APP_TOKEN"}, true
}

// diagnoseMessages says where to look: Slack tells only those who write to a
// person that the tab is off, and nobody is to be written to here.
func diagnoseMessages() Finding {
	return Finding{What: "messages tab", Says: "Slack does not tell whether it is on; if people cannot write to the mentor, switch it on under App Home, Show Tabs, and allow messages from it"}
}
