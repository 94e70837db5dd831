package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"mentor/bot"
	"mentor/bot/discord"
	"mentor/bot/reminder"
	"mentor/bot/slack"
	"mentor/bot/watch"
	"mentor/knowledge"
)

func runCommand(p process) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Join every platform whose tokens are set; with none, open the terminal chat",
		Long: `Join every platform whose tokens are set; with none, open the terminal chat.
It ends on Ctrl-C or SIGTERM, after the answers in hand are out.

Environment:
` + variablesHelp(),
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := parseConfig(p.getenv)
			if err != nil {
				return err
			}
			if dir != "" {
				c.guide = sourceOf(dir, "")
			}
			if c.discordToken == "" && c.slackApp == "" {
				const notice = "No DISCORD_TOKEN or SLACK_APP_TOKEN is set, so this is the chat in your terminal.\n"
				return chat(cmd.Context(), p, chatOptions{guide: c.guide, person: "you", notice: notice})
			}
			return serve(cmd.Context(), p, c)
		},
	}
	addGuideFlag(cmd, &dir)
	return cmd
}

// serve joins the platforms and answers until ctx ends or one of them cannot go
// on. Read from top to bottom it is the architecture.
func serve(ctx context.Context, p process, c config) (err error) {
	keepSmall(p.getenv)
	log := serverLog(p, c)
	began := time.Now()
	var listener net.Listener
	if c.httpAddr != "" {
		if listener, err = watch.Listen(c.httpAddr); err != nil {
			return fmt.Errorf("MENTOR_HTTP_ADDR: %w", err)
		}
		defer listener.Close()
	}
	meter := watch.NewMeter(version())
	tracer, err := watch.NewTracer(p.getenv, version(), log)
	if err != nil {
		return err
	}
	guide, err := openReloader(c.guide, log.With("part", "guide"), p.now)
	if err != nil {
		return err
	}
	x := guide.live
	defer func() { err = errors.Join(err, x.Close()) }()
	store, err := observedStore(ctx, p, c.store, log, meter.StoreCall)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	mentor := bot.New(x, bot.WithLog(log), bot.WithStore(store), bot.WithClock(p.now), bot.WithReload(guide, c.operators...))
	guide.taught = func(ctx context.Context) ([][]knowledge.Lesson, error) { return taughtByGroups(ctx, store) }
	defer tending(ctx, mentor)()
	platforms, senders, err := platformsOf(c, mentor, store, log, func(platform string) func(bot.Turn) { return bothOf(meter.Turns(platform), tracer.Turns(platform)) })
	if err != nil {
		return err
	}
	mentor.SendBy(senders)
	reminders := reminder.Loop{Store: store, Guide: x.Guide, Senders: senders, Log: log.With("part", "reminders"), Now: p.now, Posts: mentor.WritePost}
	log.Info("ready to join", "topics", len(x.Guide().Entries()), "after", time.Since(began).Round(time.Millisecond))
	looker := watch.New(watch.Config{
		Token: c.httpToken, Version: version(), Store: store, Guide: x.Guide, Unused: guide.Problem, Reminders: &reminders.Counts, Posts: &reminders.PostCounts, Meter: meter, Log: log, Now: p.now,
		Platforms: watched(platforms),
	})
	g, ctx := errgroup.WithContext(ctx)
	for _, one := range platforms {
		g.Go(func() error { return one.Run(ctx) })
	}
	g.Go(func() error { return looker.Run(ctx, listener) })
	if tracer != nil {
		g.Go(func() error { tracer.Run(ctx); return nil })
	}
	g.Go(func() error { return reminders.Run(ctx) })
	g.Go(func() error { giveBackAfter(ctx, joinTime); return nil })
	g.Go(func() error { backUpDaily(ctx, store, p.now, log); return nil })
	g.Go(func() error { return guide.run(ctx) })
	g.Go(func() error { return heedVotes(ctx, store, x, log) })
	err = g.Wait()
	log.Info("stopped")
	return err
}

// A platform is one that is joined.
type platform struct {
	bot.Platform
	look watch.Platform
}

// watched are the platforms as they are looked at.
func watched(platforms []platform) []watch.Platform {
	out := make([]watch.Platform, len(platforms))
	for i, one := range platforms {
		out[i] = one.look
	}
	return out
}

// bothOf tells two who want to know of turns; the second may be nil.
func bothOf(one, other func(bot.Turn)) func(bot.Turn) {
	if other == nil {
		return one
	}
	return func(t bot.Turn) {
		one(t)
		other(t)
	}
}

// platformsOf makes the platforms whose tokens are set; senders has them by the
// letter that their accounts begin with. observers has what a platform tells its
// turns to.
func platformsOf(c config, mentor *bot.Mentor, leases bot.Leases, log *slog.Logger, observers func(platform string) func(bot.Turn)) (out []platform, senders map[string]bot.Sender, err error) {
	senders = map[string]bot.Sender{}
	if c.discordToken != "" {
		dc := discordConfig(c, mentor, log, observers("discord"))
		dc.Leases, dc.Shards = leases, c.discordParts
		b, err := discord.New(dc)
		if err != nil {
			return nil, nil, err
		}
		out, senders["d"] = append(out, platform{b, watch.Platform{Name: "discord", Connection: b.Connection}}), b
	}
	if c.slackApp != "" {
		sc := slackConfig(c, mentor, log, observers("slack"))
		sc.Leases = leases
		b, err := slack.New(sc)
		if err != nil {
			return nil, nil, err
		}
		out, senders["s"] = append(out, platform{b, watch.Platform{Name: "slack", Connection: b.Connection}}), b
	}
	return out, senders, nil
}

func discordConfig(c config, mentor discord.Mentor, log *slog.Logger, observe func(bot.Turn)) discord.Config {
	return discord.Config{
		Token: c.discordToken, APIURL: c.discordAPI, ReadMessages: c.discordReads, Mentor: mentor, Log: log.With("platform", "discord"),
		Observe: observe,
	}
}

func slackConfig(c config, mentor *bot.Mentor, log *slog.Logger, observe func(bot.Turn)) slack.Config {
	return slack.Config{
		AppToken: c.slackApp, BotTokens: c.slackBots, APIURL: c.slackAPI, Mentor: mentor, Log: log.With("platform", "slack"),
		Suggest: mentor.Suggest, Observe: observe,
	}
}
