package chart

import "image/color"

// The inks. Every picture brings its own dark ground, so that it looks the same
// in a light chat and in a dark one. A test holds their contrast: words 4.5 to 1
// and marks 3 to 1 against what they stand on (WCAG 2.2, 1.4.3 and 1.4.11), and
// the marks of a day 1.5 to 1 among each other, so that those who see no
// colours tell them apart by lightness, and everybody also by shape.
const (
	nothing = iota // outside the panel
	ground         // the panel
	slot           // the place of a day, before anything is said of it
	strong         // titles, and the outline of today
	soft           // all other words
	done
	kept
	open
	inks // number of inks
)

var colours = [inks]color.NRGBA{
	nothing: {},
	ground:  {0x1c, 0x1e, 0x24, 0xff},
	slot:    {0x2f, 0x33, 0x3c, 0xff},
	strong:  {0xff, 0xff, 0xff, 0xff},
	soft:    {0xc4, 0xc9, 0xd4, 0xff},
	done:    {0x6e, 0xe7, 0xb0, 0xff},
	kept:    {0xe0, 0x9c, 0x2e, 0xff},
	open:    {0x7f, 0x86, 0x93, 0xff},
}
