package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"mentor/bot/discord"
	"mentor/bot/slack"
)

func setupCommand(p process) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "setup",
		Short: "Print what joins a platform, and what runs and watches the mentor",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(setupDiscordCommand(p), setupSlackCommand(p), setupEnvCommand(p))
	cmd.AddCommand(deployCommands(p)...)
	return cmd
}

const discordSteps = `1. Open https://discord.com/developers/applications, click New Application, and name it.
2. On the page Bot, click Reset Token, copy the token, and put it in DISCORD_TOKEN.
   Leave Presence Intent and Server Members Intent off. Leave Message Content Intent
   off too, unless threads and channels set to ` + "`all`" + ` are to need no mention: then switch
   it on and set DISCORD_READ_MESSAGES=1.
3. On the page General Information leave Interactions Endpoint URL empty.
4. Open this link, choose your server, and authorize:

   %s

5. Start ` + "`mentor run`" + `. In the server, mention the bot, or type /help.
   ` + "`/setup`" + ` chooses where it speaks, ` + "`mentor doctor`" + ` says what is amiss.
`

func setupDiscordCommand(p process) *cobra.Command {
	var app string
	cmd := &cobra.Command{
		Use:   "discord",
		Short: "Print the steps, and the invite link with the least permissions",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			if app != "" && strings.Trim(app, "0123456789") != "" {
				return usagef("setup discord: --app %q is no application id; it is the number on the page General Information", app)
			}
			id := app
			if id == "" {
				id = "APPLICATION_ID"
			}
			fmt.Fprintf(p.stdout, discordSteps, discord.Invite(id))
			if app == "" {
				fmt.Fprintln(p.stdout, "\nPut the application's id from the page General Information in place of APPLICATION_ID,\nor say it with --app. With DISCORD_TOKEN set, `mentor doctor` prints the finished link.")
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&app, "app", "", "the application's id, a number, for the link")
	return cmd
}

func setupSlackCommand(p process) *cobra.Command {
	return &cobra.Command{
		Use:   "slack",
		Short: "Print the app's manifest, and what to click",
		Long: `Print the app's manifest, and what to click. The manifest alone goes to the
standard output, the steps to the error output, so that
` + "`mentor setup slack > manifest.yaml`" + ` writes the one and shows the others.`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			for i, step := range slack.SetupSteps() {
				fmt.Fprintf(p.stderr, "%d. %s\n", i+1, step)
			}
			fmt.Fprintln(p.stderr)
			fmt.Fprint(p.stdout, slack.Manifest())
			return nil
		},
	}
}
