package discordtest

import "math"

// Limits of the newer components, from the component reference.
const (
	maxSectionTexts = 3
	maxGallery      = 10
	maxMediaText    = 1024
)

// layout checks the newer components at the top of a message, and their number
// and text over the whole tree.
func (k *componentCheck) layout(f field) {
	for _, one := range f.list(1, maxComponents) {
		t := k.kind(one, ActionRow, Section, TextDisplay, MediaGallery, FileComponent, Separator, Container)
		if t == Container {
			k.container(one)
		} else {
			k.block(one, t)
		}
	}
	if k.count > maxComponents {
		f.fail("COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", "The total number of components cannot exceed %d", maxComponents)
	}
	if k.text > maxTextDisplay {
		f.fail("COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", "The total displayable text size cannot exceed %d", maxTextDisplay)
	}
}

// container checks a frame, which holds anything but a frame.
func (k *componentCheck) container(f field) {
	f.key("accent_color").integer(0, 0xFFFFFF, 0)
	f.key("spoiler").boolean()
	f.key("components").required()
	for _, one := range f.key("components").list(1, maxComponents) {
		k.block(one, k.kind(one, ActionRow, Section, TextDisplay, MediaGallery, FileComponent, Separator))
	}
}

// block checks a component that may stand at the top or in a container.
func (k *componentCheck) block(f field, kind int) {
	switch kind {
	case ActionRow:
		k.row(f)
	case Section:
		k.section(f)
	case TextDisplay:
		k.textDisplay(f)
	case MediaGallery:
		k.gallery(f)
	case FileComponent:
		k.file(f)
	case Separator:
		f.key("divider").boolean()
		f.key("spacing").oneOf(1, 2)
	}
}

func (k *componentCheck) textDisplay(f field) {
	k.text += len([]rune(f.key("content").requiredText(1, maxTextDisplay)))
}

// section checks one to three texts with a button or a picture beside them.
func (k *componentCheck) section(f field) {
	f.key("components").required()
	for _, one := range f.key("components").list(1, maxSectionTexts) {
		if k.kind(one, TextDisplay) != 0 {
			k.textDisplay(one)
		}
	}
	beside := f.key("accessory")
	if !beside.required() {
		return
	}
	switch k.kind(beside, Button, Thumbnail) {
	case Button:
		k.button(beside)
	case Thumbnail:
		k.media(beside, "media")
	}
}

func (k *componentCheck) gallery(f field) {
	f.key("items").required()
	for _, item := range f.key("items").list(1, maxGallery) {
		k.media(item, "media")
	}
}

// media checks a picture below the key.
func (k *componentCheck) media(f field, key string) {
	f.key("description").text(0, maxMediaText)
	f.key("spoiler").boolean()
	if f.key(key).required() && f.key(key).key("url").required() {
		k.draft.checkMedia(f.key(key).key("url"))
	}
}

// file checks a file, which must have come with the message.
func (k *componentCheck) file(f field) {
	k.media(f, "file")
	if address := f.key("file").key("url"); !address.absent() {
		address.url(maxURL, "attachment")
	}
}

// Limits of a modal, from the interaction documents.
const (
	maxModalTitle  = 45
	maxModalParts  = 5
	maxInputLabel  = 45
	maxInputText   = 4000
	maxInputHint   = 100
	maxLabelDetail = 100
)

// modal checks a modal: its title, its id and one to five parts, each a label
// with a component in it, or a row with a text input as it was before labels.
func (k *componentCheck) modal(f field) {
	f.key("title").requiredText(1, maxModalTitle)
	f.key("custom_id").requiredText(1, maxCustomID)
	f.key("components").required()
	for _, one := range f.key("components").list(1, maxModalParts) {
		switch k.kind(one, ActionRow, Label, TextDisplay) {
		case ActionRow:
			k.inputRow(one)
		case Label:
			k.label(one)
		case TextDisplay:
			k.textDisplay(one)
		}
	}
}

func (k *componentCheck) inputRow(f field) {
	f.key("components").required()
	for _, one := range f.key("components").list(1, 1) {
		if k.kind(one, TextInput) != 0 {
			k.input(one, true)
		}
	}
}

func (k *componentCheck) label(f field) {
	f.key("label").requiredText(1, maxInputLabel)
	f.key("description").text(0, maxLabelDetail)
	inside := f.key("component")
	if !inside.required() {
		return
	}
	switch t := k.kind(inside, TextInput, StringSelect, UserSelect, RoleSelect, MentionableSelect, ChannelSelect); t {
	case 0:
	case TextInput:
		k.input(inside, false)
	default:
		k.menu(inside, t)
	}
}

// input checks a text input; in a row it has a label of its own, in a label it
// must not.
func (k *componentCheck) input(f field, labelled bool) {
	k.customID(f)
	f.key("style").required()
	f.key("style").oneOf(1, 2)
	if labelled {
		f.key("label").requiredText(1, maxInputLabel)
	} else if !f.key("label").absent() {
		f.key("label").fail("TEXT_INPUT_LABEL_NOT_ALLOWED", "A text input in a label cannot have a label")
	}
	f.key("placeholder").text(0, maxInputHint)
	f.key("value").text(0, maxInputText)
	f.key("required").boolean()
	low := f.key("min_length").integer(0, maxInputText, 0)
	if high := f.key("max_length").integer(1, maxInputText, math.MaxInt32); low > high {
		f.key("min_length").fail("TEXT_INPUT_MIN_LENGTH_TOO_LARGE", "min_length must not be greater than max_length.")
	}
}
