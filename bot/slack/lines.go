package slack

import (
	"context"
	"strings"
	"sync"
	"time"

	"mentor/bot"
)

// An app may have ten connections at a time
// (docs.slack.dev/apis/events-api/using-socket-mode, November 2026). A process holds
// two, so that one hears while Slack renews the other.
const (
	maxLines = 10
	lines    = 2
)

// runLines keeps this process's share of the app's connections until ctx ends,
// which is no error, or Slack refuses the token.
func (b *Bot) runLines(ctx context.Context) error {
	deal := bot.Deal{Leases: b.leases, Name: "slack:" + b.appID + ":connection", Things: maxLines, Most: lines, Log: b.log, StandBy: b.line.StandBy}
	return deal.Run(ctx, b.sockets.line)
}

// appID is the id of the app in its token, xapp-1-id-…; "" when there is none.
func appID(token string) string {
	parts := strings.Split(token, "-")
	if len(parts) < 4 {
		return ""
	}
	return parts[2]
}

// line keeps one of the app's connections. When Slack warns that it will end, the
// line ends with it: another one takes its place at once where the app may have one
// more, and otherwise then.
func (s *sockets) line(ctx context.Context, t bot.Thing) error {
	var ending sync.WaitGroup
	defer ending.Wait()
	for fails := int(s.hasty.Load()); s.gate.pass(ctx, fails) == nil; {
		c, err := s.connect(ctx)
		if lost := refused("SLACK_APP_TOKEN", err); lost != nil {
			return lost
		}
		if err != nil {
			if ctx.Err() == nil {
				s.log.Warn("no connection to Slack; trying again", "err", clean(err), "tries", fails+1)
			}
			fails++
			continue
		}
		began := time.Now()
		ending.Go(func() { c.serve(ctx) })
		warned := false
		select {
		case <-c.warned:
			warned = true
		case <-c.ended:
		}
		fails++
		if time.Since(began) >= settled {
			fails = 0
		}
		if warned {
			s.hasty.Store(int64(fails))
			t.Ending()
			<-c.ended
			return nil
		}
	}
	return nil
}
