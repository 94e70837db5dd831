package discord

import (
	"errors"
	"strconv"
	"strings"
	"sync"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
)

// discordgo tells the code with which Discord closes a connection, and that it was
// kept from sending an Identify, to its logger and to nobody else. The logger is
// one for the whole process; what it is given names the gateway's address, by
// which the link is found: each has one of its own, by a fragment, which never
// leaves the process. Nothing of it is written anywhere: its texts can hold what
// people say.
var gateways struct {
	once sync.Once
	mu   sync.Mutex
	last int
	by   map[string]*link // by the address's fragment
}

// watchLog has l told why connections to that gateway end, and returns the
// address that discordgo is to be given. It adds the version and the encoding
// itself, behind the fragment, where they are lost.
func watchLog(address string, l *link) string {
	gateways.once.Do(func() { discordgo.Logger = readLog })
	gateways.mu.Lock()
	defer gateways.mu.Unlock()
	for fragment, other := range gateways.by {
		if other == l { // it asks anew
			delete(gateways.by, fragment)
		}
	}
	if gateways.by == nil {
		gateways.by = map[string]*link{}
	}
	gateways.last++
	fragment := strconv.Itoa(gateways.last)
	gateways.by[fragment] = l
	return address + "/?v=" + discordgo.APIVersion + "&encoding=json#" + fragment
}

// unwatchLog forgets l.
func unwatchLog(l *link) {
	gateways.mu.Lock()
	defer gateways.mu.Unlock()
	for fragment, other := range gateways.by {
		if other == l {
			delete(gateways.by, fragment)
		}
	}
}

// readLog looks for errors among the arguments; their texts may change, their
// types do not within a version.
func readLog(_, _ int, _ string, args ...any) {
	if len(args) < 2 {
		return
	}
	address, ok := args[0].(string)
	if !ok {
		return
	}
	_, fragment, _ := strings.Cut(address, "#")
	fragment, _, _ = strings.Cut(fragment, "/")
	gateways.mu.Lock()
	l := gateways.by[fragment]
	gateways.mu.Unlock()
	for _, a := range args[1:] {
		err, ok := a.(error)
		if l == nil || !ok {
			continue
		}
		if _, ok := errors.AsType[*websocket.CloseError](err); ok {
			l.note(err) // discordgo closes its side now, and says so when it is done
			if fatal(err) != nil {
				l.end(err)
			}
		}
		if errors.Is(err, discordgo.ErrWSShardBounds) {
			l.end(errInvalid)
		}
	}
}
