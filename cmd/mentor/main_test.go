package main

import (
	"os"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the scripts run the program: a line `exec mentor …` starts this
// test binary again as mentor.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"mentor": func() { os.Exit(start(scriptClock())) }, "mentor-cramped": cramped})
}

// scriptClock is a clock that starts at the instant of the script's variable
// NOW, when it is set.
func scriptClock() func() time.Time {
	now, err := time.Parse(time.RFC3339, os.Getenv("NOW"))
	if err != nil {
		return time.Now
	}
	begin := time.Now()
	return func() time.Time { return now.Add(time.Since(begin)) }
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			guide, err := os.Getwd()
			if err != nil {
				return err
			}
			env.Setenv("GUIDE", guide+"/../../knowledge/guide")
			return nil
		},
	})
}
