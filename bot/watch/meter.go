package watch

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"mentor/bot"
	"mentor/bot/streak"
)

// A Meter is what the parts of the mentor tell while they work. It is made before
// them, and may be used from any number of goroutines.
type Meter struct {
	registry *prometheus.Registry
	tally    tally
	trouble  atomic.Pointer[trouble] // the last call of the store that failed

	questions  *prometheus.CounterVec
	replies    *prometheus.HistogramVec
	unsent     *prometheus.CounterVec
	confidence prometheus.Histogram
	checkins   *prometheus.CounterVec
	calls      *prometheus.HistogramVec
	failures   *prometheus.CounterVec
	jumps      prometheus.Counter
}

// Buckets, in seconds. Replies: Slack and Discord want a first word within 3 s, and
// a crowd on one channel waits for its limit for up to a minute. The store: a read of
// the file takes microseconds, and a command gives up after 2 s.
var (
	replyBuckets = []float64{.005, .01, .025, .05, .1, .25, .5, 1, 3, 10, 60}
	storeBuckets = []float64{.0001, .0005, .001, .005, .01, .05, .1, .5, 2}
	tenths       = []float64{.1, .2, .3, .4, .5, .6, .7, .8, .9}
)

// NewMeter returns a meter of a program of that version.
func NewMeter(version string) *Meter {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	histogram := func(name, help string, buckets []float64, label string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, []string{label})
	}
	m := &Meter{
		registry:   prometheus.NewRegistry(),
		questions:  counter("mentor_questions_total", "Messages that were answered, by what became of them.", "platform", "outcome"),
		replies:    histogram("mentor_reply_seconds", "Time from a message's arrival to the platform having the whole reply.", replyBuckets, "platform"),
		unsent:     counter("mentor_replies_unsent_total", "Replies that could not be sent whole.", "platform"),
		confidence: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "mentor_answer_confidence_ratio", Help: "Confidence of the best match for each question to the guide.", Buckets: tenths}),
		checkins:   counter("mentor_checkins_total", "Check-ins, by what they did.", "platform", "result"),
		calls:      histogram("mentor_store_call_seconds", "Time that calls of the store took, waiting included.", storeBuckets, "call"),
		failures:   counter("mentor_store_errors_total", "Calls of the store that failed.", "call"),
		jumps:      prometheus.NewCounter(prometheus.CounterOpts{Name: "mentor_clock_jumps_total", Help: "Times that the machine's clock was set by more than a few seconds, or the machine slept."}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "mentor_build_info", Help: "1, with what the program was built from.",
		ConstLabels: prometheus.Labels{"version": version, "goversion": runtime.Version()},
	})
	build.Set(1)
	m.registry.MustRegister(
		m.questions, m.replies, m.unsent, m.confidence, m.checkins, m.calls, m.failures, m.jumps, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// Turns returns what an adapter tells its turns to.
func (m *Meter) Turns(platform string) func(bot.Turn) {
	m.unsent.WithLabelValues(platform) // there from the start, so that an alert sees its first increase
	return func(t bot.Turn) { m.turn(platform, t) }
}

func (m *Meter) turn(platform string, t bot.Turn) {
	outcome := outcomeOf(t)
	m.questions.WithLabelValues(platform, outcome).Inc()
	m.replies.WithLabelValues(platform).Observe(t.Took().Seconds())
	if t.Lost {
		m.unsent.WithLabelValues(platform).Inc()
	}
	if asksGuide(t) {
		m.confidence.Observe(t.Reply.Confidence)
	}
	result := results[t.Reply.CheckIn]
	if result != "" {
		m.checkins.WithLabelValues(platform, result).Inc()
	}
	m.tally.add(t, outcome, result)
}

// A trouble is a call of the store that failed.
type trouble struct {
	at  time.Time
	err error
}

// reason says why, in words that hold no id: a call's own error may name a learner.
func (t *trouble) reason() string {
	if errno, ok := errors.AsType[syscall.Errno](t.err); ok {
		return errno.Error()
	}
	if errors.Is(t.err, context.DeadlineExceeded) {
		return "no answer in time"
	}
	return "the log says why"
}

// StoreCall is what a store tells its calls to.
func (m *Meter) StoreCall(call string, took time.Duration, err error) {
	m.calls.WithLabelValues(call).Observe(took.Seconds())
	if err != nil {
		m.failures.WithLabelValues(call).Inc()
		m.trouble.Store(&trouble{time.Now(), err})
	}
}

// outcomes are the words for what became of a message.
var outcomes = map[bot.Kind]string{
	bot.Answer: "answer", bot.Choices: "choices", bot.None: "none", bot.SmallTalk: "small_talk", bot.Help: "command", bot.Streak: "command",
	bot.Unavailable: "unavailable", bot.Unreadable: "unreadable",
}

func outcomeOf(t bot.Turn) string {
	if word := outcomes[t.Reply.Kind]; word != "" && !t.Broke {
		return word
	}
	return "broken"
}

// results are the words for what a check-in did.
var results = map[streak.Kind]string{streak.Counted: "counted", streak.Already: "already", streak.Filled: "filled"}

// asksGuide reports whether a turn was a question that was looked up, and not an
// entry that was asked for by name.
func asksGuide(t bot.Turn) bool {
	switch t.Reply.Kind {
	case bot.Answer, bot.Choices, bot.None:
		return !t.Broke && t.Reply.Confidence < 1
	}
	return false
}
