package discord

import "context"

// mostTried is how many channels are tried for a welcome: each refusal counts
// against the bot.
const mostTried = 4

// welcomeSoon has a new server welcomed, now or when it has a channel.
func (b *Bot) welcomeSoon(g guild) {
	if g.SystemChannel == "" && len(b.places.textChannels(g.ID)) == 0 {
		b.places.owe(g.ID)
		return
	}
	b.work.do("welcome "+g.ID, func(ctx context.Context) { b.welcome(ctx, g) })
}

// welcome says the one thing that the mentor says unasked, in the channel that the
// server keeps for such news, or the first it may write in.
func (b *Bot) welcome(ctx context.Context, g guild) {
	r, ok := b.mentor.Welcome(ctx, groupOf(g.ID))
	if !ok {
		return
	}
	channels := b.places.textChannels(g.ID)
	if g.SystemChannel != "" {
		channels = append([]string{g.SystemChannel}, channels...)
	}
	for _, id := range channels[:min(len(channels), mostTried)] {
		err := b.post(ctx, id, "", g.ID, b.draw(r, look{}))
		if err == nil {
			return
		}
		b.logSend("a welcome could not be sent", err)
		if !refusedWith(err, codeNoAccess, codeNoPermission, codeUnknownChannel) {
			return
		}
	}
}
