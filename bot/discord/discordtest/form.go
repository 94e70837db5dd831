package discordtest

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A form collects what is wrong with a body, so that the answer names every fault
// at the path it has, as Discord's does.
type form struct {
	root   any
	faults map[string]any
}

// A field is one place in a form. A field that is not there, or null, is absent;
// its values are zero.
type field struct {
	form *form
	path []string
	v    any
}

// newForm returns the form of a decoded body.
func newForm(root any) *form { return &form{root: root} }

// top is the whole body.
func (f *form) top() field { return field{form: f, v: f.root} }

// err is the refusal of the form, or nil if nothing is wrong with it.
func (f *form) err() *apiError {
	if f.faults == nil {
		return nil
	}
	return &apiError{status: http.StatusBadRequest, code: codeInvalidForm, message: "Invalid Form Body", errors: f.faults}
}

// fail notes a fault at the field.
func (f field) fail(code, format string, args ...any) {
	if f.form.faults == nil {
		f.form.faults = map[string]any{}
	}
	at := f.form.faults
	for _, step := range f.path {
		next, ok := at[step].(map[string]any)
		if !ok {
			next = map[string]any{}
			at[step] = next
		}
		at = next
	}
	said, _ := at["_errors"].([]any) // absent is nil, to which one can append
	at["_errors"] = append(said, map[string]any{"code": code, "message": fmt.Sprintf(format, args...)})
}

// absent reports whether nothing, or null, was sent.
func (f field) absent() bool { return f.v == nil }

// key is the field of that name in an object.
func (f field) key(name string) field {
	m, _ := f.v.(map[string]any) // of anything else, no key is there
	return f.under(name, m[name])
}

// under is a field below f.
func (f field) under(step string, v any) field {
	path := make([]string, len(f.path), len(f.path)+1)
	copy(path, f.path)
	return field{form: f.form, path: append(path, step), v: v}
}

// has reports whether an object holds the key, be it null.
func (f field) has(name string) bool {
	m, _ := f.v.(map[string]any) // of anything else, no key is there
	_, ok := m[name]
	return ok
}

// required notes a fault if the field is absent, and reports whether it is there.
func (f field) required() bool {
	if f.absent() {
		f.fail("BASE_TYPE_REQUIRED", "This field is required")
		return false
	}
	return true
}

// object reports whether the field holds an object; anything else but absence is
// a fault.
func (f field) object() bool {
	if f.absent() {
		return false
	}
	if _, ok := f.v.(map[string]any); !ok {
		f.fail("MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
		return false
	}
	return true
}

// list is the fields of an array of at least low and at most high elements. An
// absent field is an empty list whatever low says.
func (f field) list(low, high int) []field {
	if f.absent() {
		return nil
	}
	raw, ok := f.v.([]any)
	if !ok {
		f.fail("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
		return nil
	}
	f.length(len(raw), low, high)
	out := make([]field, len(raw))
	for i, v := range raw {
		out[i] = f.under(strconv.Itoa(i), v)
	}
	return out
}

// text is a string of at least low and at most high code points. Length is
// counted in code points, neither bytes nor UTF-16 units: a Discord engineer's
// word in issue 1315 of discord-api-docs. Discord trims what it stores, so white
// space alone is nothing.
func (f field) text(low, high int) string {
	if f.absent() {
		return ""
	}
	s, ok := f.v.(string)
	if !ok {
		f.fail("STRING_TYPE_CONVERT", "Could not interpret %q as string.", compact(f.v))
		return ""
	}
	trimmed := strings.TrimSpace(s)
	if n := utf8.RuneCountInString(trimmed); n < low || n > high {
		f.length(n, low, high)
	}
	return trimmed
}

// requiredText is a text that must be there and not empty.
func (f field) requiredText(low, high int) string {
	if !f.required() {
		return ""
	}
	if s, ok := f.v.(string); ok && strings.TrimSpace(s) == "" {
		f.fail("BASE_TYPE_REQUIRED", "This field is required")
		return ""
	}
	return f.text(low, high)
}

// length notes a fault if n is not within the bounds.
func (f field) length(n, low, high int) {
	switch {
	case n >= low && n <= high:
	case low == 0:
		f.fail("BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length.", high)
	case high == math.MaxInt:
		f.fail("BASE_TYPE_MIN_LENGTH", "Must be %d or more in length.", low)
	default:
		f.fail("BASE_TYPE_BAD_LENGTH", "Must be between %d and %d in length.", low, high)
	}
}

// integer is a whole number within the bounds; def if absent.
func (f field) integer(low, high, def int64) int64 {
	if f.absent() {
		return def
	}
	number, ok := f.v.(json.Number)
	if !ok {
		f.fail("NUMBER_TYPE_COERCE", "Value %q is not int.", compact(f.v))
		return def
	}
	n, err := strconv.ParseInt(number.String(), 10, 64)
	if err != nil {
		f.fail("NUMBER_TYPE_COERCE", "Value %q is not int.", number)
		return def
	}
	if n < low {
		f.fail("NUMBER_TYPE_MIN", "int value should be greater than or equal to %d.", low)
	}
	if n > high {
		f.fail("NUMBER_TYPE_MAX", "int value should be less than or equal to %d.", high)
	}
	return n
}

// boolean is true or false; false if absent.
func (f field) boolean() bool {
	if f.absent() {
		return false
	}
	b, ok := f.v.(bool)
	if !ok {
		f.fail("BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
	}
	return b
}

// snowflake is an id. Discord takes it as a string or as a number.
func (f field) snowflake() string {
	if f.absent() {
		return ""
	}
	id := strings.Trim(compact(f.v), `"`)
	if !isSnowflake(id) {
		f.fail("NUMBER_TYPE_COERCE", "Value %q is not snowflake.", id)
		return ""
	}
	return id
}

// oneOf notes a fault if a number that is there is not among the allowed.
func (f field) oneOf(allowed ...int64) int64 {
	n := f.integer(math.MinInt64, math.MaxInt64, 0)
	if f.absent() {
		return 0
	}
	names := make([]string, len(allowed))
	for i, a := range allowed {
		if a == n {
			return n
		}
		names[i] = strconv.FormatInt(a, 10)
	}
	f.fail("BASE_TYPE_CHOICES", "Value must be one of {%s}.", strings.Join(names, ", "))
	return n
}

// url is a web address with one of the schemes.
func (f field) url(high int, schemes ...string) string {
	s := f.text(0, high)
	if s == "" {
		return ""
	}
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok || rest == "" || strings.ContainsAny(s, " \n\t") {
		f.fail("URL_TYPE_INVALID_URL", "Not a well formed URL.")
		return s
	}
	for _, allowed := range schemes {
		if strings.EqualFold(scheme, allowed) {
			return s
		}
	}
	f.fail("URL_TYPE_INVALID_SCHEME", "Scheme %q must be one of ('%s').", scheme, strings.Join(schemes, "', '"))
	return s
}

// into decodes the field into v, unless something is wrong with the form. It must
// have room for every JSON value that the checks before have let through.
func (f field) into(v any) {
	if f.absent() || f.form.faults != nil {
		return
	}
	b, err := json.Marshal(f.v)
	if err == nil {
		err = json.Unmarshal(b, v)
	}
	if err != nil {
		f.fail("MODEL_TYPE_CONVERT", "Could not interpret: %v", err)
	}
}
