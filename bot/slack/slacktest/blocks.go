package slacktest

import (
	"fmt"
	"strconv"
	"unicode/utf8"
)

// A surface is where blocks are shown.
type surface int

const (
	inMessage surface = iota
	inModal
	inHome
)

// The limits of blocks. Numbers without a note are from the blocks' own pages
// under docs.slack.dev/reference/block-kit (read November 2026); those of
// options are from nicklambourne/slackblocks spec/limits.json.
const (
	maxMessageBlocks = 50
	maxViewBlocks    = 100
	maxBlockText     = 13200 // all text of a message; undocumented, slackapi/bolt-js#2509
	maxID            = 255
	maxSectionText   = 3000
	maxFields        = 10
	maxFieldText     = 2000
	maxHeaderText    = 150
	maxContext       = 10
	maxActions       = 25
	maxButtonText    = 75
	maxButtonValue   = 2000
	maxURL           = 3000
	maxOptions       = 100
	maxOptionText    = 75
	maxOptionValue   = 150
	maxOverflow      = 5
	maxChoiceOptions = 10 // checkboxes and radio buttons
	maxPlaceholder   = 150
	maxAltText       = 2000
	maxImageTitle    = 2000
	maxInputLabel    = 2000
	maxInputHint     = 2000
	maxTableRows     = 100
	maxTableCells    = 20
	maxTableText     = 10000
	maxViewTitle     = 24
	maxMetadata      = 3000
	maxConfirmTitle  = 100
	maxConfirmText   = 300
	maxConfirmButton = 30
)

// checkBlocks returns Slack's refusal of the blocks, or nil.
func checkBlocks(blocks []any, where surface) *failure {
	c := newChecker(where)
	c.blocks("/blocks", blocks)
	code := "invalid_blocks"
	if where != inMessage {
		code = "invalid_arguments"
	}
	switch {
	case len(c.errs) > 0:
		return fail(code, c.errs...)
	case where == inMessage && c.text > maxBlockText:
		return fail("msg_blocks_too_long")
	}
	return nil
}

// A checker walks blocks and gathers what is wrong, each with a JSON pointer, in
// the form Slack gives in response_metadata.messages.
type checker struct {
	where    surface
	errs     []string
	blockIDs map[string]bool
	actions  map[string]bool
	text     int // characters in all text objects
	markdown int // characters in all markdown blocks
	tables   int
	focus    int
	inputs   int
}

func newChecker(where surface) *checker {
	return &checker{where: where, blockIDs: make(map[string]bool), actions: make(map[string]bool)}
}

func (c *checker) errorf(path, format string, args ...any) {
	c.errs = append(c.errs, "[ERROR] "+fmt.Sprintf(format, args...)+" [json-pointer:"+path+"]")
}

func (c *checker) blocks(path string, blocks []any) {
	most := maxViewBlocks
	if c.where == inMessage {
		most = maxMessageBlocks
	}
	if len(blocks) > most {
		c.errorf(path, "no more than %d items allowed [input: %d]", most, len(blocks))
	}
	for i, b := range blocks {
		c.block(path+"/"+strconv.Itoa(i), b)
	}
	if c.markdown > maxMarkdown {
		c.errorf(path, "markdown blocks must have no more than %d characters together", maxMarkdown)
	}
	if c.tables > 1 {
		c.errorf(path, "only one table is allowed") // by experience, not from a page
	}
	if c.focus > 1 {
		c.errorf(path, "only one element can have focus_on_load")
	}
}

func (c *checker) block(path string, v any) {
	b, ok := v.(obj)
	if !ok {
		c.errorf(path, "must be an object")
		return
	}
	c.unique(path+"/block_id", b, "block_id", c.blockIDs)
	kind := member(b, "type")
	check, known := blockChecks()[kind]
	if !known {
		c.errorf(path+"/type", "unsupported type: %s", kind)
		return
	}
	if !check.allowed[c.where] {
		c.errorf(path+"/type", "unsupported type on this surface: %s", kind)
		return
	}
	check.run(c, path, b)
}

