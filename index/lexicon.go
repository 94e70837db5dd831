package index

import (
	_ "embed"
	"strings"
	"sync"
)

// compounds are two words that are one thing.
var compounds = map[string]string{
	"back end": "backend", "back ends": "backend", "back ended": "backend", "front end": "frontend", "front ends": "frontend",
	"full stack": "fullstack", "fullstack dev": "fullstack developer", "boot camp": "bootcamp", "boot camps": "bootcamp",
	"data base": "database", "data bases": "database", "self taught": "selftaught", "self teach": "selftaught",
	"self study": "selfstudy", "open source": "opensource", "micro services": "microservices", "micro service": "microservices",
	"no sql": "nosql", "my sql": "mysql", "type script": "typescript", "java script": "javascript", "power shell": "powershell",
	"side project": "sideproject", "side projects": "sideproject", "git hub": "github", "linked in": "linkedin", "free lance": "freelance",
	"free lancer": "freelancer", "dev ops": "devops", "home office": "remote", "part time": "parttime", "full time": "fulltime",
	"burn out": "burnout", "burned out": "burnout", "burnt out": "burnout", "stand out": "standout", "lay off": "layoff", "lay offs": "layoff",
	"laid off": "layoff", "life long": "lifelong", "chat gpt": "chatgpt", "golang lang": "golang", "go lang": "golang", "c sharp": "csharp",
	"c plus": "cplusplus", "dot net": "dotnet", "asp net": "dotnet", "spring boot": "springboot", "ruby rails": "rails",
	"data structures": "datastructures", "data structure": "datastructures", "leet code": "leetcode", "whats app": "whatsapp",
}

// abbreviations are written out. The long form may be several words.
var abbreviations = map[string]string{
	"fe": "frontend", "js": "javascript", "ts": "typescript", "py": "python", "db": "database", "dbs": "database", "k8s": "kubernetes",
	"kube": "kubernetes", "dsa": "datastructures algorithms", "ds": "datastructures", "algos": "algorithms", "algo": "algorithms", "dev": "developer",
	"devs": "developers", "swe": "software engineer", "sde": "software engineer", "eng": "engineer", "jr": "junior", "jnr": "junior", "sr": "senior",
	"snr": "senior", "yoe": "years experience", "exp": "experience", "xp": "experience", "cv": "resume", "uni": "university", "cs": "computer science",
	"ml": "machine learning", "oop": "object oriented programming", "pls": "please", "plz": "please", "u": "you", "ur": "your", "r": "are", "n": "and",
	"rn": "now", "tho": "though", "bc": "because", "cuz": "because", "coz": "because", "idk": "i do not know", "dunno": "do not know", "gonna": "going to",
	"wanna": "want to", "gotta": "have to", "kinda": "kind of", "ppl": "people", "yrs": "years", "yr": "year", "hrs": "hours", "hr": "hours", "mths": "months",
	"wk": "week", "langs": "languages", "lang": "language", "prog": "programming", "proj": "project", "infra": "infrastructure", "admin": "administrator",
	"repo": "repository", "repos": "repositories", "auth": "authentication", "pg": "postgresql", "postgres": "postgresql", "mongo": "mongodb",
	"rails": "rails ruby", "ror": "rails ruby", "golang": "golang go", "springboot": "spring boot", "cicd": "ci cd", "oss": "opensource", "llms": "llm ai",
	"llm": "llm ai", "chatgpt": "chatgpt ai", "copilot": "copilot ai", "gpt": "chatgpt ai", "claude": "claude ai", "wfh": "remote work home",
	"im": "i am", "ive": "i have", "id": "i would", "ill": "i will", "dont": "do not", "doesnt": "does not", "didnt": "did not", "cant": "can not",
	"cannot": "can not", "wont": "will not", "isnt": "is not", "arent": "are not", "wasnt": "was not", "whats": "what is", "wats": "what is", "thats": "that is",
	"theres": "there is", "hows": "how is", "wheres": "where is", "whos": "who is", "youre": "you are", "theyre": "they are", "its": "it is",
	"shouldnt": "should not", "couldnt": "could not", "wouldnt": "would not", "havent": "have not", "hasnt": "has not", "aint": "is not",
}

// The neighbours that make the word "be" mean back end, or the verb.
var (
	afterBE = set("dev devs developer developers engineer engineers engineering eng role roles job jobs roadmap salary pay interview interviews stack position " +
		"positions work path skills internship career lang language languages framework frameworks roadmaps team code coding course courses bootcamp side")
	beforeBE     = set("for in of on or vs versus fe frontend jr junior sr senior mid js python java golang go php node learn learning with about into from as my")
	verbBeforeBE = set("to will can could should would must may might not i we you they gonna shall cannot cant it this that there")
)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

//go:embed lexicon.txt
var lexiconText string

// concepts maps a stem to the ideas it stands for: pay, salary and earn are
// one. A question that uses another word than the phrasings is found by them.
var concepts = sync.OnceValue(func() map[string][]string {
	m := map[string][]string{}
	for line := range strings.Lines(lexiconText) {
		name, words, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok || strings.HasPrefix(name, "#") {
			continue
		}
		for w := range strings.FieldsSeq(words) {
			s := stem(w)
			m[s] = append(m[s], "="+name)
		}
	}
	return m
})
