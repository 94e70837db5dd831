package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// options are what the command line asks for.
type options struct {
	load
	mentor string
	stores []string
	crowds []int
}

// A load is how much is done to the mentor, and for how long.
type load struct {
	lasts     time.Duration
	questions float64 // a second
	checkIns  float64
	reminders float64
	groups    int
	faults    time.Duration // between two; 0 for none
	flatOut   time.Duration // then as many questions as it takes; 0 for none
	bar       time.Duration // for the 99th percentile of the replies outside of faults
}

// A trial is one load on a mentor with one store.
type trial struct {
	load
	mentor   string // the program
	store    string // "file" or "redis"
	learners int
	dir      string
}

// A usageError is a mistake on the command line.
type usageError struct{ error }

const usage = `Usage: mentorload [flags]

Measures what the mentor carries on this machine, against a Discord and a Slack
of its own, and prints a table. With -faults it breaks things meanwhile, counts
every effect afterwards, and exits with 1 when a bar is broken.

`

func parseOptions(args []string, help io.Writer) (options, error) {
	var o options
	var stores, crowds string
	f := flag.NewFlagSet("mentorload", flag.ContinueOnError)
	f.SetOutput(help)
	f.Usage = func() {
		fmt.Fprint(help, usage)
		f.PrintDefaults()
	}
	f.StringVar(&o.mentor, "mentor", "", "the mentor's `program`; without it, the one in this repository is built")
	f.StringVar(&stores, "store", "file", "`file` or redis, or both parted by a comma; redis-server must be installed for the latter")
	f.StringVar(&crowds, "learners", "1000", "how `many` learners the store holds, or several numbers parted by commas")
	f.DurationVar(&o.lasts, "for", 20*time.Second, "how long questions, check-ins and reminders go on")
	f.Float64Var(&o.questions, "questions", 100, "questions a `second`")
	f.Float64Var(&o.checkIns, "checkins", 10, "check-ins a `second`")
	f.Float64Var(&o.reminders, "reminders", 10, "reminders a `second`, a fifth of them on Slack, which takes five a second")
	f.IntVar(&o.groups, "groups", 80, "how `many` groups there are, half of them on each platform")
	f.DurationVar(&o.faults, "faults", 0, "`time` between two faults; 0 for none")
	f.DurationVar(&o.flatOut, "flat-out", 0, "`time` of a second part, without the platforms' limits, in which each of 64 people asks as soon as they have their answer; 0 for none")
	f.DurationVar(&o.bar, "p99", 250*time.Millisecond, "how `long` 99 in 100 replies may take outside of faults")
	err := f.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return o, usageError{errors.New("no run was asked for")}
	case err != nil:
		return o, usageError{err}
	case f.NArg() > 0:
		return o, usageError{fmt.Errorf("%q is no flag; all settings are flags, see -help", f.Arg(0))}
	}
	o.stores = strings.Split(stores, ",")
	for text := range strings.SplitSeq(crowds, ",") {
		n, err := strconv.Atoi(text)
		if err != nil {
			return o, usageError{fmt.Errorf("-learners %q: %q is no number", crowds, text)}
		}
		o.crowds = append(o.crowds, n)
	}
	if err := o.check(); err != nil {
		return o, usageError{err}
	}
	return o, nil
}

func (o options) check() error {
	for _, s := range o.stores {
		if s != "file" && s != "redis" {
			return fmt.Errorf("-store %q: use file, redis, or file,redis", s)
		}
	}
	switch {
	case o.lasts <= 0 || o.questions < 0 || o.checkIns < 0 || o.reminders < 0 || o.faults < 0 || o.flatOut < 0:
		return errors.New("times and rates cannot be negative, and -for must be more than 0")
	case o.faults > 0 && o.faults < faultWindow:
		return fmt.Errorf("-faults %v: the %v after a fault are not judged, so faults must be further apart", o.faults, faultWindow)
	case o.groups < 2:
		return errors.New("-groups: two are the fewest, one on each platform")
	case slices.Min(o.crowds) < 2*o.reminded():
		return fmt.Errorf("-learners %d: %d reminders in %v need twice as many learners, since each gets one a day", slices.Min(o.crowds), o.reminded(), o.lasts)
	}
	return o.fitsSlack()
}

// fitsSlack keeps a load within what Slack takes: 300 messages a minute in each
// workspace (its documentation of rate limits, November 2026, says several
// hundred), and five reminders a second, which is the mentor's own pace.
func (o options) fitsSlack() error {
	if most := float64(o.groups/2) * 5 * 0.9; (o.questions+o.checkIns)/2 > most {
		return fmt.Errorf("-groups %d: Slack's workspaces take %.0f messages a second at most, and this load has %.0f; use more groups", o.groups, most, (o.questions+o.checkIns)/2)
	}
	if o.reminders/slackShare > 5 {
		return fmt.Errorf("-reminders %v: more than five a second on Slack are put off; %d is the most here", o.reminders, 5*slackShare)
	}
	return nil
}

// reminded is how many learners are reminded during the load.
func (l load) reminded() int { return int(l.reminders * l.lasts.Seconds()) }

// cases are the trials of every store with every number of learners.
func (o options) cases() []trial {
	out := make([]trial, 0, len(o.stores)*len(o.crowds))
	for _, store := range o.stores {
		for _, n := range o.crowds {
			out = append(out, trial{load: o.load, mentor: o.mentor, store: store, learners: n})
		}
	}
	return out
}
