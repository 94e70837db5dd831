package knowledge_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"mentor/knowledge"
)

// TestExportedLessonsMakeALayer: they pass the check, and laid over the guide make
// the guide that the lessons made.
func TestExportedLessonsMakeALayer(t *testing.T) {
	lessons := []knowledge.Lesson{
		{Entry: &knowledge.Entry{
			ID: "our-club", Title: "Where is our club?", Ask: []string{"Where is our club?", "club room"}, Short: "In room 204, it's \"free\": # no fee.", More: "- one\n- two",
			See: []string{"lang-go"}, Sources: []knowledge.Source{{Title: "The club's page", URL: "https://example.org", Date: "2026"}},
		}},
		{Topic: "lang-go", Ask: []string{"the gopher thing", "room of the club"}},
		{Topic: "lang-go", Ask: []string{"gopher, what: is it?", "The gopher thing!"}},
	}
	files := map[string]string{}
	for name, data := range knowledge.Export(lessons, "2026-11") {
		files[name] = string(data)
	}
	problems, err := knowledge.CheckLayer(folder(files), knowledge.Builtin(), today)
	if err != nil || len(problems) > 0 {
		t.Fatalf("CheckLayer = %q, %v, want no problems", problems.Lines(), err)
	}
	laid, err := knowledge.Builtin().Lay(folder(files))
	if err != nil {
		t.Fatal(err)
	}
	got, want := laid.Entry("our-club"), *lessons[0].Entry
	want.Taught, want.Reviewed, want.Section = true, "2026-11", "taught"
	if diff := cmp.Diff(&want, got); diff != "" {
		t.Errorf("the exported entry (-want +got):\n%s", diff)
	}
	ask := laid.Entry("lang-go").Ask
	if diff := cmp.Diff([]string{"room of the club", "gopher, what: is it?", "The gopher thing!"}, ask[len(ask)-3:]); diff != "" {
		t.Errorf("the phrasings of lang-go, the same words once (-want +got):\n%s", diff)
	}
	if files := knowledge.Export(nil, "2026-11"); len(files) != 0 {
		t.Errorf("no lessons make the files %v", files)
	}
}
