package watch

import (
	"context"
	"fmt"
	"image/color"
	"image/png"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// browsers are the names under which a Chromium is installed.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

// TestThePageInABrowser shows the page in a Chromium, where one is installed, wide by
// day and on a phone by night: its own style is let in, and nothing is complained of.
func TestThePageInABrowser(t *testing.T) {
	t.Parallel()
	browser := ""
	for _, name := range browsers {
		if path, err := exec.LookPath(name); err == nil {
			browser = path
		}
	}
	if browser == "" {
		t.Skip("no Chromium is installed")
	}
	r := busy(t)
	r.line.Opened()
	r.pulse.look(t.Context())
	server := httptest.NewServer(r.Handler())
	defer server.Close()
	address := strings.Replace(server.URL, "http://", "http://admin:"+token+"@", 1)
	for _, c := range []struct {
		name   string
		width  int
		scheme int // as Blink counts: 0 is dark, 1 light
		ground color.NRGBA
	}{
		{"wide", 1200, 1, color.NRGBA{0xff, 0xff, 0xff, 0xff}}, {"phone", 390, 0, color.NRGBA{0x14, 0x16, 0x1a, 0xff}},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		picture := filepath.Join(t.TempDir(), c.name+".png")
		said, err := exec.CommandContext(ctx, browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--enable-logging=stderr", //nolint:gosec // our own arguments
			"--user-data-dir="+t.TempDir(), fmt.Sprintf("--window-size=%d,2400", c.width), fmt.Sprintf("--blink-settings=preferredColorScheme=%d", c.scheme),
			"--screenshot="+picture, address).CombinedOutput()
		cancel()
		if err != nil {
			t.Fatalf("%s: %v\n%s", c.name, err, said)
		}
		if strings.Contains(string(said), "Content Security Policy") || strings.Contains(string(said), "CONSOLE") {
			t.Errorf("%s: the browser complains:\n%s", c.name, said)
		}
		if got := corner(t, picture); got != c.ground {
			t.Errorf("%s: the page's ground is %v, want %v", c.name, got, c.ground)
		}
	}
}

// corner is the colour of a picture's first pixel.
func corner(t *testing.T, name string) color.NRGBA {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	picture, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	c, ok := color.NRGBAModel.Convert(picture.At(0, 0)).(color.NRGBA)
	if !ok {
		t.Fatal("a colour is none")
	}
	return c
}
