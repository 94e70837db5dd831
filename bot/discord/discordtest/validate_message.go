package discordtest

import (
	"math"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of a message, from the message resource. The OpenAPI description says
// 4000 for content, but bots get 2000.
const (
	maxContent     = 2000
	maxAttachments = 10
	maxNonce       = 25
	maxStickers    = 3
)

// Flags that a bot may set. Others are ignored, as Discord ignores them.
const (
	flagsOfMessage = FlagSuppressEmbeds | FlagSuppressNotifications | FlagComponentsV2
	flagsOfAnswer  = flagsOfMessage | FlagEphemeral
)

// A draft is a message as the bot wants it to be.
type draft struct {
	content      string
	embeds       []Embed
	components   []Component
	flags        int
	nonce        string
	enforceNonce bool
	replyTo      string
	mustExist    bool // what it replies to
	mentions     mentionRules
	files        []upload
	kept         []Attachment
	poll         bool
	stickers     int
}

// readDraft reads and checks a new message from an object of the body.
func readDraft(c *call, b field, flags int64) (*draft, *apiError) {
	d := &draft{files: c.files}
	b.object()
	d.flags = int(b.key("flags").integer(0, math.MaxInt32, 0) & flags)
	d.readContent(b)
	d.readEmbeds(b.key("embeds"))
	d.readComponents(b.key("components"))
	d.readReference(b.key("message_reference"))
	d.readExtras(b)
	d.mentions = readMentionRules(b.key("allowed_mentions"))
	d.readAttachments(b.key("attachments"), nil)
	d.checkV2(b)
	if err := c.form.err(); err != nil {
		return nil, err
	}
	return d, d.checkEmpty()
}

// readEdit reads and checks an edit of m: what is absent stays, what is null is
// taken away.
func readEdit(c *call, b field, m *Message) (*draft, *apiError) {
	d := &draft{
		content: m.Content, embeds: m.Embeds, components: m.Components, files: c.files, kept: m.Attachments,
		flags: m.Flags & flagsOfMessage,
	}
	b.object()
	if !b.key("flags").absent() {
		d.flags = int(b.key("flags").integer(0, math.MaxInt32, 0) & flagsOfMessage)
	}
	if m.isV2() && d.flags&FlagComponentsV2 == 0 {
		b.key("flags").fail("MESSAGE_FLAG_CANNOT_BE_REMOVED", "The IS_COMPONENTS_V2 flag cannot be removed.")
	}
	if b.has("content") {
		d.readContent(b)
	}
	if b.has("embeds") {
		d.readEmbeds(b.key("embeds"))
	}
	if b.has("components") {
		d.readComponents(b.key("components"))
	}
	d.mentions = readMentionRules(b.key("allowed_mentions"))
	d.readAttachments(b.key("attachments"), m.Attachments)
	d.checkV2(b)
	if err := c.form.err(); err != nil {
		return nil, err
	}
	return d, d.checkEmpty()
}

// readContent reads the text. Whether Discord counts it before or after trimming
// is not documented; a bot that is right both ways is right.
func (d *draft) readContent(b field) {
	f := b.key("content")
	d.content = f.text(0, maxContent)
	sent, _ := f.v.(string) // anything else is a fault already
	if utf8.RuneCountInString(d.content) <= maxContent {
		f.length(utf8.RuneCountInString(sent), 0, maxContent)
	}
}

// readExtras reads what few bots send.
func (d *draft) readExtras(b field) {
	b.key("tts").boolean()
	d.enforceNonce = b.key("enforce_nonce").boolean()
	d.stickers = len(b.key("sticker_ids").list(0, maxStickers))
	nonce := b.key("nonce")
	if _, isText := nonce.v.(string); isText {
		d.nonce = nonce.text(0, maxNonce)
	} else {
		nonce.integer(math.MinInt64, math.MaxInt64, 0)
		d.nonce = strings.TrimPrefix(compact(nonce.v), "null")
	}
	poll := b.key("poll")
	if d.poll = poll.object(); d.poll {
		poll.key("question").key("text").requiredText(1, 300)
		for _, a := range poll.key("answers").list(1, 10) {
			a.key("poll_media").key("text").text(1, 55)
		}
	}
}

func (d *draft) readReference(f field) {
	if !f.object() {
		return
	}
	f.key("type").oneOf(0)
	f.key("channel_id").snowflake()
	f.key("guild_id").snowflake()
	f.key("message_id").required()
	d.replyTo = f.key("message_id").snowflake()
	d.mustExist = f.key("fail_if_not_exists").absent() || f.key("fail_if_not_exists").boolean()
}

// readAttachments reads the list of attachments: names for files by their number,
// and ids of attachments to keep.
func (d *draft) readAttachments(f field, had []Attachment) {
	if len(d.files) > maxAttachments {
		f.length(len(d.files), 0, maxAttachments)
	}
	if f.absent() {
		return
	}
	d.kept = nil
	for _, a := range f.list(0, maxAttachments) {
		id := strings.Trim(compact(a.key("id").v), `"`)
		a.key("description").text(0, 1024)
		a.key("filename").text(0, 1024)
		i := slices.IndexFunc(had, func(h Attachment) bool { return h.ID == id })
		switch {
		case i >= 0:
			d.kept = append(d.kept, had[i])
		case !slices.ContainsFunc(d.files, func(u upload) bool { return u.key == id }):
			a.key("id").fail("ATTACHMENT_NOT_FOUND", "There is neither a file nor an attachment %q.", id)
		}
	}
}

// hasFile reports whether an address attachment://name names a file of the
// message. Other addresses pass.
func (d *draft) hasFile(address string) bool {
	name, ok := strings.CutPrefix(address, "attachment://")
	return !ok || slices.ContainsFunc(d.files, func(u upload) bool { return u.name == name }) ||
		slices.ContainsFunc(d.kept, func(a Attachment) bool { return a.Filename == name })
}

// checkV2 checks that a message of the newer components has nothing else.
func (d *draft) checkV2(b field) {
	if d.flags&FlagComponentsV2 == 0 {
		return
	}
	const code, text = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
		"The %q field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
	if d.content != "" {
		b.key("content").fail(code, text, "content")
	}
	if len(d.embeds) > 0 {
		b.key("embeds").fail(code, text, "embeds")
	}
	if d.poll {
		b.key("poll").fail(code, text, "poll")
	}
	if d.stickers > 0 {
		b.key("sticker_ids").fail(code, text, "sticker_ids")
	}
}

// checkEmpty refuses a message of nothing.
func (d *draft) checkEmpty() *apiError {
	if d.content == "" && len(d.embeds) == 0 && len(d.components) == 0 && len(d.files)+len(d.kept) == 0 && d.stickers == 0 && !d.poll {
		return refuse(http.StatusBadRequest, codeEmptyMessage, "Cannot send an empty message")
	}
	return nil
}

// checkDraft checks what a draft says against the channel: the bot's permissions,
// and the message it replies to.
func (s *Server) checkDraft(ch *Channel, c *call, d *draft) *apiError {
	missing := refuse(http.StatusForbidden, codeMissingPermissions, "Missing Permissions")
	switch {
	case len(d.embeds) > 0 && !ch.can(PermEmbedLinks):
		return missing
	case len(d.files) > 0 && !ch.can(PermAttachFiles):
		return missing
	case d.replyTo == "":
		return nil
	case !ch.can(PermReadHistory):
		return refuse(http.StatusForbidden, codeReplyWithoutHistory, "Cannot reply without permission to read message history")
	}
	to := ch.byID[d.replyTo]
	ref := c.body().key("message_reference")
	switch {
	case to == nil || to.deleted || to.Ephemeral():
		if d.mustExist {
			ref.fail("MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")
		}
		d.replyTo = ""
	case to.kind == typeThreadMade:
		ref.fail("REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE", "Cannot reply to a system message")
	case ref.key("channel_id").snowflake() != "" && ref.key("channel_id").snowflake() != ch.ID:
		ref.key("channel_id").fail("MESSAGE_REFERENCE_OTHER_CHANNEL", "Must be in the channel of the message")
	}
	if err := c.form.err(); err != nil {
		if to == nil || to.deleted {
			err.rule = blameNobody // somebody may delete a message at any time
		}
		return err
	}
	return nil
}
