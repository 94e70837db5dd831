package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// healthTime is how long health waits for an answer: less than the time-outs of
// those who call it, so that the reason is told.
const healthTime = 3 * time.Second

func healthCommand(p process) *cobra.Command {
	var ready bool
	cmd := &cobra.Command{
		Use:   "health",
		Short: "Ask the mentor that runs on this machine whether it is well",
		Long: `Ask the mentor that runs on this machine whether it is well, at MENTOR_HTTP_ADDR.
The exit code is 1 when it is not, or does not answer: for the health check of a
container, which has no other program in it.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			path := "/healthz"
			if ready {
				path = "/readyz"
			}
			answer, err := askHealth(cmd.Context(), p.getenv("MENTOR_HTTP_ADDR"), path)
			fmt.Fprint(p.stdout, answer)
			return err
		},
	}
	cmd.Flags().BoolVar(&ready, "ready", false, "ask also whether platforms and store are reached, a line for each")
	return cmd
}

// maxHealth bounds what is read of an answer.
const maxHealth = 64 << 10

// askHealth gets the path from the mentor that listens at addr. The answer ends
// with a line break, and is there also with an error when it was not well.
func askHealth(ctx context.Context, addr, path string) (answer string, err error) {
	host, err := dialable(addr)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, healthTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+host+path, nil)
	if err != nil {
		return "", fmt.Errorf("health: %w", err)
	}
	direct := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // by no proxy: it is this machine
	resp, err := direct.Do(req)
	if err != nil {
		return "", fmt.Errorf("health: no mentor answers at %s: %w", host, errors.Unwrap(err))
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxHealth))
	answer = strings.TrimRight(string(body), "\n") + "\n"
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("health: the mentor at %s is not well (%s)", host, resp.Status)
	}
	return answer, err
}

// dialable is the address at which one asks who listens on addr: an empty host
// and those that mean every address of the machine become the loopback's.
func dialable(addr string) (string, error) {
	if addr == "" {
		return "", errors.New("health: MENTOR_HTTP_ADDR is not set, so the mentor listens nowhere; set it for both, for example to 127.0.0.1:8080")
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", fmt.Errorf("health: MENTOR_HTTP_ADDR %q is no address; write it as host:port", addr)
	}
	switch ip := net.ParseIP(host); {
	case host == "", ip.Equal(net.IPv4zero):
		host = "127.0.0.1"
	case ip.Equal(net.IPv6unspecified):
		host = "::1"
	}
	return net.JoinHostPort(host, port), nil
}
