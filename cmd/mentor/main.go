// Mentor is a self-hosted career mentor for study groups that learn back-end
// development. This package is the program: it reads the configuration, wires
// the other packages together, and gives each of them a life to live in.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() { os.Exit(start(time.Now)) }

// start runs the program by the clock now and returns its exit code.
func start(now func() time.Time) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the next signal kills at once
	p := process{args: os.Args[1:], getenv: os.Getenv, stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, now: now}
	err := run(ctx, p)
	if err != nil {
		fmt.Fprintln(os.Stderr, "mentor:", err)
	}
	return exitCode(err)
}

// A process is all that the program touches of the world, so that a test can
// start the whole of it.
type process struct {
	args           []string
	getenv         func(string) string
	stdin          io.Reader
	stdout, stderr io.Writer
	now            func() time.Time
}

// run is the program without its exit.
func run(ctx context.Context, p process) error {
	root := rootCommand(p)
	root.SetArgs(p.args)
	root.SetIn(p.stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	return root.ExecuteContext(ctx)
}
