package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"mentor/bot"
	"mentor/bot/terminal"
	"mentor/index"
	"mentor/knowledge"
)

func chatCommand(p process) *cobra.Command {
	var o chatOptions
	var dir string
	cmd := &cobra.Command{
		Use:   "chat",
		Short: "Talk to the mentor in this terminal",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.guide = sourceOf(dir, p.getenv("MENTOR_GUIDE"))
			return chat(cmd.Context(), p, o)
		},
	}
	addGuideFlag(cmd, &dir)
	cmd.Flags().StringVar(&o.person, "as", "you", "the name you talk under")
	cmd.Flags().BoolVar(&o.learner, "learner", false, "talk as somebody who does not manage the group, to see what learners see")
	cmd.Flags().BoolVar(&o.plain, "plain", false, "no colours and no line editing signs; also when NO_COLOR is set or the output is no terminal")
	return cmd
}

type chatOptions struct {
	guide          guideSource
	person, notice string
	plain, learner bool
}

const greeting = "Ask about becoming a back-end developer, in your own words.\n`help` shows examples, Ctrl-D leaves."

func chat(ctx context.Context, p process, o chatOptions) (err error) {
	log := logger(p)
	guide, err := openReloader(o.guide, log, p.now)
	if err != nil {
		return err
	}
	x := guide.live
	defer x.Close()
	store, notice, err := openStore(ctx, p, log)
	if err != nil {
		return err
	}
	options := []bot.Option{bot.WithLog(log), bot.WithReload(guide, bot.NewAccount("t", o.person))}
	if store != nil {
		defer func() { err = errors.Join(err, store.Close()) }()
		stop := backUpWhile(ctx, store, p.now, log)
		defer stop()
		options = append(options, bot.WithStore(store), bot.WithClock(p.now))
	}
	mentor := bot.New(x, options...)
	defer tending(ctx, mentor)()
	c := terminal.Chat{
		In: p.stdin, Out: p.stdout, Handle: mentor.Handle, Person: o.person, Learner: o.learner, Zone: machineZone(p.getenv),
		Notice: o.notice + notice + greeting, Plain: o.plain || plainWanted(p), Now: p.now,
	}
	return c.Run(ctx)
}

// tending does the mentor's own work, such as writing down what groups ask, until
// what it returns is called, which waits for the last of it.
func tending(ctx context.Context, m *bot.Mentor) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var work sync.WaitGroup
	work.Go(func() { m.Count(ctx) })
	work.Go(func() { m.Tend(ctx) })
	work.Go(func() { m.WatchLessons(ctx) })
	return func() {
		cancel()
		work.Wait()
	}
}

// logger writes what the operator should know to the error output.
func logger(p process) *slog.Logger {
	return slog.New(slog.NewTextHandler(p.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// plainWanted reports whether output goes to no terminal or to one whose owner
// wants no colours (https://no-color.org).
func plainWanted(p process) bool {
	return p.getenv("NO_COLOR") != "" || strings.EqualFold(p.getenv("TERM"), "dumb") || !terminal.IsTerminal(p.stdout)
}

// openIndex loads a guide and learns it.
func openIndex(source guideSource) (*index.Live, error) {
	guide, err := source.load()
	if err != nil {
		return nil, err
	}
	return learn(guide)
}

func learn(guide *knowledge.Guide) (*index.Live, error) {
	x, err := index.Build(guide)
	if err != nil {
		return nil, fmt.Errorf("learn the guide: %w", err)
	}
	giveBack()
	return index.NewLive(x), nil
}
