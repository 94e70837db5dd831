package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport is the map of the house: what each package may import besides the
// standard library. A line here changes together with ARCHITECTURE.md.
var mayImport = map[string][]string{
	"knowledge":               {"github.com/goccy/go-yaml", "github.com/yuin/goldmark"},
	"index":                   {"mentor/knowledge", "github.com/blevesearch", "golang.org/x/text", "golang.org/x/sync"},
	"bot":                     {"mentor/knowledge", "mentor/bot/streak", "github.com/agnivade/levenshtein", "golang.org/x/time"},
	"bot/streak":              {},
	"bot/reminder":            {"mentor/bot", "mentor/bot/streak", "mentor/knowledge"},
	"bot/terminal":            {"mentor/bot", "mentor/bot/streak", "mentor/knowledge", "github.com/yuin/goldmark", "github.com/mattn/go-runewidth", "golang.org/x/term"},
	"bot/chart":               {"mentor/bot/streak", "golang.org/x/image"},
	"bot/boltstore":           {"mentor/bot", "mentor/bot/streak", "go.etcd.io/bbolt"},
	"bot/redisstore":          {"mentor/bot", "mentor/bot/streak", "github.com/redis/go-redis"},
	"bot/bottest":             {"mentor/bot", "mentor/bot/streak", "github.com/google/go-cmp"},
	"bot/discord":             {"mentor/bot", "mentor/bot/streak", "mentor/bot/chart", "mentor/knowledge", "github.com/bwmarrin/discordgo", "github.com/gorilla/websocket"},
	"bot/discord/discordtest": {"github.com/gorilla/websocket"},
	"bot/slack":               {"mentor/bot", "mentor/bot/streak", "mentor/bot/chart", "mentor/knowledge", "github.com/slack-go/slack", "github.com/gorilla/websocket"},
	"bot/slack/slacktest":     {"github.com/gorilla/websocket", "github.com/goccy/go-yaml"},
	"bot/watch":               {"mentor/bot", "mentor/bot/reminder", "mentor/bot/streak", "mentor/knowledge", "github.com/prometheus/client_golang"},
	"cmd/mentor":              {"mentor", "github.com/spf13", "github.com/agnivade/levenshtein", "github.com/adrg/xdg", "github.com/fsnotify/fsnotify", "github.com/schollz/progressbar", "golang.org/x/sync"},
	"cmd/mentorload":          {"mentor", "golang.org/x/sync"},
}

// testsMayImport is what tests may import as well.
var testsMayImport = []string{
	"mentor/knowledge", "mentor/bot/bottest", "mentor/bot/boltstore", "mentor/bot/redisstore", "mentor/bot/discord/discordtest", "mentor/bot/slack/slacktest", "mentor/index",
	"github.com/google/go-cmp", "github.com/goccy/go-yaml", "github.com/rogpeppe/go-internal", "pgregory.net/rapid", "github.com/alicebob/miniredis", "github.com/bwmarrin/discordgo", "github.com/slack-go/slack",
}

func TestImportsPointOneWay(t *testing.T) {
	root := os.DirFS("../..")
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".go" {
			return err
		}
		allowed, ok := mayImport[path.Dir(name)]
		if !ok {
			t.Errorf("%s: the package is not on the map; add it to mayImport and to ARCHITECTURE.md", name)
		}
		if strings.HasSuffix(name, "_test.go") {
			allowed = slices.Concat(allowed, testsMayImport, []string{"mentor/" + path.Dir(name)})
		}
		src, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if !isStandard(imported) && !slices.ContainsFunc(allowed, func(a string) bool { return imported == a || strings.HasPrefix(imported, a+"/") && a != "mentor/bot" }) {
				t.Errorf("%s imports %s, which package %s may not", name, imported, path.Dir(name))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// isStandard reports whether an import path is the standard library's: its first
// element has no dot, and it is not ours.
func isStandard(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return !strings.Contains(first, ".") && first != "mentor"
}
