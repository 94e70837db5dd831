package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// build builds the mentor of this repository, as it is released.
func build(ctx context.Context, dir string) (string, error) {
	path := filepath.Join(dir, "mentor")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", path, "mentor/cmd/mentor") //nolint:gosec // a path of our own
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the mentor: %w\n%s\nRun this in the repository, or name a program with -mentor", err, out)
	}
	return path, nil
}

// A child is the mentor at work.
type child struct {
	cmd     *exec.Cmd
	log     string // the file it writes to
	metrics string // the address of its figures
	began   time.Time
	ready   time.Duration // from the start to its being on both platforms
	ended   chan error
}

// start starts the mentor on a store and waits until it has joined the world.
func start(ctx context.Context, t trial, address string, w *world) (*child, error) {
	c := &child{log: filepath.Join(t.dir, "log"), ended: make(chan error, 1)}
	log, err := os.OpenFile(c.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the mentor's log: %w", err)
	}
	defer log.Close()
	c.metrics, err = freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	c.cmd = exec.Command(t.mentor, "run") //nolint:gosec,noctx // the program that the command line names; stop ends it
	c.cmd.Env = append(w.env(), "MENTOR_STORE="+address, "MENTOR_DATA="+t.dir, "MENTOR_LOG_LEVEL=warn", "MENTOR_LOG_FORMAT=json",
		"MENTOR_HTTP_ADDR="+c.metrics, "HOME="+t.dir)
	c.cmd.Stdout, c.cmd.Stderr = log, log
	c.began = time.Now()
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the mentor: %w", err)
	}
	go func() { c.ended <- c.cmd.Wait() }()
	waiting, cancel := context.WithTimeout(ctx, connectPatience)
	defer cancel()
	if err := w.waitConnected(waiting); err != nil {
		return nil, errors.Join(err, c.stop(), fmt.Errorf("the mentor wrote:\n%s", tailOf(c.log)))
	}
	c.ready = time.Since(c.began)
	return c, nil
}

// stopTime is how long the mentor may take to end.
const stopTime = 20 * time.Second

// stop ends the mentor as an operator does; it must end well, and soon.
func (c *child) stop() error {
	select {
	case err := <-c.ended:
		c.ended <- err
		return fmt.Errorf("the mentor ended by itself: %v; it wrote:\n%s", err, tailOf(c.log)) //nolint:errorlint // nil too
	default:
	}
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("end the mentor: %w", err)
	}
	select {
	case err := <-c.ended:
		if err != nil {
			return fmt.Errorf("the end of the mentor: %w; it wrote:\n%s", err, tailOf(c.log))
		}
		return nil
	case <-time.After(stopTime):
		return errors.Join(fmt.Errorf("the mentor did not end within %v", stopTime), c.cmd.Process.Kill())
	}
}

// freeAddress is an address on this machine that nobody uses.
func freeAddress(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// tailOf is the end of a file, for an error.
func tailOf(path string) string {
	const most = 4000
	text, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-most):])
}

// scraper asks the mentor for its figures.
var scraper = &http.Client{Timeout: time.Second}
