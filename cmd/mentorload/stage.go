package main

import (
	"fmt"
	"sync"
	"testing"
)

// A stage is what the platforms' stand-ins need of a test, outside of one: they
// report to it what a real platform would have refused or punished.
type stage struct {
	testing.TB // nil: only what is below is ever called

	mu       sync.Mutex
	faults   []string
	cleanups []func()
}

// A collapse is the panic of a stand-in that cannot go on; guarded catches it.
type collapse string

func (s *stage) Helper()                      {}
func (s *stage) Logf(string, ...any)          {}
func (s *stage) Cleanup(f func())             { s.cleanups = append(s.cleanups, f) }
func (s *stage) Failed() bool                 { return len(s.found()) > 0 }
func (s *stage) Fatal(args ...any)            { panic(collapse(fmt.Sprint(args...))) }
func (s *stage) Fatalf(f string, args ...any) { panic(collapse(fmt.Sprintf(f, args...))) }

func (s *stage) Errorf(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, fmt.Sprintf(format, args...))
}

// found is what was reported so far.
func (s *stage) found() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults
}

// close ends the stand-ins, the last one first. They judge then.
func (s *stage) close() {
	for i := len(s.cleanups) - 1; i >= 0; i-- {
		s.cleanups[i]()
	}
	s.cleanups = nil
}

// guarded calls f and returns the collapse of a stand-in as an error.
func guarded(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			c, ok := p.(collapse)
			if !ok {
				panic(p)
			}
			err = fmt.Errorf("the stand-in: %s", string(c))
		}
	}()
	return f()
}
