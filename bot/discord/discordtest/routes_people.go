package discordtest

import (
	"net/http"
	"time"
)

func addGatewayRoutes(add adder) {
	add(http.MethodGet, "gateway", func(s *Server, _ *call) (answer, *apiError) {
		return answer{body: map[string]any{"url": s.gatewayURL()}}, nil
	}, func(r *route) { r.open = true })
	add(http.MethodGet, "gateway/bot", func(s *Server, _ *call) (answer, *apiError) {
		return answer{body: s.gatewayInfo()}, nil
	})
}

func addPeopleRoutes(add adder) {
	add(http.MethodGet, "users/@me", func(s *Server, _ *call) (answer, *apiError) {
		return answer{body: s.bot.asJSON()}, nil
	})
	add(http.MethodGet, "users/@me/guilds", (*Server).myGuilds)
	add(http.MethodPost, "users/@me/channels", (*Server).openDM, tight)
	add(http.MethodGet, "users/{user}", (*Server).getUser)
	for _, path := range []string{"applications/@me", "oauth2/applications/@me"} {
		add(http.MethodGet, path, (*Server).getApplication)
	}
}

func (s *Server) getApplication(*call) (answer, *apiError) {
	return answer{body: map[string]any{
		"id": s.application, "name": s.bot.Name, "description": "", "icon": nil, "bot_public": true,
		"bot_require_code_grant": false, "verify_key": "00", "flags": 0, "bot": s.bot.asJSON(),
	}}, nil
}

func (s *Server) getUser(c *call) (answer, *apiError) {
	u := s.users[c.params["user"]]
	if u == nil {
		return answer{}, refuse(http.StatusNotFound, codeUnknownUser, "Unknown User")
	}
	return answer{body: u.asJSON()}, nil
}

func (s *Server) myGuilds(*call) (answer, *apiError) {
	list := make([]any, 0, len(s.guilds))
	for _, g := range s.guilds {
		list = append(list, map[string]any{"id": g.ID, "name": g.Name, "icon": nil, "owner": false, "features": []any{}})
	}
	return answer{body: list}, nil
}

// openDM makes or finds the direct chat with a user. That users with closed
// direct messages are refused here with 400 and code 50007 was seen by others
// (Marahin/letter-bot, issue 9).
func (s *Server) openDM(c *call) (answer, *apiError) {
	field := c.body().key("recipient_id")
	field.required()
	id := field.snowflake()
	if err := c.form.err(); err != nil {
		return answer{}, err
	}
	u := s.users[id]
	if u == nil || u == s.bot {
		return answer{}, fact(http.StatusNotFound, codeUnknownUser, "Unknown User")
	}
	if u.dmsClosed {
		return answer{}, fact(http.StatusBadRequest, codeCannotSendToUser, "Cannot send messages to this user")
	}
	if u.dm == nil && !s.mayOpenDM() {
		return answer{}, violation(http.StatusBadRequest, codeDMsTooFast, "You are opening direct messages too fast")
	}
	return answer{body: s.directChat(u).asJSON()}, nil
}

// mayOpenDM counts a new direct chat and reports whether it is not one too many.
func (s *Server) mayOpenDM() bool {
	now := s.Now()
	s.newDMs = within(s.newDMs, 10*time.Minute, now)
	if len(s.newDMs) >= s.options.dmLimit {
		return false
	}
	s.newDMs = append(s.newDMs, now)
	return true
}

func addGuildRoutes(add adder) {
	inGuild := func(f func(*Guild, *call) (any, *apiError)) handler {
		return func(s *Server, c *call) (answer, *apiError) {
			g := s.guild(c.params["guild"])
			if g == nil {
				return answer{}, refuse(http.StatusNotFound, codeUnknownGuild, "Unknown Guild")
			}
			body, err := f(g, c)
			return answer{body: body}, err
		}
	}
	add(http.MethodGet, "guilds/{guild}", inGuild(func(g *Guild, _ *call) (any, *apiError) { return g.asJSON(), nil }))
	add(http.MethodGet, "guilds/{guild}/channels", inGuild((*Guild).channelList))
	add(http.MethodGet, "guilds/{guild}/roles", inGuild(func(g *Guild, _ *call) (any, *apiError) { return g.rolesJSON(), nil }))
	add(http.MethodGet, "guilds/{guild}/threads/active", inGuild((*Guild).activeThreads))
	add(http.MethodGet, "guilds/{guild}/members", inGuild((*Guild).memberList))
	add(http.MethodGet, "guilds/{guild}/members/{user}", inGuild((*Guild).getMember))
}

func (g *Guild) channelList(*call) (any, *apiError) { return g.asJSON()["channels"], nil }

func (g *Guild) activeThreads(*call) (any, *apiError) {
	threads := []any{}
	for _, c := range g.channels {
		if c.kind == channelThread && !c.deleted && !c.archived {
			threads = append(threads, c.asJSON())
		}
	}
	return map[string]any{"threads": threads, "members": []any{}}, nil
}

// memberList needs the members intent switched on for the application.
func (g *Guild) memberList(*call) (any, *apiError) {
	if g.s.options.privileged&intentMembers == 0 {
		return nil, refuse(http.StatusForbidden, codeMissingAccess, "Missing Access")
	}
	list := []any{}
	for _, m := range g.members {
		list = append(list, m.asJSON(true))
	}
	return list, nil
}

func (g *Guild) getMember(c *call) (any, *apiError) {
	m := g.member(c.params["user"])
	if m == nil {
		return nil, refuse(http.StatusNotFound, codeUnknownMember, "Unknown Member")
	}
	return m.asJSON(true), nil
}
