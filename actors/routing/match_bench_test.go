package routing

import (
	"fmt"
	"testing"
	"time"
)

// desk is a queue in its steady state with every policy on: schedule, relaxation, wishes that are insisted on, aging, offers to two at
// once, last agents, refusals, overflow, texts to those who wait. Of its agents a fifth is free. Every call of next is one text: it
// comes, is offered, and whoever was taken the longest ago is free again.
type desk struct {
	line   *Line
	oracle *oracle
	queue  Queue
	asked  [][]Need
	taken  []AgentID // a ring
	at     int
	n      int
	clock  time.Time
}

func newDesk(b *testing.B, agents int) *desk {
	b.Helper()
	d := &desk{clock: rosterDay, queue: Queue{
		ID: "q", Priority: 7, AgingMinutes: 5, RelaxLevels: &Relaxation{30, 10, 20}, PreferForSeconds: 10, OfferTo: 2,
		Overflow: []OverflowRule{{When: WhenLength, Over: 1000, Then: ThenCase}, {When: WhenExpectedWait, Over: 1000, Then: ThenCase}, {When: WhenMaxWait, Over: 3600, Then: ThenCase}},
		Waiting:  &WaitingTexts{Welcome: "Hello.", Position: &PositionText{60, "{position}"}},
	}}
	tenant := &Tenant{ID: "acme", Queues: []Queue{d.queue}}
	d.oracle = &oracle{tenant: tenant, now: d.clock, agents: map[AgentID]*Agent{}}
	var free []AgentID
	floor := workFloor{
		pick: func(AgentRule, []Need, []AgentID) (AgentID, Level, bool) { return "", 0, false },
		seat: func(m Member) {
			if m.Ready {
				free = append(free, m.Agent)
			}
		},
	}
	enlist := func(a AgentID, skills map[SkillID]Level) {
		p := Profile{ID: a, Capacity: 1, Queues: []QueueID{"q"}, Skills: skills}
		tenant.Agents = append(tenant.Agents, p)
		d.oracle.agents[a] = NewAgent(p, AgentRecord{ID: a, Status: LoggedOut}, d.clock)
	}
	filled := newWorkFloor(floor, agents, enlist)
	d.asked, d.taken = filled.asked, filled.taken
	d.line = NewLine(d.queue, tenant.Members("q"))
	hours, err := officeHours().Calendar()
	if err != nil {
		b.Fatal(err)
	}
	d.line.Keep(hours)
	says(d.line.Open, d.clock)
	for _, a := range free {
		d.oracle.agents[a].Record.Status = Available
		d.sits(a, 0)
	}
	return d
}

func (d *desk) sits(a AgentID, load int) {
	hears(d.line.Sit, d.clock, &SeatChanged{Queue: "q", Ask: 1, Seat: Seat{Agent: a, Status: Available, Capacity: 1, Load: load, IdleSince: d.clock, Turn: d.clock}})
}

// item is the next text: every fourth has wishes, every eighth an agent who knows the customer, every other one whom two refused.
func (d *desk) item() Item {
	d.n++
	i := Item{
		Conversation: ConversationID(fmt.Sprintf("c%d", d.n)), Since: d.clock, Entered: d.clock, Skills: d.asked[d.n%len(d.asked)], Priority: d.n % 3,
	}
	if d.n%4 == 0 {
		i.PreferredSkills = d.asked[(d.n+1)%len(d.asked)]
	}
	if d.n%8 == 0 {
		i.LastAgent = d.taken[d.n%len(d.taken)]
	}
	if d.n%2 == 0 {
		i.Refused = []AgentID{d.taken[d.n%len(d.taken)], d.taken[(d.n+7)%len(d.taken)]}
	}
	return i
}

func (d *desk) next() (found bool) {
	d.clock = d.clock.Add(time.Millisecond)
	i := d.item()
	var invited []AgentID
	for _, e := range hears(d.line.Enter, d.clock, &i) {
		if r, ok := e.(*Reserve); ok {
			invited = append(invited, r.Agent)
			hears(d.line.Reserved, d.clock, &Reserved{Conversation: i.Conversation, Ticket: r.Ticket, Granted: true, Seat: Seat{Agent: r.Agent, Status: Available, Capacity: 1, Load: 1, Turn: d.clock}})
		}
	}
	hears(d.line.Leave, d.clock, &LeaveLine{Queue: "q", Conversation: i.Conversation, OfferedTo: invited})
	for _, a := range invited {
		a, d.taken[d.at] = d.taken[d.at], a
		d.at = (d.at + 1) % len(d.taken)
		d.sits(a, 0)
	}
	return len(invited) > 0
}

func (d *desk) run(texts int) {
	for range texts {
		d.next()
	}
}

// scan is the oracle's decision alone, without taking anybody.
func (d *desk) scan(texts int) {
	for range texts {
		d.clock = d.clock.Add(time.Millisecond)
		d.oracle.now = d.clock
		d.oracle.invited(d.queue, d.item())
	}
}

func per(b *testing.B, texts int, work func(int)) float64 {
	b.Helper()
	from := b.Elapsed()
	work(texts)
	return float64(b.Elapsed()-from) / float64(texts)
}

// BenchmarkLine measures a text's whole way through a line with every policy on, the explanation included. "ratios" sets a queue of
// 10,000 agents against the oracle's scan of as many (vs_scan, larger is better), and against a queue of 100 (vs_100, smaller is
// better): windows of each in turn, the median of the rounds' ratios.
func BenchmarkLine(b *testing.B) {
	for _, agents := range []int{100, 10_000} {
		b.Run(fmt.Sprintf("agents=%d", agents), func(b *testing.B) {
			d, found := newDesk(b, agents), 0
			d.run(agents)
			b.ReportAllocs()
			for b.Loop() {
				if d.next() {
					found++
				}
			}
			b.ReportMetric(float64(found)/float64(b.N), "found/op")
		})
	}
	b.Run("ratios", func(b *testing.B) {
		small, large, naive := newDesk(b, 100), newDesk(b, 10_000), newDesk(b, 10_000)
		small.run(10_000)
		large.run(10_000)
		naive.scan(10)
		var vs100, vsScan []float64
		for b.Loop() {
			hundred, tenThousand, scan := per(b, 5_000, small.run), per(b, 5_000, large.run), per(b, 10, naive.scan)
			vs100, vsScan = append(vs100, tenThousand/hundred), append(vsScan, scan/tenThousand)
		}
		b.ReportMetric(0, "ns/op") // of a round, which says nothing
		b.ReportMetric(median(vs100), "vs_100")
		b.ReportMetric(median(vsScan), "vs_scan")
	})
}
