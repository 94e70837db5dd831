package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// A usageError is a command line that means nothing: the exit code is 2.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error {
	return usageError{fmt.Errorf(format, args...)}
}

func exitCode(err error) int {
	if err == nil {
		return 0
	}
	if _, ok := errors.AsType[usageError](err); ok {
		return 2
	}
	return 1
}

// flagError turns pflag's complaint into one line with a suggestion.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		typed := unknown.GetSpecifiedName()
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		return usagef("%w%s; `%s --help` lists the flags", err, didYouMean("--", typed, names), cmd.CommandPath())
	}
	return usagef("%w; `%s --help` shows how", err, cmd.CommandPath())
}

// didYouMean names the nearest of names when one is near, else "".
func didYouMean(prefix, typed string, names []string) string {
	best, bestDistance := "", 3
	for _, name := range names {
		if d := levenshtein.ComputeDistance(strings.ToLower(typed), name); d < bestDistance && d < len(typed) {
			best, bestDistance = name, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", prefix+best)
}

// noArgs refuses arguments; when cmd has subcommands it guesses the one meant.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if !cmd.HasSubCommands() {
		return usagef("%s takes no arguments, but got %q", cmd.CommandPath(), args[0])
	}
	var names []string
	for _, sub := range cmd.Commands() {
		if !sub.Hidden {
			names = append(names, sub.Name())
		}
	}
	return usagef("unknown command %q%s; `%s --help` lists the commands", args[0], didYouMean("", args[0], names), cmd.CommandPath())
}

// exactly wants one argument for each name.
func exactly(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != len(names) {
			return usagef("%s takes %s, but got %d %s; `%s --help` shows how", cmd.CommandPath(), strings.Join(names, " and "), len(args),
				plural(len(args), "argument", "arguments"), cmd.CommandPath())
		}
		return nil
	}
}

// atMost wants one argument or none.
func atMost(name string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return usagef("%s takes at most %s, but got %d arguments; `%s --help` shows how", cmd.CommandPath(), name, len(args), cmd.CommandPath())
		}
		return nil
	}
}
