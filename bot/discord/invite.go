package discord

import (
	"net/url"
	"strconv"
)

// Permissions are the least with which everything works (Discord's table, August
// 2026): see channels, send messages, open threads and send in them, attach
// pictures, and read the history, without which nothing can be replied to.
const Permissions = 1<<10 | 1<<11 | 1<<15 | 1<<16 | 1<<35 | 1<<38

// Invite is the link with which an admin adds the bot to a server, or anybody to
// their own account.
func Invite(applicationID string) string {
	q := url.Values{"client_id": {applicationID}, "scope": {"bot applications.commands"}, "permissions": {strconv.FormatInt(Permissions, 10)}}
	return "https://discord.com/oauth2/authorize?" + q.Encode()
}
