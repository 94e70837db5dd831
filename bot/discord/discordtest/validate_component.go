package discordtest

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Limits of components, from the component reference.
const (
	maxRows        = 5
	maxInRow       = 5
	maxCustomID    = 100
	maxButtonLabel = 80
	maxButtonURL   = 512
	maxOptions     = 25
	maxOptionText  = 100
	maxPlaceholder = 150
	maxComponents  = 40   // counted deep, in a message of the newer kind
	maxTextDisplay = 4000 // of one; that it is the limit of all together is remembered
)

// A componentCheck goes through the components of one message or modal.
type componentCheck struct {
	draft *draft
	ids   map[string]bool
	count int
	text  int
}

// readComponents reads the components of a message, of the older or newer kind
// as its flags say.
func (d *draft) readComponents(f field) {
	d.components = nil
	k := &componentCheck{draft: d, ids: map[string]bool{}}
	if d.flags&FlagComponentsV2 == 0 {
		k.classic(f)
	} else {
		k.layout(f)
	}
	f.into(&d.components)
}

// classic checks rows of buttons and menus.
func (k *componentCheck) classic(f field) {
	rows := f.list(0, math.MaxInt)
	if len(rows) > maxRows {
		f.fail("BASE_TYPE_BAD_LENGTH", "Must be between 1 and %d in length.", maxRows)
	}
	for _, row := range rows {
		if k.kind(row, ActionRow) == ActionRow {
			k.row(row)
		}
	}
}

// kind is the type of a component, if it is among the allowed; otherwise it is a
// fault and 0.
func (k *componentCheck) kind(f field, allowed ...int) int {
	k.count++
	if !f.object() || !f.key("type").required() {
		return 0
	}
	f.key("id").integer(0, math.MaxInt32, 0)
	t := int(f.key("type").integer(0, math.MaxInt32, 0))
	if !slices.Contains(allowed, t) {
		names := strings.Trim(strings.ReplaceAll(fmt.Sprint(allowed), " ", ", "), "[]")
		f.key("type").fail("UNION_TYPE_CHOICES", "Value of field \"type\" must be one of (%s).", names)
		return 0
	}
	return t
}

// row checks one to five buttons, or one menu.
func (k *componentCheck) row(f field) {
	f.key("components").required()
	inside := f.key("components").list(1, maxInRow)
	for _, one := range inside {
		switch t := k.kind(one, Button, StringSelect, UserSelect, RoleSelect, MentionableSelect, ChannelSelect); t {
		case 0:
		case Button:
			k.button(one)
		default:
			k.menu(one, t)
			if len(inside) > 1 {
				one.fail("COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width")
			}
		}
	}
}

// customID checks that a custom id is there and nowhere else.
func (k *componentCheck) customID(f field) {
	id := f.key("custom_id").requiredText(1, maxCustomID)
	if id != "" && k.ids[id] {
		f.key("custom_id").fail("COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
	}
	k.ids[id] = true
}

func (k *componentCheck) button(f field) {
	f.key("style").required()
	style := f.key("style").oneOf(1, 2, 3, 4, styleLink, stylePremium)
	label := f.key("label").text(0, maxButtonLabel)
	f.key("disabled").boolean()
	emoji := checkEmoji(f.key("emoji"))
	switch style {
	case styleLink:
		f.key("url").required()
		f.key("url").url(maxButtonURL, "http", "https", "discord")
		if f.has("custom_id") {
			f.key("custom_id").fail("BUTTON_COMPONENT_CUSTOM_ID_NOT_ALLOWED", "A link button cannot have a custom id")
		}
	case stylePremium:
		f.key("sku_id").required()
		f.key("sku_id").snowflake()
		return
	default:
		if f.has("url") {
			f.key("url").fail("BUTTON_COMPONENT_URL_NOT_ALLOWED", "Only a link button can have a url")
		}
		k.customID(f)
	}
	if label == "" && !emoji {
		f.key("label").fail("BUTTON_COMPONENT_INVALID_LABEL", "A button must have a label or an emoji")
	}
}

// checkEmoji checks an emoji object and reports whether it names one.
func checkEmoji(f field) bool {
	if !f.object() {
		return false
	}
	id, name := f.key("id").snowflake(), f.key("name").text(0, 32)
	if id == "" && name != "" && name[0] < 0x80 && !isKeycap(name) {
		f.key("name").fail("BUTTON_COMPONENT_INVALID_EMOJI", "Invalid emoji")
	}
	return id != "" || name != ""
}

// menu checks a select menu; it may have options only if they are strings.
func (k *componentCheck) menu(f field, kind int) {
	k.customID(f)
	f.key("placeholder").text(0, maxPlaceholder)
	f.key("disabled").boolean()
	low := f.key("min_values").integer(0, maxOptions, 1)
	high := f.key("max_values").integer(1, maxOptions, 1)
	if low > high {
		f.key("min_values").fail("SELECT_COMPONENT_MIN_VALUES_TOO_LARGE", "min_values must not be greater than max_values.")
	}
	options := f.key("options")
	if kind != StringSelect {
		if !options.absent() {
			options.fail("SELECT_COMPONENT_OPTIONS_NOT_ALLOWED", "Only a string select can have options")
		}
		return
	}
	options.required()
	list := options.list(1, maxOptions)
	if high > int64(len(list)) && !f.key("max_values").absent() && len(list) > 0 {
		f.key("max_values").fail("SELECT_COMPONENT_MAX_VALUES_TOO_LARGE", "max_values must not be greater than the number of options.")
	}
	if n := k.options(list); n > high || n > 0 && n < low {
		options.fail("SELECT_COMPONENT_INVALID_DEFAULT_VALUES", "The number of default options must be within min_values and max_values.")
	}
}

// options checks the choices of a menu and returns how many are chosen already.
func (k *componentCheck) options(list []field) int64 {
	values, chosen := map[string]bool{}, int64(0)
	for _, o := range list {
		o.key("label").requiredText(1, maxOptionText)
		value := o.key("value").requiredText(1, maxOptionText)
		o.key("description").text(0, maxOptionText)
		checkEmoji(o.key("emoji"))
		if o.key("default").boolean() {
			chosen++
		}
		if value != "" && values[value] {
			o.key("value").fail("SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used")
		}
		values[value] = true
	}
	return chosen
}
