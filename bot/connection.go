package bot

import (
	"sync"
	"time"
)

// A Connection is how an adapter stands with its platform, and what that took
// since the adapter was made.
type Connection struct {
	Open    int           // connections that hear just now
	StandBy bool          // other processes hold all the connections that there may be, so this one needs none
	Since   time.Time     // when the first of them opened or the last of them ended; zero before the first
	Opened  int           // connections that were opened, ever
	Waits   int           // requests that were held back because the platform allows no more
	Waited  time.Duration // by how long, added up
	Waiting int           // messages that were taken and are not answered yet
}

// A Line is how an adapter counts its [Connection]. The zero Line is ready, and
// may be used from any number of goroutines.
type Line struct {
	mu sync.Mutex
	c  Connection
}

// Opened counts a connection that begins to hear.
func (l *Line) Opened() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.c.Open == 0 {
		l.c.Since = time.Now()
	}
	l.c.Open++
	l.c.Opened++
}

// Closed counts the end of one.
func (l *Line) Closed() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.c.Open--; l.c.Open == 0 {
		l.c.Since = time.Now()
	}
}

// StandBy says whether other processes hold all the connections that there may be.
func (l *Line) StandBy(on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.c.StandBy = on
}

// Held counts a request that was held back for d; none at all when d is not
// positive.
func (l *Line) Held(d time.Duration) {
	if d <= 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.c.Waits++
	l.c.Waited += d
}

// Connection is how things stand, with so many messages waiting.
func (l *Line) Connection(waiting int) Connection {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.c
	c.Waiting = waiting
	return c
}
