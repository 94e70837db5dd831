package discordtest

import "unicode/utf8"

// Limits of embeds, from the message resource and the OpenAPI description.
const (
	maxEmbeds           = 10
	maxEmbedSum         = 6000
	maxEmbedTitle       = 256
	maxEmbedDescription = 4096
	maxEmbedFields      = 25
	maxFieldName        = 256
	maxFieldValue       = 1024
	maxFooter           = 2048
	maxAuthor           = 256
	maxURL              = 2048
)

// readEmbeds reads the embeds and checks the sum over all of them.
func (d *draft) readEmbeds(f field) {
	d.embeds = nil
	sum := 0
	for _, one := range f.list(0, maxEmbeds) {
		if !one.object() {
			continue
		}
		size, empty := d.checkEmbed(one)
		if sum += size; empty {
			one.key("description").fail("BASE_TYPE_REQUIRED", "This field is required")
		}
	}
	if sum > maxEmbedSum {
		f.fail("MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of %d", maxEmbedSum)
	}
	f.into(&d.embeds)
	for i := range d.embeds {
		d.embeds[i].Type = "rich"
	}
}

// checkEmbed checks one embed and returns its share of the sum, and whether there
// is nothing in it.
func (d *draft) checkEmbed(f field) (size int, empty bool) {
	count := func(s string) int {
		n := utf8.RuneCountInString(s)
		size += n
		return n
	}
	shown := count(f.key("title").text(0, maxEmbedTitle)) + count(f.key("description").text(0, maxEmbedDescription))
	footer, author := f.key("footer"), f.key("author")
	if footer.object() {
		shown += count(footer.key("text").requiredText(0, maxFooter))
		d.checkMedia(footer.key("icon_url"))
	}
	if author.object() {
		shown += count(author.key("name").requiredText(0, maxAuthor))
		author.key("url").url(maxURL, "http", "https")
		d.checkMedia(author.key("icon_url"))
	}
	for _, one := range f.key("fields").list(0, maxEmbedFields) {
		shown += count(one.key("name").requiredText(0, maxFieldName)) + count(one.key("value").requiredText(0, maxFieldValue)) + 1
		one.key("inline").boolean()
	}
	for _, name := range []string{"image", "thumbnail"} {
		if picture := f.key(name); picture.object() {
			picture.key("url").required()
			d.checkMedia(picture.key("url"))
			shown++
		}
	}
	f.key("url").url(maxURL, "http", "https")
	f.key("color").integer(0, 0xFFFFFF, 0)
	f.key("timestamp").text(0, 64)
	return size, shown == 0
}

// checkMedia checks the address of a picture or file.
func (d *draft) checkMedia(f field) {
	if address := f.url(maxURL, "http", "https", "attachment"); address != "" && !d.hasFile(address) {
		f.fail("UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", "The referenced attachment was not found: %s", address)
	}
}
