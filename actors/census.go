package actors

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"switchyard/actors/routing"
)

// heading is one line of the headcount: conversations by state, agents by view, slots by use.
type heading struct{ kind, label string }

// The kinds of headings.
const (
	ofConversations = "conversations"
	ofAgents        = "agents"
	ofSlots         = "slots"
)

// The uses of a slot: free is one that nobody has, of an agent who takes conversations.
const (
	slotTaken = "taken"
	slotFree  = "free"
)

// headcount counts what is in memory, and adds up for how long: exact seconds at every look. It is a prometheus.Collector that
// asks the queues how their lines stand when it is scraped.
type headcount struct {
	engine *Engine

	mu      sync.Mutex
	since   time.Time
	count   map[heading]int
	seconds map[heading]float64
}

// share is what one tenure has put into the headcount, and takes out again when it ends.
type share map[heading]int

func newHeadcount(e *Engine) *headcount {
	h := &headcount{engine: e, since: time.Now(), count: map[heading]int{}, seconds: map[heading]float64{}}
	for _, s := range []routing.State{routing.Queued, routing.Offered, routing.Active, routing.Parked, routing.PostProcessing} {
		h.count[heading{ofConversations, string(s)}] = 0
	}
	for _, v := range routing.Views() {
		h.count[heading{ofAgents, string(v)}] = 0
	}
	h.count[heading{ofSlots, slotTaken}], h.count[heading{ofSlots, slotFree}] = 0, 0
	return h
}

// add changes some counts of a tenure.
func (h *headcount) add(s share, changes map[heading]int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sum()
	for k, n := range changes {
		h.count[k] += n
		s[k] += n
	}
}

// withdraw takes out what a tenure that is over has put in.
func (h *headcount) withdraw(s share) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sum()
	for k, n := range s {
		h.count[k] -= n
	}
	clear(s)
}

// sum adds up the seconds since the last change.
func (h *headcount) sum() {
	now := time.Now()
	for k, n := range h.count {
		h.seconds[k] += float64(n) * now.Sub(h.since).Seconds()
	}
	h.since = now
}

// moved notes that a conversation went from one state to another.
func (t *tenure) moved(was, is routing.Conversation) {
	if was.State == is.State {
		return
	}
	changes := map[heading]int{}
	if was.Open() {
		changes[heading{ofConversations, string(was.State)}]--
	}
	if is.Open() {
		changes[heading{ofConversations, string(is.State)}]++
	}
	t.engine.heads.add(t.share, changes)
}

// mustered notes that an agent stands otherwise than before; the zero Seat is nobody's.
func (t *tenure) mustered(was, is routing.Seat) {
	changes := map[heading]int{}
	for i, seat := range [...]routing.Seat{was, is} {
		n := 2*i - 1
		if seat.Agent != "" {
			changes[heading{ofAgents, string(seat.View())}] += n
			changes[heading{ofSlots, slotTaken}] += n * seat.Load
			changes[heading{ofSlots, slotFree}] += n * seat.Free()
		}
	}
	t.engine.heads.add(t.share, changes)
}

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("switchyard_"+name, help, labels, nil)
}

