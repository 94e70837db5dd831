package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mentor/bot"
	"mentor/knowledge"
)

func guideExportCommand(p process) *cobra.Command {
	var group string
	cmd := &cobra.Command{
		Use:   "export --group ID DIR",
		Short: "Write what a group taught as files to lay over the guide",
		Long: `Write what a group taught, and its mentors approved, as files into DIR. They pass
` + "`mentor guide check DIR`" + `; named in MENTOR_GUIDE, DIR gives every group the same
answers. A file that DIR has already is written anew, others are left alone.
The group's id begins with d: for Discord and s: for Slack; in the terminal it
is t:terminal. A mentor that runs on the local file must be stopped first.`,
		Args: exactly("DIR"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if group == "" {
				return usagef("guide export: --group is missing; give the id of the group whose lessons to write, as d:123")
			}
			store, err := storeFrom(cmd.Context(), p, p.getenv("MENTOR_STORE"), logger(p))
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, store.Close()) }()
			lessons, err := bot.Lessons(cmd.Context(), store, group)
			if err != nil {
				return err
			}
			if len(lessons) == 0 {
				return fmt.Errorf("guide export: the group %s has no approved lessons; `taught` in its chat lists what it has", group)
			}
			return exportLessons(cmd, p, lessons, args[0])
		},
	}
	cmd.Flags().StringVar(&group, "group", "", "the id of the group, as d:123")
	return cmd
}

// exportLessons writes lessons into dir, if they keep the rules.
func exportLessons(cmd *cobra.Command, p process, lessons []knowledge.Lesson, dir string) error {
	files := knowledge.Export(lessons, p.now().UTC().Format("2006-01"))
	trial, err := os.MkdirTemp("", "mentor-export-")
	if err != nil {
		return fmt.Errorf("guide export: %w", err)
	}
	defer os.RemoveAll(trial) //nolint:errcheck // a folder of temporary files
	if _, err := writeFiles(trial, files); err != nil {
		return err
	}
	problems, err := knowledge.CheckLayer(os.DirFS(trial), knowledge.Builtin(), p.now())
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		fmt.Fprint(cmd.OutOrStdout(), problems.Lines())
		return fmt.Errorf("guide export: nothing was written: %d %s to mend; edit or withdraw these lessons in the chat", len(problems), plural(len(problems), "rule", "rules"))
	}
	written, err := writeFiles(dir, files)
	for _, path := range written {
		fmt.Fprintln(cmd.OutOrStdout(), path)
	}
	return err
}

// writeFiles writes files below dir, in the order of their names, and returns the
// paths of those that it wrote.
func writeFiles(dir string, files map[string][]byte) (written []string, err error) {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !knowledge.ValidID(strings.TrimSuffix(filepath.Base(name), ".md")) {
			return written, fmt.Errorf("guide export: %q is no name for a file; the lesson's id must have small letters, digits and hyphens only", name)
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // a guide is for everybody to read
			return written, fmt.Errorf("guide export: %w", err)
		}
		if err := os.WriteFile(path, files[name], 0o644); err != nil {
			return written, fmt.Errorf("guide export: %w", err)
		}
		written = append(written, path)
	}
	return written, nil
}

// taughtByGroups returns the lessons of every group, for a reload to be tried on.
func taughtByGroups(ctx context.Context, store bot.Store) ([][]knowledge.Lesson, error) {
	var all [][]knowledge.Lesson
	for group, err := range bot.TaughtGroups(ctx, store) {
		if err != nil {
			return nil, err
		}
		lessons, err := bot.Lessons(ctx, store, group)
		if err != nil {
			return nil, err
		}
		if len(lessons) > 0 {
			all = append(all, lessons)
		}
	}
	return all, nil
}
