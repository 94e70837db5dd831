package watch

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// What is read when it is asked for. None of it asks a store or a platform.
var (
	connectedDesc  = platformDesc("mentor_platform_connected", "Connections to the platform that hear just now; 0 is cut off.")
	openedDesc     = platformDesc("mentor_platform_connections_opened_total", "Connections to the platform that were opened.")
	waitsDesc      = platformDesc("mentor_platform_limit_waits_total", "Requests that were held back because the platform allows no more.")
	waitedDesc     = platformDesc("mentor_platform_limit_wait_seconds_total", "By how long requests were held back, added up.")
	waitingDesc    = platformDesc("mentor_platform_waiting_messages", "Messages that were taken and are not answered yet.")
	partDesc       = prometheus.NewDesc("mentor_part_well", "1 when the part is well, 0 when it is not, as /readyz has it.", []string{"part"}, nil)
	remindersDesc  = prometheus.NewDesc("mentor_reminders_total", "Reminders, by what became of them.", []string{"result"}, nil)
	postsDesc      = prometheus.NewDesc("mentor_posts_total", "Daily messages and digests of groups, by what became of them.", []string{"result"}, nil)
	lateDesc       = prometheus.NewDesc("mentor_reminders_late_total", "Reminders that were sent more than a minute after they were due.", nil, nil)
	lagDesc        = prometheus.NewDesc("mentor_reminder_lag_seconds", "How long after they were due reminders were sent.", nil, nil)
	topicsDesc     = prometheus.NewDesc("mentor_guide_topics", "Topics of the guide.", nil, nil)
	reviewedDesc   = prometheus.NewDesc("mentor_guide_oldest_review_timestamp_seconds", "When the entry of the guide that was not read for longest was last reviewed.", nil, nil)
	collectorDescs = []*prometheus.Desc{
		connectedDesc, openedDesc, waitsDesc, waitedDesc, waitingDesc, partDesc, remindersDesc, postsDesc, lateDesc, lagDesc, topicsDesc, reviewedDesc,
	}
)

func platformDesc(name, help string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, []string{"platform"}, nil)
}

// A collector reads a Watch for Prometheus.
type collector struct{ w *Watch }

// Describe implements prometheus.Collector.
func (collector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range collectorDescs {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (c collector) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	counter := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, labels...)
	}
	for _, p := range c.w.Platforms {
		state := p.Connection()
		gauge(connectedDesc, float64(state.Open), p.Name)
		counter(openedDesc, float64(state.Opened), p.Name)
		counter(waitsDesc, float64(state.Waits), p.Name)
		counter(waitedDesc, state.Waited.Seconds(), p.Name)
		gauge(waitingDesc, float64(state.Waiting), p.Name)
	}
	for _, f := range c.w.findings() {
		well := 1.0
		if f.level == bad {
			well = 0
		}
		gauge(partDesc, well, f.part)
	}
	for result, n := range byResult(c.w.Reminders) {
		counter(remindersDesc, float64(n), result)
	}
	for result, n := range byResult(c.w.Posts) {
		counter(postsDesc, float64(n), result)
	}
	r := c.w.Reminders
	counter(lateDesc, float64(r.Late.Load()))
	out <- prometheus.MustNewConstSummary(lagDesc, uint64(r.Sent.Load()), r.Lag().Seconds(), nil)
	guide := guideFacts(c.w.Guide(), time.Time{})
	gauge(topicsDesc, float64(guide.Topics))
	if oldest, err := time.Parse("2006-01", guide.Oldest); err == nil {
		gauge(reviewedDesc, float64(oldest.Unix()))
	}
}
