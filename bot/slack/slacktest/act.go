package slacktest

import (
	"encoding/json"
	"fmt"
)

// An Act is something a person did that the bot must acknowledge: a command, a
// click, a choice, a shortcut.
type Act struct {
	p       *Person
	what    string
	done    bool
	ok      bool
	payload json.RawMessage
}

// Wait returns once Slack has the acknowledgement, or has given up and told the
// person that it did not work; it reports which.
func (a *Act) Wait() bool {
	a.p.s.t.Helper()
	a.p.s.wait("the answer to "+a.what, func() bool { return a.done })
	return a.ok
}

// act sends an envelope for a person and takes its answer. then may be nil; it
// is called with the acknowledgement and s.mu held. The caller holds s.mu.
func (p *Person) act(kind, what string, payload obj, takes bool, then func(json.RawMessage)) *Act {
	a := &Act{p: p, what: what}
	p.s.deliver(&envelope{kind: kind, what: what, payload: payload, takes: takes, answered: func(ack json.RawMessage, ok bool) {
		a.done, a.ok, a.payload = true, ok, ack
		if !ok {
			p.trouble(what + " did not work: the app did not respond")
			return
		}
		if then != nil {
			then(ack)
		}
	}})
	p.s.happened()
	return a
}

// trouble tells a person that something failed.
func (p *Person) trouble(text string) { p.errors = append(p.errors, text) }

// Slash gives a command in a channel, whether the bot is in it or not.
func (p *Person) Slash(command, text string, ch *Channel) *Act {
	p.s.t.Helper()
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if !p.s.manifest.hasCommand(command) {
		p.s.t.Fatalf("slacktest: there is no command %s; add it to features.slash_commands in the app manifest", command)
	}
	p.s.recordAct(ch, "", "")
	payload := obj{
		"token": "verification", "team_id": p.Team.ID, "team_domain": p.Team.Domain, "channel_id": ch.ID, "channel_name": channelName(ch),
		"user_id": p.ID, "user_name": member(p.json(), "name"), "command": command, "text": escape(text), "api_app_id": appID, "is_enterprise_install": "false",
		"response_url": p.s.newReplyURL(p, ch, nil), "trigger_id": p.s.newTrigger(p),
	}
	return p.act("slash_commands", command, payload, true, func(ack json.RawMessage) { p.s.slashAnswer(p, ch, ack) })
}

// channelName is how a payload names a channel: a direct one has no name.
func channelName(ch *Channel) string {
	if ch.kind == direct {
		return "directmessage"
	}
	return ch.Name
}

// slashAnswer shows what the acknowledgement of a command says.
func (s *Server) slashAnswer(p *Person, ch *Channel, ack json.RawMessage) {
	var args obj
	if len(ack) == 0 || json.Unmarshal(ack, &args) != nil || len(args) == 0 {
		return
	}
	u := &replyURL{person: p, channel: ch}
	if f := s.reply(u, args); f != nil {
		s.violate(Rejected, fmt.Sprintf("answer to a command: %s %v", f.code, f.messages))
		p.trouble("the command failed: " + f.code)
	}
}

// interaction is what all interactive payloads have.
func (p *Person) interaction(kind string) obj {
	return obj{
		"type": kind, "token": "verification", "api_app_id": appID, "is_enterprise_install": false, "enterprise": nil,
		"team": obj{"id": p.Team.ID, "domain": p.Team.Domain}, "trigger_id": p.s.newTrigger(p),
		"user": obj{"id": p.ID, "username": member(p.json(), "name"), "name": member(p.json(), "name"), "team_id": p.Team.ID},
	}
}

// interactive fails the test when the app takes no interactions.
func (p *Person) interactive() {
	p.s.t.Helper()
	if !p.s.manifest.Settings.Interactivity.Enabled {
		p.s.t.Fatal("slacktest: the app takes no interactions: switch on settings.interactivity.is_enabled in the app manifest")
	}
}

// Shortcut uses the app's message shortcut on a message: the one with that
// callback id, or the first of the manifest for "".
func (p *Person) Shortcut(m Message, callback string) *Act {
	p.s.t.Helper()
	p.interactive()
	callback = p.shortcut("message", callback)
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.s.recordAct(m.Channel, m.ThreadTS, m.TS)
	shown := m.Channel.message(m.TS)
	if shown == nil {
		p.s.t.Fatalf("slacktest: the message %q is gone", short(m.Text))
	}
	payload := merged(p.interaction("message_action"), obj{
		"callback_id": callback, "channel": obj{"id": m.Channel.ID, "name": channelName(m.Channel)}, "message": shown.json(), "message_ts": m.TS,
		"action_ts": p.s.actionTS(), "response_url": p.s.newReplyURL(p, m.Channel, nil),
	})
	return p.act("interactive", "message_action "+callback, payload, false, nil)
}

// GlobalShortcut uses a shortcut of the app's that needs no message.
func (p *Person) GlobalShortcut(callback string) *Act {
	p.s.t.Helper()
	p.interactive()
	callback = p.shortcut("global", callback)
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	payload := merged(p.interaction("shortcut"), obj{"callback_id": callback, "action_ts": p.s.actionTS()})
	return p.act("interactive", "shortcut "+callback, payload, false, nil)
}

// shortcut finds a shortcut of the manifest.
func (p *Person) shortcut(kind, callback string) string {
	p.s.t.Helper()
	for _, sc := range p.s.manifest.Features.Shortcuts {
		if sc.Type == kind && (callback == "" || sc.Callback == callback) {
			return sc.Callback
		}
	}
	p.s.t.Fatalf("slacktest: there is no %s shortcut %q; add it to features.shortcuts in the app manifest", kind, callback)
	return ""
}

func (s *Server) actionTS() string {
	now := s.clock.now()
	return fmt.Sprintf("%d.%06d", now.Unix(), now.Nanosecond()/1000)
}

// Trigger is a trigger_id as if the person had just clicked on something.
func (p *Person) Trigger() string {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.s.newTrigger(p)
}
