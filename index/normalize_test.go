package index

import (
	"strings"
	"testing"
)

func TestNormalize(t *testing.T) {
	for message, want := range map[string]string{
		"Is C# like C++, or .NET?":        "is csharp like cplusplus or dotnet",
		"Node.js back-end":                "nodejs backend",
		"the back end and the Front End":  "the backend and the frontend",
		"what's an API":                   "what is an api",
		"i’m full stack":                  "i am fullstack",
		"js for be good idea?":            "javascript for backend good idea",
		"ai impact on BE?":                "ai impact on backend",
		"BE dev roadmap":                  "backend developer roadmap",
		"fe or be":                        "frontend or backend",
		"will it be hard":                 "will it be hard",
		"what do I want to be":            "what do i want to be",
		"do i need k8s for a jr be role?": "do i need kubernetes for a junior backend role",
		"see https://example.org/python and www.example.org": "see and",
		"hey <@123> <#9> <:snake:5>":                         "hey",
		"run ```py print(1)``` please":                       "run please",
		"🐍 or ☕":                                             "python or java",
		"ｐｙｔｈｏｎ":                                             "python",
		"a\xffb":                                             "a b",
	} {
		var got []string
		for _, w := range normalize(message) {
			got = append(got, w.text)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("normalize(%q) = %q, want %q", message, s, want)
		}
	}
}

func TestTheAskingSentenceWeighsMore(t *testing.T) {
	story := "I worked in a shop for ten years and then my back gave up so I had to stop. Is python hard to learn? My wife laughs at me."
	weights := map[string]float32{}
	for _, w := range normalize(story) {
		weights[w.text] = w.weight
	}
	if weights["python"] != askingWeight || weights["shop"] != 1 || weights["laughs"] != 1 {
		t.Errorf("weights = %v, want %v in the sentence with the question mark only", weights, askingWeight)
	}
}

func TestLongMessagesAreBounded(t *testing.T) {
	if n := len(normalize(strings.Repeat("word ", 8000))); n > maxWords {
		t.Errorf("normalize of 8000 words kept %d, want at most %d", n, maxWords)
	}
}

func TestSpeller(t *testing.T) {
	say := func(lines ...string) (all [][]word) {
		for _, l := range lines {
			all = append(all, normalize(l))
		}
		return all
	}
	s := newSpeller(say("learn python", "python salary", "salary of python", "python pyhton", "python python python python", "salary salary salary", "crust crust crust", "rust crust", "plumber"),
		say("The number of jobs, the number of people, the number."))
	for typed, want := range map[string]string{
		"pyhton": "python", "pythn": "python", "pythonn": "python", "salry": "salary", "crust": "crust",
		"rust": "rust", "pyt": "pyt", "typhoon": "typhoon", "numbr": "number",
	} {
		if got := s.repair(normalize(typed))[0].text; got != want {
			t.Errorf("repair(%q) = %q, want %q", typed, got, want)
		}
	}
}
