// Package slack is the mentor in Slack: it is mentioned, written to, commanded
// and clicked on, and has a home tab, over Socket Mode, in one or more workspaces.
//
// It turns events into questions, calls the mentor, and shows what comes back in
// Slack's own look. What is answered, to whom, and only once, is decided in
// package bot. It keeps nothing: a button that is pressed after a restart works
// because its value says everything.
package slack