// A blockCheck checks the blocks of one type.
type blockCheck struct {
	allowed [3]bool // in a message, a modal, a Home tab
	run     func(c *checker, path string, b obj)
}

// blockChecks are the blocks a bot of this kind may send. Others exist; they
// are refused until their limits are written down here.
func blockChecks() map[string]blockCheck {
	everywhere, messages := [3]bool{true, true, true}, [3]bool{true, false, false}
	return map[string]blockCheck{
		"section":   {everywhere, (*checker).section},
		"divider":   {everywhere, func(*checker, string, obj) {}},
		"header":    {everywhere, (*checker).header},
		"context":   {everywhere, (*checker).context},
		"actions":   {everywhere, (*checker).actionBlock},
		"image":     {everywhere, (*checker).image},
		"input":     {everywhere, (*checker).input},
		"rich_text": {everywhere, (*checker).richText},
		"markdown":  {messages, (*checker).markdownBlock},
		"table":     {messages, (*checker).table},
	}
}

// unique checks an id: its length, and that its scope has it once.
func (c *checker) unique(path string, o obj, key string, seen map[string]bool) {
	raw, given := o[key]
	if !given {
		return
	}
	id, ok := raw.(string)
	switch {
	case !ok:
		c.errorf(path, "must be a string")
	case utf8.RuneCountInString(id) > maxID:
		c.errorf(path, "must be less than %d characters", maxID+1)
	case id != "" && seen[id]:
		c.errorf(path, "%s already exists [input: %s]", key, id)
	}
	seen[id] = true
}

func (c *checker) section(path string, b obj) {
	fields, hasFields := b["fields"].([]any)
	_, hasText := b["text"]
	if !hasText && len(fields) == 0 {
		c.errorf(path, "must have text or fields")
	}
	if hasText {
		c.textObject(path+"/text", b["text"], anyText, maxSectionText)
	}
	if hasFields && (len(fields) == 0 || len(fields) > maxFields) {
		c.errorf(path+"/fields", "must have from 1 to %d items [input: %d]", maxFields, len(fields))
	}
	for i, f := range fields {
		c.textObject(path+"/fields/"+strconv.Itoa(i), f, anyText, maxFieldText)
	}
	if accessory, ok := b["accessory"]; ok {
		c.element(path+"/accessory", accessory, asAccessory)
	}
}

func (c *checker) header(path string, b obj) {
	c.textObject(path+"/text", b["text"], plainText, maxHeaderText)
}

func (c *checker) context(path string, b obj) {
	elements := list(b, "elements")
	if len(elements) == 0 || len(elements) > maxContext {
		c.errorf(path+"/elements", "must have from 1 to %d items [input: %d]", maxContext, len(elements))
	}
	for i, e := range elements {
		at := path + "/elements/" + strconv.Itoa(i)
		if o, ok := e.(obj); ok && member(o, "type") == "image" {
			c.image(at, o)
			continue
		}
		c.textObject(at, e, anyText, maxSectionText)
	}
}

func (c *checker) actionBlock(path string, b obj) {
	elements := list(b, "elements")
	if len(elements) == 0 || len(elements) > maxActions {
		c.errorf(path+"/elements", "must have from 1 to %d items [input: %d]", maxActions, len(elements))
	}
	for i, e := range elements {
		c.element(path+"/elements/"+strconv.Itoa(i), e, asAction)
	}
}

func (c *checker) image(path string, b obj) {
	if member(b, "image_url") == "" && object(b, "slack_file") == nil {
		c.errorf(path+"/image_url", "missing required field: image_url or slack_file")
	}
	c.length(path+"/image_url", member(b, "image_url"), maxURL)
	c.length(path+"/alt_text", member(b, "alt_text"), maxAltText)
	if member(b, "alt_text") == "" {
		c.errorf(path+"/alt_text", "missing required field: alt_text")
	}
	if title, ok := b["title"]; ok {
		c.textObject(path+"/title", title, plainText, maxImageTitle)
	}
}

