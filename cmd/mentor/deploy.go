package main

import (
	"embed"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// deploy holds what runs the mentor and watches over it, for `mentor setup` to print.
//
//go:embed deploy
var deploy embed.FS

// deployCommands are the subcommands of setup that print a file of deploy as it is.
func deployCommands(p process) []*cobra.Command {
	return []*cobra.Command{
		deployCommand(p, "systemd", "mentor.service", "Print a hardened unit for systemd, and how to install it"),
		deployCommand(p, "kubernetes", "kubernetes.yaml", "Print a deployment of several mentors on one Redis"),
		deployCommand(p, "grafana", "grafana.json", "Print a dashboard for Grafana"),
		deployCommand(p, "alerts", "alerts.yaml", "Print alert rules for Prometheus"),
	}
}

func deployCommand(p process, name, file, short string) *cobra.Command {
	return &cobra.Command{
		Use:   name,
		Short: short,
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			text, err := deploy.ReadFile("deploy/" + file)
			if err != nil {
				return fmt.Errorf("setup %s: %w", name, err)
			}
			_, err = p.stdout.Write(text)
			return err
		},
	}
}

func setupEnvCommand(p process) *cobra.Command {
	return &cobra.Command{
		Use:   "env",
		Short: "Print an environment file with every variable, explained",
		Long: `Print an environment file with every variable, explained, as systemd
(EnvironmentFile) and Docker (--env-file) read it. Let nobody else read the file
that has your tokens in it.`,
		Example: `  mentor setup env > mentor.env && chmod 600 mentor.env`,
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			fmt.Fprint(p.stdout, envFile())
			return nil
		},
	}
}

// envFile has each variable of the configuration in a comment, with its default.
func envFile() string {
	var b strings.Builder
	b.WriteString("# The mentor's settings. Take the # away from what you set; values need no quotes.\n")
	for _, v := range variables {
		b.WriteString("\n# " + strings.ReplaceAll(v.help, "\n", "\n# ") + "\n#" + v.name + "=" + v.value + "\n")
	}
	return b.String()
}
