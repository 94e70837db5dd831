package main

import (
	"os"
	"strings"

	"mentor/bot/streak"
)

// machineZone is the IANA zone this machine is set to; "" when that cannot be
// told or is UTC, which servers are set to wherever they are.
func machineZone(getenv func(string) string) string {
	name := strings.TrimPrefix(getenv("TZ"), ":")
	if name == "" {
		target, err := os.Readlink("/etc/localtime")
		if err != nil {
			return ""
		}
		_, name, _ = strings.Cut(target, "zoneinfo/")
	}
	if _, err := streak.LoadZone(name); err != nil || name == "UTC" || strings.HasPrefix(name, "Etc/") {
		return ""
	}
	return name
}
