package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mentor/bot"
	"mentor/bot/discord"
	"mentor/bot/slack"
)

// doctorTime bounds how long the doctor waits for everybody together.
const doctorTime = 30 * time.Second

func doctorCommand(p process) *cobra.Command {
	return &cobra.Command{
		Use:   "doctor [CHANNEL…]",
		Short: "Check tokens, rights, clock, store and guide, and name the cure",
		Long: `Check tokens, rights, clock, store and guide, and name the cure. It changes
nothing and writes to nobody. For each Discord channel that has settings, and for
each CHANNEL, a channel's id, it says what the bot may do there. The exit code
is 1 when something is amiss.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := parseConfig(p.getenv)
			if err != nil {
				return err
			}
			d := doctor{out: p.stdout}
			d.guide(c)
			ctx, cancel := context.WithTimeout(cmd.Context(), doctorTime) // the guide is learnt: that is work, no waiting
			defer cancel()
			channels := d.store(ctx, p, c)
			d.discord(ctx, c, append(channels, args...))
			d.slack(ctx, c)
			if d.ill > 0 {
				return fmt.Errorf("doctor: %d %s to mend", d.ill, plural(d.ill, "thing", "things"))
			}
			return nil
		},
	}
}

// A doctor prints what it finds, a line each, and counts what is amiss.
type doctor struct {
	out io.Writer
	ill int
}

// report prints one finding; a cure makes it one that is amiss.
func (d *doctor) report(where, what, found, cure string) {
	mark := "ok  "
	if cure != "" {
		mark = "BAD "
		d.ill++
		found += "; " + cure
	}
	fmt.Fprintf(d.out, "%s %-9s %s: %s\n", mark, where, what, strings.TrimRight(found, "."))
}

func (d *doctor) guide(c config) {
	began := time.Now()
	x, err := openIndex(c.guide)
	if err != nil {
		d.report("guide", "learning", err.Error(), "mend the guide (`mentor guide check` lists what is wrong), or unset MENTOR_GUIDE")
		return
	}
	d.report("guide", "learning", fmt.Sprintf("%d topics in %v", len(x.Guide().Entries()), time.Since(began).Round(time.Millisecond)), "")
	if err := x.Close(); err != nil {
		d.report("guide", "closing", err.Error(), "report this")
	}
}

// store looks at the store, and returns the Discord channels with settings.
func (d *doctor) store(ctx context.Context, p process, c config) (channels []string) {
	store, err := storeFrom(ctx, p, c.store, logger(p))
	if err != nil {
		d.report("store", "opening", err.Error(), "see the message; while a mentor runs on the file, stop it first")
		return nil
	}
	err = store.Health(ctx)
	if err == nil {
		channels, err = discordChannels(ctx, store)
	}
	if err = errors.Join(err, store.Close()); err != nil {
		d.report("store", "health", err.Error(), "see the message")
		return channels
	}
	d.report("store", "health", "read and written", "")
	return channels
}

// discordChannels are the channels of Discord that have settings of their own, or
// are to get messages.
func discordChannels(ctx context.Context, store bot.Store) ([]string, error) {
	var channels []string
	for g, err := range store.Groups(ctx) {
		if err != nil {
			return nil, err
		}
		if strings.HasPrefix(g.ID, "d:") {
			channels = slices.AppendSeq(channels, maps.Keys(g.Channels))
		}
	}
	for p, err := range bot.Posts(ctx, store) {
		if err != nil {
			return nil, err
		}
		if p.On && p.Platform() == "d" {
			channels = append(channels, p.Channel)
		}
	}
	slices.Sort(channels)
	return slices.Compact(channels), nil
}

func (d *doctor) discord(ctx context.Context, c config, channels []string) {
	if c.discordToken == "" {
		d.report("discord", "token", "not set, so it is not joined", "")
		return
	}
	var nobody *bot.Mentor
	for _, f := range discord.Diagnose(ctx, discordConfig(c, nobody, silent, nil), channels...) {
		d.report("discord", f.What, f.Detail, f.Cure)
	}
}

func (d *doctor) slack(ctx context.Context, c config) {
	if c.slackApp == "" {
		d.report("slack", "tokens", "not set, so it is not joined", "")
		return
	}
	for _, f := range slack.Diagnose(ctx, slack.Config{AppToken: c.slackApp, BotTokens: c.slackBots, APIURL: c.slackAPI}) {
		d.report("slack", f.What, f.Says, f.Cure)
	}
}
