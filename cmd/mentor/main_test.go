package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the scripts run the program: a line `exec mentor …` starts this
// test binary again as mentor.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"mentor": main})
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