// Describe implements prometheus.Collector. What is collected depends on the configurations in force, so it promises nothing.
func (h *headcount) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (h *headcount) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	counter := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, labels...)
	}
	gauge(describe("inbox_depth", "Inputs that this node is to work off."), float64(h.engine.backlog()))
	gauge(describe("partitions_served", "Partitions that this node serves."), float64(len(h.engine.tenures())))
	gauge(describe("nodes_living", "Nodes that share the store, as far as this one knows."), float64(len(h.engine.members.lives())))
	h.mu.Lock()
	h.sum()
	for k, n := range h.count {
		switch k.kind {
		case ofConversations:
			gauge(describe("conversations", "Open conversations.", "state"), float64(n), k.label)
		case ofAgents:
			gauge(describe("agents", "Agents by what they are doing.", "state"), float64(n), k.label)
			counter(describe("agent_state_seconds_total", "Agents' time by what they were doing.", "state"), h.seconds[k], k.label)
		case ofSlots:
			counter(describe("agent_slot_seconds_total", "Slots' time by use.", "use"), h.seconds[k], k.label)
		}
	}
	h.mu.Unlock()
	for queue, line := range h.engine.lines() {
		queue := string(queue)
		gauge(describe("queue_waiting", "Conversations waiting now.", "queue"), float64(line.Waiting), queue)
		gauge(describe("queue_longest_wait_seconds", "How long the longest waiting conversation has waited.", "queue"), line.Longest.Seconds(), queue)
		expected(gauge, counter, queue, line)
		for _, reason := range routing.WaitReasons() {
			counter(describe("wait_reason_seconds_total", "Conversations' waiting time by what they waited for.", "queue", "reason"),
				line.Waits[reason].Seconds(), queue, reason)
		}
		gauge(describe("queue_waiting_over_threshold", "Conversations waiting longer than the service level.", "queue"), float64(line.Late), queue)
		for _, v := range routing.Views() {
			gauge(describe("queue_agents", "Members by what they are doing.", "queue", "state"), float64(line.Members[v]), queue, string(v))
		}
	}
}

// expected tells a queue's expected wait with its error bar, and how good its estimates were.
func expected(gauge, counter func(*prometheus.Desc, float64, ...string), queue string, line routing.LineCount) {
	if e := line.Expected; e != nil {
		gauge(describe("queue_expected_wait_seconds", "The expected wait of who comes now and finds nobody free.", "queue"), e.Wait.Seconds(), queue)
		gauge(describe("queue_expected_wait_bar_seconds", "Four waits of five are this near to the expected one.", "queue"), e.Bar.Seconds(), queue)
	}
	a := line.Accuracy
	counter(describe("queue_estimates_total", "Expected waits of conversations that have got an agent since.", "queue"), float64(a.Given), queue)
	counter(describe("queue_estimates_held_total", "Those of them that were right within their error bar.", "queue"), float64(a.Held), queue)
	counter(describe("queue_estimates_off_seconds_total", "By how much they were off in all.", "queue"), a.Off.Seconds(), queue)
}

// scrapePatience is how long all queues together may take to count their lines.
const scrapePatience = 500 * time.Millisecond

// lines asks all queues how they stand. Those of several tenants that have one name count as one; a queue that does not
// answer in time is left out.
func (e *Engine) lines() map[routing.QueueID]routing.LineCount {
	var asked int
	answers := make(chan routing.LineCount, 1024)
	for _, t := range e.tenures() {
		t.mu.Lock()
		for _, pid := range t.queues {
			if asked < cap(answers) {
				e.hollywood.Send(pid, headed{answers})
				asked++
			}
		}
		t.mu.Unlock()
	}
	counts := make(map[routing.QueueID]routing.LineCount, asked)
	late := time.NewTimer(scrapePatience)
	defer late.Stop()
	for range asked {
		select {
		case n := <-answers:
			counts[n.Queue] = together(counts[n.Queue], n)
		case <-late.C:
			return counts
		}
	}
	return counts
}

// together is how two lines stand that are counted as one.
func together(a, b routing.LineCount) routing.LineCount {
	b.Waiting += a.Waiting
	b.Late += a.Late
	b.Longest = max(a.Longest, b.Longest)
	for reason, d := range a.Waits {
		b.Waits[reason] += d
	}
	b.Accuracy.Given += a.Accuracy.Given
	b.Accuracy.Held += a.Accuracy.Held
	b.Accuracy.Off += a.Accuracy.Off
	if a.Expected != nil && (b.Expected == nil || a.Expected.Wait > b.Expected.Wait) {
		b.Expected = a.Expected
	}
	for view, n := range a.Members {
		b.Members[view] += n
	}
	return b
}
