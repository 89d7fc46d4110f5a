package actors

import (
	"sync"
	"time"

	"github.com/anthdm/hollywood/actor"
	"github.com/prometheus/client_golang/prometheus"

	"switchyard/actors/measures"
	"switchyard/actors/routing"
)

// heading is one line of the headcount: conversations by state, agents by view, slots by use; or one of an agent's own measures.
type heading struct {
	kind, label string
	tenant      routing.TenantID // of an agent's own
}

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
	engine   *Engine
	perAgent bool

	mu      sync.Mutex
	since   time.Time
	count   map[heading]int
	seconds map[heading]float64
}

// share is what one tenure has put into the headcount, and takes out again when it ends.
type share map[heading]int

func newHeadcount(e *Engine, perAgent bool) *headcount {
	h := &headcount{engine: e, perAgent: perAgent, since: time.Now(), count: map[heading]int{}, seconds: map[heading]float64{}}
	for _, s := range []routing.State{routing.Queued, routing.Offered, routing.Active, routing.Parked, routing.PostProcessing} {
		h.count[heading{kind: ofConversations, label: string(s)}] = 0
	}
	for _, v := range routing.Views() {
		h.count[heading{kind: ofAgents, label: string(v)}] = 0
	}
	h.count[heading{kind: ofSlots, label: slotTaken}], h.count[heading{kind: ofSlots, label: slotFree}] = 0, 0
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
		if k.tenant != "" { // who serves the agent now tells
			delete(h.count, k)
			delete(h.seconds, k)
		}
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
func (t *tenure) moved(was, is *routing.Conversation) {
	t.waiting.moved(is)
	if was.State == is.State {
		return
	}
	changes := map[heading]int{}
	if was.Open() {
		changes[heading{kind: ofConversations, label: string(was.State)}]--
	}
	if is.Open() {
		changes[heading{kind: ofConversations, label: string(is.State)}]++
	}
	t.engine.heads.add(t.share, changes)
}

// mustered notes that an agent stands otherwise than before; the zero Seat is nobody's.
func (t *tenure) mustered(tenant routing.TenantID, was, is routing.Seat) {
	changes := map[heading]int{}
	for i, seat := range [...]routing.Seat{was, is} {
		n := 2*i - 1
		if seat.Agent != "" {
			changes[heading{kind: ofAgents, label: string(seat.View())}] += n
			changes[heading{kind: ofSlots, label: slotTaken}] += n * seat.Load
			changes[heading{kind: ofSlots, label: slotFree}] += n * seat.Free()
			if t.engine.heads.perAgent {
				changes[own(measures.AgentConversations, tenant, seat)] += n * seat.Load
				changes[own(measures.AgentFreeSlots, tenant, seat)] += n * seat.Free()
				changes[own(measures.AgentAvailable, tenant, seat)] += n * available(seat)
			}
		}
	}
	t.engine.heads.add(t.share, changes)
}

// own is the heading of one of an agent's own measures.
func own(kind string, tenant routing.TenantID, s routing.Seat) heading {
	return heading{kind: kind, label: string(s.Agent), tenant: tenant}
}

func available(s routing.Seat) int {
	if s.Status == routing.Available && !s.Gone {
		return 1
	}
	return 0
}

// Describe implements prometheus.Collector. What is collected depends on the configurations in force, so it promises nothing.
func (h *headcount) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (h *headcount) Collect(ch chan<- prometheus.Metric) {
	show := func(name string, v float64, labels ...string) { ch <- measures.Collected(name, v, labels...) }
	inputs, age := h.engine.backlog()
	show(measures.InboxDepth, float64(inputs))
	show(measures.InboxOldest, age.Seconds())
	show(measures.PartitionsServed, float64(len(h.engine.tenures())))
	show(measures.NodesLiving, float64(len(h.engine.members.lives())))
	h.mu.Lock()
	h.sum()
	for k, n := range h.count {
		switch k.kind {
		case ofConversations:
			show(measures.Conversations, float64(n), k.label)
		case ofAgents:
			show(measures.Agents, float64(n), k.label)
			show(measures.AgentStateSeconds, h.seconds[k], k.label)
		case ofSlots:
			show(measures.AgentSlotSeconds, h.seconds[k], k.label)
		case measures.AgentConversations, measures.AgentFreeSlots, measures.AgentAvailable:
			show(k.kind, float64(n), string(k.tenant), k.label)
		}
	}
	h.mu.Unlock()
	queues, channels := h.engine.lines()
	now := time.Now()
	for _, t := range h.engine.tenures() {
		t.waiting.count(now, queues)
	}
	for _, line := range queues {
		showLine(show, *line)
	}
	for channel, texts := range channels {
		show(measures.OutboxWaiting, float64(texts.waiting), string(channel))
		show(measures.OutboxOldest, texts.oldest.Seconds(), string(channel))
	}
}

func showLine(show func(name string, v float64, labels ...string), line standing) {
	queue := string(line.Queue)
	show(measures.QueueWaiting, float64(line.waiting), queue)
	show(measures.LongestWait, line.longest.Seconds(), queue)
	show(measures.QueueThreshold, line.Level.Seconds(), queue)
	show(measures.ReplyTarget, line.Target.Seconds(), queue)
	show(measures.WaitingOverThreshold, float64(line.late), queue)
	for _, v := range routing.Views() {
		show(measures.QueueAgents, float64(line.Members[v]), queue, string(v))
	}
	for _, reason := range routing.WaitReasons() {
		show(measures.WaitReasons, line.Waits[reason].Seconds(), queue, reason)
	}
	var expected routing.Estimate
	if line.Expected != nil {
		expected = *line.Expected
	}
	show(measures.ExpectedWait, expected.Wait.Seconds(), queue)
	show(measures.ExpectedWaitBar, expected.Bar.Seconds(), queue)
	show(measures.Estimates, float64(line.Accuracy.Given), queue)
	show(measures.EstimatesHeld, float64(line.Accuracy.Held), queue)
	show(measures.EstimatesOff, line.Accuracy.Off.Seconds(), queue)
}

// scrapePatience is how long all queues and couriers together may take to count.
const scrapePatience = 500 * time.Millisecond

// asksAtOnce bounds how many queues, and how many couriers, a scrape asks.
const asksAtOnce = 1024

// lines asks all queues how they stand, and all couriers what waits with them. Those of several tenants that have one name count as
// one; one that does not answer in time is left out.
func (e *Engine) lines() (map[routing.QueueID]*standing, map[routing.ChannelID]outbox) {
	lines, texts := make(chan routing.LineCount, asksAtOnce), make(chan outbox, asksAtOnce)
	asked, counting := 0, 0
	for _, t := range e.tenures() {
		t.mu.Lock()
		asked += e.ask(t.queues, asksAtOnce-asked, headed{lines})
		counting += e.ask(t.couriers, asksAtOnce-counting, counted{texts})
		t.mu.Unlock()
	}
	queues, channels := make(map[routing.QueueID]*standing, asked), make(map[routing.ChannelID]outbox, counting)
	late := time.NewTimer(scrapePatience)
	defer late.Stop()
	for range asked + counting {
		select {
		case n := <-lines:
			if was := queues[n.Queue]; was != nil {
				n = together(was.LineCount, n)
			}
			queues[n.Queue] = &standing{LineCount: n}
		case n := <-texts:
			was := channels[n.channel]
			channels[n.channel] = outbox{n.channel, was.waiting + n.waiting, max(was.oldest, n.oldest)}
		case <-late.C:
			return queues, channels
		}
	}
	return queues, channels
}

// ask sends a question to so many actors at most, and returns to how many.
func (e *Engine) ask(pids []*actor.PID, most int, question any) int {
	pids = pids[:min(len(pids), most)]
	for _, pid := range pids {
		e.hollywood.Send(pid, question)
	}
	return len(pids)
}

// together is how two lines stand that are counted as one.
func together(a, b routing.LineCount) routing.LineCount {
	b.Level = max(a.Level, b.Level)
	b.Target = max(a.Target, b.Target)
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
