package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"mentor/bot"
	"mentor/bot/discord"
	"mentor/bot/reminder"
	"mentor/bot/slack"
	"mentor/bot/terminal"
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
	log := serverLog(p, c)
	began := time.Now()
	guide, err := openReloader(c.guide, log.With("part", "guide"), p.now)
	if err != nil {
		return err
	}
	x := guide.live
	defer func() { err = errors.Join(err, x.Close()) }()
	store, err := storeFrom(ctx, p, c.store, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	mentor := bot.New(x, bot.WithLog(log), bot.WithStore(store), bot.WithReload(guide, c.operators...))
	defer counting(ctx, mentor)()
	platforms, senders, err := platformsOf(c, mentor, store, log)
	if err != nil {
		return err
	}
	reminders := reminder.Loop{Store: store, Guide: x.Guide, Senders: senders, Log: log.With("part", "reminders"), Now: p.now, Posts: mentor.WritePost}
	log.Info("ready to join", "topics", len(x.Guide().Entries()), "after", time.Since(began).Round(time.Millisecond))
	g, ctx := errgroup.WithContext(ctx)
	for _, platform := range platforms {
		g.Go(func() error { return platform.Run(ctx) })
	}
	g.Go(func() error { return reminders.Run(ctx) })
	g.Go(func() error { return guide.run(ctx) })
	g.Go(func() error { return heedVotes(ctx, store, x, log) })
	err = g.Wait()
	log.Info("stopped")
	return err
}

// platformsOf makes the platforms whose tokens are set; senders has them by the
// letter that their accounts begin with.
func platformsOf(c config, mentor *bot.Mentor, leases bot.Leases, log *slog.Logger) (out []bot.Platform, senders map[string]bot.Sender, err error) {
	senders = map[string]bot.Sender{}
	if c.discordToken != "" {
		dc := discordConfig(c, mentor, log)
		dc.Leases, dc.Shards = leases, c.discordParts
		b, err := discord.New(dc)
		if err != nil {
			return nil, nil, err
		}
		out, senders["d"] = append(out, b), b
	}
	if c.slackApp != "" {
		sc := slackConfig(c, mentor, log)
		sc.Leases = leases
		b, err := slack.New(sc)
		if err != nil {
			return nil, nil, err
		}
		out, senders["s"] = append(out, b), b
	}
	return out, senders, nil
}

func discordConfig(c config, mentor discord.Mentor, log *slog.Logger) discord.Config {
	return discord.Config{
		Token: c.discordToken, APIURL: c.discordAPI, ReadMessages: c.discordReads, Mentor: mentor, Log: log.With("platform", "discord"),
	}
}

func slackConfig(c config, mentor *bot.Mentor, log *slog.Logger) slack.Config {
	return slack.Config{
		AppToken: c.slackApp, BotTokens: c.slackBots, APIURL: c.slackAPI, Mentor: mentor, Log: log.With("platform", "slack"),
		Suggest: mentor.Suggest,
	}
}

// silent is the log of who reports otherwise.
var silent = slog.New(slog.DiscardHandler)

// serverLog writes text on a terminal and JSON elsewhere, if not told otherwise.
// Every line that could hold a secret is made without it where it is made.
func serverLog(p process, c config) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.logLevel}
	if c.logFormat == "text" || c.logFormat == "" && terminal.IsTerminal(p.stderr) {
		return slog.New(slog.NewTextHandler(p.stderr, options))
	}
	return slog.New(slog.NewJSONHandler(p.stderr, options))
}
