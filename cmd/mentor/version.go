package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"mentor/knowledge"
)

// version is that of the program, as the build has it.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version and what it was built with",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			newest := ""
			for _, e := range knowledge.Builtin().Entries() {
				newest = max(newest, e.Reviewed)
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "mentor %s, %s %s/%s, guide of %d topics reviewed up to %s\n",
				version(), runtime.Version(), runtime.GOOS, runtime.GOARCH, len(knowledge.Builtin().Entries()), newest)
			return err
		},
	}
}
