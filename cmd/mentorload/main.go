// Mentorload finds out what one machine carries. It starts the whole mentor as a
// process of its own, beside a Discord and a Slack that live in this process,
// fills the mentor's store with learners, lets people in many groups ask, check
// in and be reminded, and measures how long they wait and what it costs.
//
// With -faults it is an endurance test as well: connections break, the platforms
// refuse and repeat, Redis dies. At the end every effect is counted, and the exit
// status is 1 when one is lost or doubled, when people waited too long, or when
// the mentor's memory, file handles or goroutines grew.
//
// It knows the mentor only from outside, by its environment, its process and its
// store, and does not test what the answers say.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the next signal kills at once
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "mentorload:", err)
	}
	os.Exit(exitCode(err))
}

// exitCode is 2 for wrong usage and 1 for anything else that went wrong.
func exitCode(err error) int {
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &usage):
		return 2
	}
	return 1
}

// errBroken is the error of a run that broke a bar; what it broke is printed
// where it happened.
var errBroken = errors.New("a bar was broken; the lines that begin with BROKEN say which")

// run makes all runs that args ask for, and prints a table of them to out and
// what happens meanwhile to progress.
func run(ctx context.Context, args []string, out, progress io.Writer) (err error) {
	o, err := parseOptions(args, progress)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "mentorload")
	if err != nil {
		return fmt.Errorf("make a folder for the run: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if o.mentor == "" {
		if o.mentor, err = build(ctx, dir); err != nil {
			return err
		}
	}
	var rows []row
	broken := false
	for i, c := range o.cases() {
		c.dir = filepath.Join(dir, strconv.Itoa(i))
		r, err := measure(ctx, c, progress)
		if err != nil {
			return fmt.Errorf("%s store with %d learners: %w", c.store, c.learners, err)
		}
		for _, b := range r.broken {
			fmt.Fprintf(progress, "BROKEN  %s store, %d learners: %s\n", c.store, c.learners, b)
		}
		broken = broken || len(r.broken) > 0
		rows = append(rows, r)
	}
	printTable(out, rows)
	if broken {
		return errBroken
	}
	return nil
}
