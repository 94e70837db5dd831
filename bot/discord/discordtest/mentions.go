package discordtest

import (
	"regexp"
	"slices"
	"strings"
)

// maxMentionIDs is how many ids each list of allowed_mentions may have.
const maxMentionIDs = 100

// mentionRules is what allowed_mentions lets ping. When it is absent everything
// pings, and so does a reply.
type mentionRules struct {
	users, roles, everyone bool
	userIDs, roleIDs       []string
	repliedUser            bool
}

// readMentionRules reads allowed_mentions. Whoever lists ids must not allow all of
// that kind as well.
func readMentionRules(f field) mentionRules {
	if !f.object() {
		return mentionRules{users: true, roles: true, everyone: true, repliedUser: true}
	}
	r := mentionRules{repliedUser: f.key("replied_user").boolean()}
	for _, one := range f.key("parse").list(0, 3) {
		switch one.text(0, 100) {
		case "users":
			r.users = true
		case "roles":
			r.roles = true
		case "everyone":
			r.everyone = true
		default:
			one.fail("BASE_TYPE_CHOICES", "Value must be one of ('users', 'roles', 'everyone').")
		}
	}
	r.userIDs = readIDs(f, "users", r.users)
	r.roleIDs = readIDs(f, "roles", r.roles)
	return r
}

// readIDs reads a list of ids, each once.
func readIDs(f field, name string, all bool) []string {
	list := f.key(name).list(0, maxMentionIDs)
	ids := make([]string, 0, len(list))
	for _, one := range list {
		id := one.snowflake()
		if slices.Contains(ids, id) {
			one.fail("SET_TYPE_ALREADY_CONTAINS_VALUE", "The set already contains this value")
		}
		ids = append(ids, id)
	}
	if all && len(ids) > 0 {
		f.key("parse").fail("MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", "parse:[%q] and %s: [ids...] are mutually exclusive.", name, name)
	}
	return ids
}

// mention is a person's or a role's mention in a text.
var mention = regexp.MustCompile(`<@([!&]?)(\d+)>`)

// ping works out whom a message of the bot notifies, marks them in it, and enters
// it in the ledger. An ephemeral message notifies nobody.
func (s *Server) ping(ch *Channel, m *Message, d *draft) {
	text, rules := spoken(m), d.mentions
	p := Ping{ChannelID: ch.ID, MessageID: m.ID}
	for _, hit := range mention.FindAllStringSubmatch(text, -1) {
		id := hit[2]
		if hit[1] == "&" {
			if s.rolePings(ch, id) && (rules.roles || slices.Contains(rules.roleIDs, id)) && !slices.Contains(p.Roles, id) {
				p.Roles = append(p.Roles, id)
			}
		} else if s.users[id] != nil && !slices.Contains(m.mentions, id) {
			m.mentions = append(m.mentions, id)
			if rules.users || slices.Contains(rules.userIDs, id) {
				p.Users = append(p.Users, id)
			}
		}
	}
	everyone := strings.Contains(text, "@everyone") || strings.Contains(text, "@here")
	p.Everyone = everyone && rules.everyone && ch.guild != nil && ch.can(PermMentionEveryone)
	m.roles, m.everyone = p.Roles, p.Everyone
	p.ReplyOnly = len(p.Users)+len(p.Roles) == 0 && !p.Everyone
	s.pingReplied(ch, m, rules, &p)
	if (len(p.Users)+len(p.Roles) > 0 || p.Everyone) && !m.Ephemeral() {
		s.ledger.note(func() { s.ledger.pings = append(s.ledger.pings, p) })
	}
}

// pingReplied adds the author of the message that m answers.
func (s *Server) pingReplied(ch *Channel, m *Message, rules mentionRules, p *Ping) {
	to := ch.byID[m.ReplyTo]
	if to == nil || !rules.repliedUser || slices.Contains(p.Users, to.AuthorID) {
		return
	}
	p.Users = append(p.Users, to.AuthorID)
	if !slices.Contains(m.mentions, to.AuthorID) {
		m.mentions = append(m.mentions, to.AuthorID)
	}
}

// rolePings reports whether the bot can ping the role in the channel.
func (s *Server) rolePings(ch *Channel, id string) bool {
	if ch.guild == nil {
		return false
	}
	r := ch.guild.role(id)
	return r != nil && (r.Mentionable || ch.can(PermMentionEveryone))
}

// spoken is the text of a message in which mentions count: its content and its
// text displays, but no embed.
func spoken(m *Message) string {
	parts := []string{m.Content}
	walk(m.Components, func(c *Component) bool {
		if c.Type == TextDisplay {
			parts = append(parts, c.Content)
		}
		return true
	})
	return strings.Join(parts, "\n")
}
