// Package terminal is the mentor in a terminal: a chat with line editing where
// a person types, and plain lines where a program does.
//
// It decodes what is typed, draws replies, and does nothing else: what a message
// means and what is answered is decided in package bot.
package terminal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"mentor/bot"
)

// A terminal has one place, and those who talk in it, one after the other under
// different names, are one group.
const (
	place = "terminal"
	group = "t:terminal"
)

// A Chat is one conversation. Set In, Out and Handle.
type Chat struct {
	In      io.Reader
	Out     io.Writer
	Handle  func(context.Context, bot.Question) (bot.Reply, error)
	Person  string // who types: a name
	Zone    string // the machine's IANA zone; empty when it is not known
	Notice  string // shown once before the first prompt; may be empty
	Learner bool   // who types does not manage the group, as whoever sits at the machine else does
	Plain   bool   // no colours and no signs that move the cursor
	Now     func() time.Time

	lines int // handled so far
}

const prompt = "> "

// Run talks until the input ends, ctx ends, or the reader presses Ctrl-C or
// Ctrl-D; none of these is an error. The terminal is left as it was found.
func (c *Chat) Run(ctx context.Context) error {
	if in, ok := terminalFile(c.In); ok {
		if out, ok := terminalFile(c.Out); ok {
			return c.runInteractive(ctx, in, out)
		}
	}
	return c.runLines(ctx)
}

// terminalFile returns f as a file when it is a terminal.
func terminalFile(f any) (*os.File, bool) {
	file, ok := f.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return nil, false
	}
	return file, true
}

// IsTerminal reports whether f is a terminal.
func IsTerminal(f any) bool {
	_, ok := terminalFile(f)
	return ok
}

// line is one line that was read, or the error that ended reading.
type line struct {
	text string
	err  error
}

// runInteractive edits lines on a terminal.
func (c *Chat) runInteractive(ctx context.Context, in, out *os.File) (err error) {
	before, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return fmt.Errorf("prepare the terminal: %w", err)
	}
	defer func() {
		fmt.Fprint(out, "\r\n")
		if restoreErr := term.Restore(int(in.Fd()), before); restoreErr != nil && err == nil {
			err = fmt.Errorf("restore the terminal: %w", restoreErr)
		}
	}()
	editor := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{in, out}, prompt)
	width := fitTo(editor, out)
	if c.Notice != "" {
		fmt.Fprintf(editor, "%s\n\n", c.Notice)
	}
	read := func() line {
		text, err := editor.ReadLine()
		if errors.Is(err, term.ErrPasteIndicator) {
			err = nil // a pasted line is a line
		}
		return line{text, err}
	}
	return c.loop(ctx, read, func(l line) error {
		if width = fitTo(editor, out); l.text == "" {
			return nil
		}
		return c.reply(ctx, editor, l.text, style{width: width, plain: c.Plain})
	})
}

// maxWidth is how wide text is drawn at most: longer lines are hard to read.
const maxWidth = 84

// fitTo tells the editor how large the terminal is now, and returns the width
// to draw text in.
func fitTo(editor *term.Terminal, out *os.File) int {
	width, height, err := term.GetSize(int(out.Fd()))
	if err != nil || width <= 0 || height <= 0 {
		return maxWidth
	}
	if err := editor.SetSize(width, height); err != nil {
		return maxWidth
	}
	return min(width, maxWidth)
}

// runLines reads lines of a file or a pipe and repeats each before its reply, so
// that the output reads as a transcript.
func (c *Chat) runLines(ctx context.Context) error {
	if c.Notice != "" {
		fmt.Fprintf(c.Out, "%s\n\n", c.Notice)
	}
	in := bufio.NewReader(c.In)
	read := func() line {
		text, err := in.ReadString('\n')
		if errors.Is(err, io.EOF) && text != "" {
			err = nil
		}
		return line{trimNewline(text), err}
	}
	return c.loop(ctx, read, func(l line) error {
		if l.text == "" {
			return nil
		}
		fmt.Fprintf(c.Out, "%s%s\n", prompt, printable(l.text))
		return c.reply(ctx, c.Out, l.text, style{width: maxWidth, plain: c.Plain})
	})
}

// loop reads and handles lines until one of the two ends it. A blocked read
// cannot be interrupted, so it has a goroutine of its own, which outlives the
// loop when ctx ends first, until the read ends.
func (c *Chat) loop(ctx context.Context, read func() line, handle func(line) error) error {
	lines := make(chan line, 1)
	next := make(chan struct{})
	go func() {
		for range next {
			lines <- read()
		}
	}()
	defer close(next)
	for {
		next <- struct{}{}
		select {
		case <-ctx.Done():
			return nil
		case l := <-lines:
			if errors.Is(l.err, io.EOF) {
				return nil
			}
			if l.err != nil {
				return fmt.Errorf("read the terminal: %w", l.err)
			}
			if err := handle(l); err != nil {
				return err
			}
		}
	}
}

// reply handles one message and draws what came back.
func (c *Chat) reply(ctx context.Context, out io.Writer, text string, s style) error {
	start := time.Now()
	r, err := c.Handle(ctx, c.question(text))
	switch {
	case ctx.Err() != nil:
		return nil //nolint:nilerr // the chat was ended, which is no failure
	case err != nil:
		return err
	}
	_, err = io.WriteString(out, Render(r, time.Since(start), s.width, s.plain))
	if err != nil {
		return fmt.Errorf("write to the terminal: %w", err)
	}
	return nil
}

// question is a line as the mentor reads it. No two lines are the same event.
func (c *Chat) question(text string) bot.Question {
	c.lines++
	now := c.Now()
	return bot.Question{
		Text: text, Person: bot.NewAccount("t", c.Person), Name: c.Person, Zone: c.Zone, Place: place, Group: group,
		Event: fmt.Sprintf("t:%x:%d", now.UnixNano(), c.lines), At: now, Admin: !c.Learner, // whoever sits at the machine has its files, too
	}
}

type style struct {
	width int
	plain bool
}
