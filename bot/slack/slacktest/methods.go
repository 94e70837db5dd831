package slacktest

import (
	"slices"
	"strconv"
	"strings"
)

// knownMethods are the methods this Slack has, with the scope, the tier and the
// bodies their pages on docs.slack.dev name (read November 2026).
func knownMethods() map[string]method {
	return map[string]method{
		"auth.test":                    {run: authTest, json: true},
		"apps.connections.open":        {run: openSocket, json: true, token: appToken},
		"chat.postMessage":             {run: postMessage, scope: "chat:write", tier: 4, json: true, shapes: true},
		"chat.update":                  {run: updateMessage, scope: "chat:write", tier: 3, json: true, shapes: true},
		"chat.delete":                  {run: deleteMessage, scope: "chat:write", tier: 3, json: true},
		"chat.postEphemeral":           {run: postEphemeral, scope: "chat:write", tier: 4, json: true, shapes: true},
		"chat.getPermalink":            {run: permalink, tier: 4},
		"conversations.open":           {run: openConversation, tier: 3, json: true},
		"conversations.info":           {run: conversationInfo, tier: 3},
		"conversations.list":           {run: listConversations, tier: 2},
		"conversations.members":        {run: conversationMembers, tier: 4},
		"conversations.history":        {run: history, tier: 3, json: true},
		"conversations.replies":        {run: replies, tier: 3},
		"conversations.join":           {run: joinConversation, scope: "channels:join", tier: 3, json: true},
		"users.info":                   {run: userInfo, scope: "users:read", tier: 4},
		"users.list":                   {run: listUsers, scope: "users:read", tier: 2},
		"bots.info":                    {run: botInfo, scope: "users:read", tier: 3},
		"team.info":                    {run: teamInfo, scope: "team:read", tier: 3},
		"reactions.add":                {run: addReaction, scope: "reactions:write", tier: 3, json: true},
		"views.open":                   {run: openView, tier: 4, json: true, shapes: true},
		"views.push":                   {run: pushView, tier: 4, json: true, shapes: true},
		"views.update":                 {run: updateView, tier: 4, json: true, shapes: true},
		"views.publish":                {run: publishView, tier: 4, json: true, shapes: true},
		"files.getUploadURLExternal":   {run: uploadURL, scope: "files:write", tier: 4},
		"files.completeUploadExternal": {run: completeUpload, scope: "files:write", tier: 4, json: true},
	}
}

func authTest(_ *Server, c *call) (obj, *failure) {
	return obj{
		"url": "https://" + c.team.Domain + ".slack.com/", "team": c.team.Name, "team_id": c.team.ID,
		"user": strings.ToLower(c.team.person(c.team.BotUser).Name), "user_id": c.team.BotUser, "bot_id": c.team.BotID, "is_enterprise_install": false,
	}, nil
}

func userInfo(_ *Server, c *call) (obj, *failure) {
	p := c.team.person(c.str("user"))
	if p == nil {
		return nil, fail("user_not_found")
	}
	return obj{"user": p.json()}, nil
}

func listUsers(_ *Server, c *call) (obj, *failure) {
	all := make([]any, len(c.team.people))
	for i, p := range c.team.people {
		all[i] = p.json()
	}
	return c.page("members", all)
}

func botInfo(s *Server, c *call) (obj, *failure) {
	if c.str("bot") != c.team.BotID {
		return nil, fail("bot_not_found")
	}
	return obj{"bot": obj{"id": c.team.BotID, "name": s.manifest.Features.Bot.Name, "user_id": c.team.BotUser, "app_id": appID, "deleted": false}}, nil
}

func teamInfo(_ *Server, c *call) (obj, *failure) {
	return obj{"team": obj{"id": c.team.ID, "name": c.team.Name, "domain": c.team.Domain}}, nil
}

// appID is the app's id, the same in every workspace.
const appID = "A0MENTOR"

func addReaction(_ *Server, c *call) (obj, *failure) {
	ch, f := c.channel()
	if f != nil {
		return nil, f
	}
	m := ch.message(c.str("timestamp"))
	name := c.str("name")
	switch {
	case m == nil:
		return nil, fail("message_not_found")
	case name == "" || strings.ContainsAny(name, ": "):
		return nil, fail("invalid_name")
	case slices.Contains(m.reactions, name):
		return nil, fail("already_reacted")
	}
	m.reactions = append(m.reactions, name)
	return obj{}, nil
}

// page cuts a list as limit and cursor ask: at most 1,000 a page, 100 when
// nothing was asked.
func (c *call) page(key string, all []any) (obj, *failure) {
	limit, start := 100, 0
	if n, err := strconv.Atoi(c.str("limit")); err == nil && n > 0 {
		limit = n
	}
	if cursor := c.str("cursor"); cursor != "" {
		n, err := strconv.Atoi(strings.TrimPrefix(cursor, "next:"))
		if err != nil || n > len(all) {
			return nil, fail("invalid_cursor")
		}
		start = n
	}
	if limit > 1000 {
		return nil, fail("invalid_limit")
	}
	end, next := min(len(all), start+limit), ""
	if end < len(all) {
		next = "next:" + strconv.Itoa(end)
	}
	return obj{key: slices.Concat([]any{}, all[start:end]), "has_more": next != "", "response_metadata": obj{"next_cursor": next}}, nil
}
