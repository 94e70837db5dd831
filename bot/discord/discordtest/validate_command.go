package discordtest

import (
	"encoding/json"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits of commands, from the application command documents.
const (
	maxCommands           = 100
	maxMenuCommands       = 5
	maxCommandName        = 32
	maxCommandDescription = 100
	maxCommandOptions     = 25
	maxChoices            = 25
	maxChoice             = 100
	maxCommandSum         = 8000
	maxOptionLength       = 6000
	maxCreatesPerDay      = 200
)

// commandName is the pattern of names of slash commands and options.
var commandName = regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)

// locales is the languages Discord knows, from the reference.
var locales = strings.Fields(`id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr
	cs el bg ru uk hi th zh-CN ja zh-TW ko`)

// checkCommands checks the commands of one scope.
func checkCommands(list []field, ofGuild bool) {
	seen := map[string]bool{}
	for _, f := range list {
		if !f.object() {
			f.required()
			continue
		}
		kind := f.key("type").oneOf(CommandSlash, CommandUser, CommandMessage)
		if kind == 0 {
			kind = CommandSlash
		}
		checkCommand(f, kind, ofGuild)
		name := f.key("name").text(0, math.MaxInt)
		id := strconv.FormatInt(kind, 10) + " " + name
		if seen[id] {
			f.fail("APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
		}
		seen[id] = true
	}
}

func checkCommand(f field, kind int64, ofGuild bool) {
	if kind == CommandSlash {
		checkName(f)
		checkDescription(f)
		checkOptions(f.key("options"), 0)
	} else {
		f.key("name").requiredText(1, maxCommandName)
		if f.key("description").text(0, maxCommandDescription) != "" {
			f.key("description").fail("APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_NOT_ALLOWED", "Context menu commands cannot have description")
		}
		if len(f.key("options").list(0, math.MaxInt)) > 0 {
			f.key("options").fail("APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS_NOT_ALLOWED", "Context menu commands cannot have options")
		}
	}
	if sum := weight(f.v); sum > maxCommandSum {
		f.fail("APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (%d)", maxCommandSum)
	}
	for _, name := range []string{"contexts", "integration_types"} {
		if ofGuild && !f.key(name).absent() {
			f.key(name).fail("APPLICATION_COMMAND_GUILD_SCOPE", "Only global commands can have %s", name)
		}
	}
	for _, one := range f.key("contexts").list(1, 3) {
		one.oneOf(0, 1, 2)
	}
	for _, one := range f.key("integration_types").list(1, 2) {
		one.oneOf(0, 1)
	}
}

// checkName checks a name and its translations.
func checkName(f field) {
	if name := f.key("name").requiredText(1, maxCommandName); name != "" {
		checkOneName(f.key("name"), name)
	}
	for _, one := range localized(f.key("name_localizations")) {
		checkOneName(one, one.requiredText(1, maxCommandName))
	}
}

// checkOneName checks the pattern, and that letters which have a lower case are in
// it.
func checkOneName(f field, name string) {
	if !commandName.MatchString(name) || strings.ToLower(name) != name {
		f.fail("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
	}
}

func checkDescription(f field) {
	f.key("description").requiredText(1, maxCommandDescription)
	for _, one := range localized(f.key("description_localizations")) {
		one.requiredText(1, maxCommandDescription)
	}
}

// localized is the fields of a map of translations.
func localized(f field) []field {
	if !f.object() {
		return nil
	}
	m, _ := f.v.(map[string]any) // it is an object
	var out []field
	for _, locale := range sortedKeys(m) {
		one := f.key(locale)
		if !slices.Contains(locales, locale) {
			one.fail("BASE_TYPE_CHOICES", "Value must be one of the locales of the reference.")
		}
		if !one.absent() {
			out = append(out, one)
		}
	}
	return out
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// checkOptions checks a list of options; depth 0 is that of the command, 1 of a
// subcommand or group, 2 of a group's subcommand.
func checkOptions(f field, depth int) {
	list := f.list(0, maxCommandOptions)
	names, optional := map[string]bool{}, false
	for _, one := range list {
		if !one.object() {
			one.required()
			continue
		}
		checkOption(one, depth)
		for _, key := range optionNames(one) {
			if names[key] {
				one.key("name").fail("APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists in these options")
			}
			names[key] = true
		}
		// Remembered: required options come first.
		required := one.key("required").boolean()
		if required && optional {
			one.fail("APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must be placed before non-required options")
		}
		optional = optional || !required
	}
	checkMixture(f, list)
}

// optionNames is what no other option may be called: the name, and the name in
// each language.
func optionNames(f field) []string {
	translations := localized(f.key("name_localizations"))
	names := make([]string, 0, len(translations)+1)
	names = append(names, "default "+f.key("name").text(0, math.MaxInt))
	for _, one := range translations {
		names = append(names, one.path[len(one.path)-1]+" "+one.text(0, math.MaxInt))
	}
	return names
}

// checkMixture checks that subcommands do not stand beside ordinary options.
func checkMixture(f field, list []field) {
	sub := 0
	for _, one := range list {
		if t := optionType(one); t == OptionSubcommand || t == OptionGroup {
			sub++
		}
	}
	if sub > 0 && sub < len(list) {
		f.fail("APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command and sub-command group option types are mutually exclusive to all other types")
	}
}

// optionType is an option's type without any check.
func optionType(f field) int64 {
	n, _ := f.key("type").v.(json.Number) // anything else is no type, which the check of the option says
	t, err := strconv.ParseInt(n.String(), 10, 64)
	if err != nil {
		return 0
	}
	return t
}

func checkOption(f field, depth int) {
	f.key("type").required()
	kind := f.key("type").oneOf(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, optionAttachment)
	checkName(f)
	checkDescription(f)
	sub := kind == OptionSubcommand || kind == OptionGroup
	switch {
	case kind == OptionGroup && depth > 0, kind == OptionSubcommand && depth > 1:
		f.key("type").fail("APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-commands can be nested in a group and groups in a command only")
	case sub:
		checkOptions(f.key("options"), depth+1)
	case len(f.key("options").list(0, math.MaxInt)) > 0:
		f.key("options").fail("APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Only sub-commands and groups have options")
	}
	checkChoices(f, kind)
	low := f.key("min_length").integer(0, maxOptionLength, 0)
	if high := f.key("max_length").integer(1, maxOptionLength, maxOptionLength); low > high {
		f.key("min_length").fail("APPLICATION_COMMAND_OPTION_MIN_LENGTH", "min_length must not be greater than max_length")
	}
}

// checkChoices checks choices, which exclude autocomplete; both are for strings
// and numbers only.
func checkChoices(f field, kind int64) {
	list := f.key("choices").list(0, maxChoices)
	auto := f.key("autocomplete").boolean()
	free := kind == OptionString || kind == OptionInteger || kind == OptionNumber
	if !free && (len(list) > 0 || auto) {
		f.fail("APPLICATION_COMMAND_OPTIONS_CHOICES_TYPE", "Only string and number options have choices or autocomplete")
	}
	if auto && len(list) > 0 {
		f.key("autocomplete").fail("APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES", "Autocomplete and choices are mutually exclusive")
	}
	for _, one := range list {
		checkChoice(one, kind)
	}
}

// checkChoice checks a choice's name, and that its value is of the option's type.
func checkChoice(f field, kind int64) {
	f.key("name").requiredText(1, maxChoice)
	for _, one := range localized(f.key("name_localizations")) {
		one.requiredText(1, maxChoice)
	}
	value := f.key("value")
	if !value.required() {
		return
	}
	switch kind {
	case OptionString:
		value.text(0, maxChoice)
	case OptionInteger:
		value.integer(-1<<53, 1<<53, 0)
	default:
		if _, ok := value.v.(json.Number); !ok {
			value.fail("NUMBER_TYPE_COERCE", "Value %q is not float.", compact(value.v))
		}
	}
}

// weight is the characters of names, descriptions and values, of which a command
// may have 8000; of a text with translations the longest counts.
func weight(v any) int {
	switch v := v.(type) {
	case []any:
		sum := 0
		for _, one := range v {
			sum += weight(one)
		}
		return sum
	case map[string]any:
		sum := 0
		for _, key := range []string{"name", "description", "value"} {
			text, _ := v[key].(string)                          // a number weighs nothing
			more, _ := v[key+"_localizations"].(map[string]any) // most have none
			longest := utf8.RuneCountInString(text)
			for _, t := range more {
				other, _ := t.(string) // null weighs nothing
				longest = max(longest, utf8.RuneCountInString(other))
			}
			sum += longest
		}
		return sum + weight(v["options"]) + weight(v["choices"])
	}
	return 0
}

// checkCounts refuses more commands than a scope has room for.
func checkCounts(set []*Command) *apiError {
	slash, menu := 0, map[int]int{}
	for _, c := range set {
		if c.Type == CommandSlash {
			slash++
		} else {
			menu[c.Type]++
		}
	}
	if slash > maxCommands || menu[CommandUser] > maxMenuCommands || menu[CommandMessage] > maxMenuCommands {
		return refuse(http.StatusBadRequest, 30032, "Maximum number of application commands reached ("+strconv.Itoa(maxCommands)+").")
	}
	return nil
}
