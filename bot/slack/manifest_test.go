package slack

import (
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mentor/bot/slack/slacktest"
)

// listed are the items of the list under a key of the manifest.
func listed(key string) []string {
	_, after, _ := strings.Cut(Manifest(), key+":\n")
	var items []string
	for line := range strings.SplitSeq(after, "\n") {
		item, ok := strings.CutPrefix(line, "      - ")
		if !ok {
			break
		}
		items = append(items, item)
	}
	return items
}

func TestManifest(t *testing.T) {
	if err := slacktest.CheckManifest(Manifest()); err != nil {
		t.Fatal(err)
	}
	granted := listed("bot")
	used := map[string]bool{"commands": true}
	for _, n := range slices.Concat(eventNeeds, callNeeds) {
		if n.scope != "" && !slices.Contains(granted, n.scope) {
			t.Errorf("%s needs %s, which the manifest does not ask for", n.what, n.scope)
		}
		used[n.scope] = true
	}
	for _, s := range granted {
		if !used[s] {
			t.Errorf("the manifest asks for %s, which nothing needs", s)
		}
		if without[s] == "" {
			t.Errorf("nothing says what does not work without %s", s)
		}
	}
	for _, e := range listed("bot_events") {
		if !slices.ContainsFunc(eventNeeds, func(n need) bool { return n.what == e }) {
			t.Errorf("the event %s is not among eventNeeds", e)
		}
	}
}

// calls are the methods of slack-go that the package uses, and what they call.
var calls = map[string]string{
	"AuthTestContext": "auth.test", "GetUserInfoContext": "users.info", "GetBotInfoContext": "bots.info", "PostMessageContext": "chat.postMessage",
	"PostEphemeralContext": "chat.postEphemeral", "GetConversationRepliesContext": "conversations.replies", "GetConversationHistoryContext": "conversations.history",
	"OpenConversationContext": "conversations.open", "OpenViewContext": "views.open", "UpdateViewContext": "views.update", "PublishViewContext": "views.publish",
	"UploadFileContext": "files.completeUploadExternal", "StartSocketModeContext": "",
}

// TestEveryCallIsCovered reads the package for calls of the client, so that a new
// one cannot go without its scope.
func TestEveryCallIsCovered(t *testing.T) {
	called := regexp.MustCompile(`\b(?:api|app)\.([A-Z]\w+)\(`)
	files, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range called.FindAllSubmatch(src, -1) {
			method, known := calls[string(m[1])]
			covered := method == "" || slices.ContainsFunc(callNeeds, func(n need) bool { return n.what == method })
			if !known || !covered {
				t.Errorf("%s calls %s, which callNeeds does not cover", name, m[1])
			}
		}
	}
}

func ExampleSetupSteps() {
	fmt.Println(len(SetupSteps()), "steps")
	// Output: 5 steps
}