func (c *checker) input(path string, b obj) {
	c.inputs++
	c.textObject(path+"/label", b["label"], plainText, maxInputLabel)
	if hint, ok := b["hint"]; ok {
		c.textObject(path+"/hint", hint, plainText, maxInputHint)
	}
	c.element(path+"/element", b["element"], asInput)
}

func (c *checker) markdownBlock(path string, b obj) {
	text := member(b, "text")
	if text == "" {
		c.errorf(path+"/text", "must be more than 0 characters")
	}
	c.markdown += utf8.RuneCountInString(text)
	c.text += utf8.RuneCountInString(text)
}

func (c *checker) table(path string, b obj) {
	c.tables++
	rows := list(b, "rows")
	if len(rows) == 0 || len(rows) > maxTableRows {
		c.errorf(path+"/rows", "must have from 1 to %d items [input: %d]", maxTableRows, len(rows))
	}
	total := 0
	for i, r := range rows {
		cells, _ := r.([]any)
		if len(cells) == 0 || len(cells) > maxTableCells {
			c.errorf(path+"/rows/"+strconv.Itoa(i), "must have from 1 to %d cells [input: %d]", maxTableCells, len(cells))
		}
		for j, cell := range cells {
			total += c.cell(fmt.Sprintf("%s/rows/%d/%d", path, i, j), cell)
		}
	}
	if total > maxTableText {
		c.errorf(path, "a table must have no more than %d characters [input: %d]", maxTableText, total)
	}
}

// cell checks a cell of a table and counts its characters.
func (c *checker) cell(path string, v any) int {
	o, ok := v.(obj)
	if !ok {
		c.errorf(path, "must be an object")
		return 0
	}
	text := ""
	switch kind := member(o, "type"); kind {
	case "raw_text":
		if text = member(o, "text"); text == "" {
			c.errorf(path+"/text", "must be more than 0 characters")
		}
	case "raw_number":
		text = fmt.Sprint(o["value"])
	case "rich_text":
		text = flatten(o)
	default:
		c.errorf(path+"/type", "unsupported type: %s", kind)
	}
	n := utf8.RuneCountInString(text)
	c.text += n
	return n
}

// richText checks only the outline: a bot of this kind sends none.
func (c *checker) richText(path string, b obj) {
	if len(list(b, "elements")) == 0 {
		c.errorf(path+"/elements", "must have at least 1 item")
	}
	c.text += utf8.RuneCountInString(flatten(b))
}

// length checks that a string is not too long.
func (c *checker) length(path, s string, most int) {
	if utf8.RuneCountInString(s) > most {
		c.errorf(path, "must be less than %d characters", most+1)
	}
}

type kindOfText int

const (
	anyText kindOfText = iota
	plainText
)

// textObject checks a text object and counts its characters.
func (c *checker) textObject(path string, v any, kind kindOfText, most int) {
	o, ok := v.(obj)
	if !ok {
		c.errorf(path, "must be a text object")
		return
	}
	switch t := member(o, "type"); {
	case t != "plain_text" && t != "mrkdwn":
		c.errorf(path+"/type", "unsupported type: %s", t)
	case t == "mrkdwn" && kind == plainText:
		c.errorf(path+"/type", "must be plain_text")
	case t == "mrkdwn" && o["emoji"] != nil:
		c.errorf(path+"/emoji", "emoji is not allowed on mrkdwn")
	}
	text := member(o, "text")
	if text == "" {
		c.errorf(path+"/text", "must be more than 0 characters")
	}
	c.length(path+"/text", text, most)
	c.text += utf8.RuneCountInString(text)
}
