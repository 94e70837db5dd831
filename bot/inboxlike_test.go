package bot

import (
	"bufio"
	"os"
	"strings"
	"testing"
)

// A pair is two questions of testdata/likeness.tsv.
type pair struct {
	same, held bool
	a, b       string
}

func pairs(tb testing.TB) []pair {
	tb.Helper()
	file, err := os.Open("testdata/likeness.tsv")
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	var out []pair
	for in := bufio.NewScanner(file); in.Scan(); {
		if f := strings.Split(in.Text(), "\t"); len(f) == 4 {
			out = append(out, pair{f[0] == "same", f[1] == "held", f[2], f[3]})
		}
	}
	return out
}

// TestLikeness measures the likeness on pairs of questions, on half of which
// nobody has looked when it was made.
func TestLikeness(t *testing.T) {
	for _, held := range []bool{false, true} {
		right, taken, same, n := 0, 0, 0, 0
		for _, p := range pairs(t) {
			if p.held != held {
				continue
			}
			n++
			like := likeness(gistOf(p.a), gistOf(p.b))
			if back := likeness(gistOf(p.b), gistOf(p.a)); back-like > 1e-9 || like-back > 1e-9 {
				t.Errorf("likeness(%q, %q) = %.2f, and %.2f the other way round", p.a, p.b, like, back)
			}
			if p.same {
				same++
			}
			switch {
			case like >= alike && p.same:
				right, taken = right+1, taken+1
			case like >= alike:
				taken++
				t.Logf("held %v: taken for the same (%.2f): %q, %q", held, like, p.a, p.b)
			case p.same:
				t.Logf("held %v: not taken for the same (%.2f): %q, %q", held, like, p.a, p.b)
			}
		}
		precision, recall := float64(right)/float64(taken), float64(right)/float64(same)
		t.Logf("held %v: %d pairs, precision %.3f, recall %.3f", held, n, precision, recall)
		if precision < 0.95 || recall < 0.6 || n < 100 {
			t.Errorf("held %v: %d pairs, precision %.3f, recall %.3f, want at least 100, 0.95 and 0.6", held, n, precision, recall)
		}
	}
}

func TestMistyped(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"kubernet", "kubernet", false},
		{"kubernet", "kubrenet", true},
		{"docker", "dockr", true},
		{"docker", "dokcer", true},
		{"docker", "doctor", false},
		{"postgr", "postgre", true},
		{"monday", "sunday", false},
		{"java", "jaav", false},
		{"queue", "queuex", true},
		{"queue", "quiet", false},
		{"", "", false},
	} {
		if got, back := mistyped(c.a, c.b), mistyped(c.b, c.a); got != c.want || back != c.want {
			t.Errorf("mistyped(%q, %q) = %v and %v, want %v", c.a, c.b, got, back, c.want)
		}
	}
}
