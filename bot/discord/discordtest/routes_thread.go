package discordtest

import "net/http"

func addThreadRoutes(add adder) {
	add(http.MethodPost, "channels/{channel}/messages/{message}/threads", onMessage((*Server).threadFromMessage))
	add(http.MethodPost, "channels/{channel}/threads", inChannel((*Server).thread))
	add(http.MethodPut, "channels/{channel}/thread-members/@me", inChannel((*Server).joinThread))
	add(http.MethodDelete, "channels/{channel}/thread-members/@me", inChannel((*Server).joinThread))
}

// A threadForm is what starts a thread.
type threadForm struct {
	name        string
	autoArchive int64
}

// readThread checks what starts a thread, and whether the bot may.
func readThread(ch *Channel, c *call) (threadForm, *apiError) {
	b := c.body()
	t := threadForm{name: b.key("name").requiredText(1, 100), autoArchive: 1440}
	if n := b.key("auto_archive_duration").oneOf(60, 1440, 4320, 10080); n != 0 {
		t.autoArchive = n
	}
	b.key("rate_limit_per_user").integer(0, 21600, 0)
	b.key("type").oneOf(10, 11, 12)
	if err := c.form.err(); err != nil {
		return t, err
	}
	switch {
	case ch.kind != channelText:
		return t, violation(http.StatusBadRequest, codeWrongChannelType, "Cannot execute action on this channel type")
	case !ch.can(PermCreateThreads):
		return t, refuse(http.StatusForbidden, codeMissingPermissions, "Missing Permissions")
	}
	return t, nil
}

// threadFromMessage starts a thread that has its message's id.
func (s *Server) threadFromMessage(ch *Channel, m *Message, c *call) (answer, *apiError) {
	t, err := readThread(ch, c)
	if err != nil {
		return answer{}, err
	}
	if s.channels[m.ID] != nil {
		return answer{}, violation(http.StatusBadRequest, codeThreadExists, "A thread has already been created for this message")
	}
	return answer{status: http.StatusCreated, body: s.newThread(ch, m.ID, t.name, t.autoArchive).asJSON()}, nil
}

// thread starts a thread without a message.
func (s *Server) thread(ch *Channel, c *call) (answer, *apiError) {
	t, err := readThread(ch, c)
	if err != nil {
		return answer{}, err
	}
	thread := s.newThread(ch, s.newID(), t.name, t.autoArchive)
	return answer{status: http.StatusCreated, body: thread.asJSON()}, nil
}

// joinThread lets the bot join or leave a thread, which changes nothing else.
func (s *Server) joinThread(ch *Channel, _ *call) (answer, *apiError) {
	if ch.kind != channelThread {
		return answer{}, violation(http.StatusBadRequest, codeWrongChannelType, "Cannot execute action on this channel type")
	}
	return answer{status: http.StatusNoContent}, nil
}
