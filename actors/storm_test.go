package actors

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"switchyard/actors/routing"
	"switchyard/persistence"
	"switchyard/persistence/faulty"
	"switchyard/persistence/memory"
)

// storm is a contact centre in which everything happens at once, and the store and the carrier fail at random.
type storm struct {
	*desk
	store   *faulty.Store
	dice    *rand.Rand
	doing   sync.WaitGroup
	texts   map[string][]string // accepted, by customer's number, in order
	carrier moodyCarrier

	mu      sync.Mutex
	replies map[string]routing.Code // answered, by text; empty when granted
}

// moodyCarrier takes a text, refuses it for now, or leaves its sender without an answer.
type moodyCarrier struct {
	mu    sync.Mutex
	dice  *rand.Rand
	calm  bool
	taken map[routing.MessageID]int // calls after which the carrier may have the text
	again []routing.MessageID       // handed over although it may have had them
}

func (m *moodyCarrier) Send(_ context.Context, _ routing.TenantID, _ routing.ChannelID, id routing.MessageID, _, _, _ string) (string, *routing.SendFailure) {
	m.mu.Lock()
	mood := m.dice.IntN(10)
	if m.calm {
		mood = 9
	}
	if m.taken[id] > 0 {
		m.again = append(m.again, id)
	}
	if mood != 0 {
		m.taken[id]++
	}
	m.mu.Unlock()
	switch mood {
	case 0:
		return "", &routing.SendFailure{Failure: routing.Failure{Class: "rate"}, Retryable: true}
	case 1:
		return "", &routing.SendFailure{Failure: routing.Failure{Class: "unknown"}, Unknown: true}
	case 2:
		<-time.After(3 * time.Second)
	}
	return "SM-" + string(id), nil
}

func TestStormLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { newStorm(t, seed).blow(400) })
		})
	}
}

func newStorm(t *testing.T, seed uint64) *storm {
	dice := rand.New(rand.NewPCG(seed, 1))
	s := &storm{
		store: faulty.New(memory.New(1)), dice: dice, texts: map[string][]string{}, replies: map[string]routing.Code{},
		carrier: moodyCarrier{dice: rand.New(rand.NewPCG(seed, 2)), taken: map[routing.MessageID]int{}},
	}
	s.desk = openWith(t, s.store, nil, &s.carrier)
	s.available("ann", "bob")
	return s
}

// blow has so many things happen, lets them come to rest, and checks that nothing was lost.
func (s *storm) blow(steps int) {
	for i := range steps {
		s.step(i)
		if s.dice.IntN(3) == 0 {
			<-time.After(time.Duration(s.dice.IntN(2000)) * time.Millisecond)
		}
	}
	s.doing.Wait()
	s.carrier.mu.Lock()
	s.carrier.calm = true
	s.carrier.mu.Unlock()
	pass(5 * time.Minute)
	s.available("ann", "bob")
	s.checkWaiting()
	s.finish()
	s.check()
	s.close()
	s.checkInbox()
}

func (s *storm) step(i int) {
	switch n := s.dice.IntN(100); {
	case n < 30:
		s.write(fmt.Sprintf("+141555501%02d", s.dice.IntN(12)), fmt.Sprint("text ", i))
	case n < 80:
		s.work(i)
	case n < 86:
		agent := routing.AgentID([]string{"ann", "bob"}[s.dice.IntN(2)])
		status := []routing.Status{routing.Available, routing.Available, routing.OnBreak, routing.LoggedOut}[s.dice.IntN(4)]
		s.do(string(agent), routing.SetStatus{Agent: agent, Status: status}, "")
	case n < 90:
		s.fault(faulty.Unknown)
	case n < 93:
		s.fault(faulty.Fail)
	case n < 96:
		s.fault(faulty.Lose)
	case n < 98:
		s.doing.Wait()
		s.close()
		s.start()
	default: // as a crash: nobody finishes anything
		for _, tenure := range s.engine.tenures() {
			tenure.fail(persistence.ErrLost)
		}
	}
}

// fault lets one of the next commits fail.
func (s *storm) fault(kind func(faulty.Method, int) faulty.Fault) {
	s.store.Soon(kind, faulty.Commit, 1+s.dice.IntN(3))
}

// write has a customer send a text until it is taken, sometimes twice.
func (s *storm) write(number, body string) {
	cmd := routing.ReceiveText{Channel: "main", From: number, Body: body, CarrierID: body}
	for range 1 + s.dice.IntN(2) {
		if err := s.engine.Receive(s.t.Context(), acme, cmd, body, "", time.Hour); err != nil {
			s.t.Error(err)
		}
	}
	s.texts[number] = append(s.texts[number], body)
}

// work has an agent do the next thing with some conversation.
func (s *storm) work(i int) {
	all := s.conversations()
	if len(all) == 0 {
		return
	}
	c := all[s.dice.IntN(len(all))]
	switch holder := string(c.Agent); {
	case c.State == routing.Offered:
		s.do(string(c.Ringing.Agent), routing.AcceptOffer{Offer: c.Ringing.ID}, "")
	case c.State == routing.Active && s.dice.IntN(4) > 0:
		text := fmt.Sprint("reply ", i)
		s.do(holder, routing.SendReply{Conversation: c.ID, Text: text}, text)
	case c.State == routing.Active:
		s.do(holder, routing.EndConversation{Conversation: c.ID}, "")
	case c.State == routing.PostProcessing && s.dice.IntN(2) == 0:
		s.do(holder, routing.WrapUp{Conversation: c.ID}, "")
	}
}

// do gives a command, and repeats it under its key until it is answered.
func (s *storm) do(agent string, cmd routing.Command, reply string) {
	key := fmt.Sprint(s.dice.Uint64())
	s.doing.Go(func() {
		for range 20 {
			a, err := s.engine.Do(s.t.Context(), acme, agentNamed(agent), cmd, key, "")
			if err != nil {
				<-time.After(time.Second)
				continue
			}
			if reply != "" {
				s.mu.Lock()
				defer s.mu.Unlock()
				s.replies[reply] = ""
				if a.Refusal != nil {
					s.replies[reply] = a.Refusal.Code
				}
			}
			return
		}
		s.t.Errorf("%T was never answered", cmd)
	})
}

// checkWaiting looks for somebody who waits although nobody says why.
func (s *storm) checkWaiting() {
	open := s.conversations()
	tenant := acmeConfig()
	var records []routing.AgentRecord
	stored, err := s.store.Scan(s.t.Context(), s.part(), persistence.AgentPrefix(string(acme)), "", 100)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, r := range stored {
		var record routing.AgentRecord
		decode(s.t, r.Value, &record)
		records = append(records, record)
	}
	agents := routing.Floor(&tenant, records, open)
	for _, q := range tenant.Queues {
		line := routing.Committed(clock(), &tenant, q.ID, agents, open, time.Time{})
		for _, id := range line.Waiting() {
			for _, why := range line.Why(clock(), id) {
				if why.For == routing.WaitOffer {
					s.t.Errorf("%s waits: %s", id, why.Detail)
				}
			}
		}
	}
}

// finish has the agents work off all there is.
func (s *storm) finish() {
	for range 100 {
		open := s.conversations()
		if len(open) == 0 {
			return
		}
		for _, c := range open {
			switch agent := agentNamed(string(c.Agent)); c.State {
			case routing.Offered:
				s.ask(agentNamed(string(c.Ringing.Agent)), routing.AcceptOffer{Offer: c.Ringing.ID})
			case routing.Active, routing.Parked:
				s.ask(agent, routing.EndConversation{Conversation: c.ID})
			case routing.PostProcessing:
				s.ask(agent, routing.WrapUp{Conversation: c.ID})
			case routing.Queued, routing.Ended:
			}
		}
		pass(time.Second)
	}
	for _, c := range s.conversations() {
		s.t.Errorf("never comes to an end: %+v", c)
	}
}

// logged is an event with its place among all of the partition.
type logged struct {
	at persistence.ID
	routing.Envelope
}

func (s *storm) check() {
	got := map[string][]string{}
	sent := map[string]int{}
	var events []logged
	for _, c := range s.ended() {
		items, err := s.store.Range(s.t.Context(), s.part(), persistence.LogList(string(acme), string(c.ID)), "", 10000)
		if err != nil {
			s.t.Fatal(err)
		}
		var folded routing.Conversation
		for _, item := range items {
			e := logged{at: item.ID}
			decode(s.t, item.Value, &e.Envelope)
			folded = folded.Apply(e.At, e.Event)
			events = append(events, e)
		}
		if diff := cmp.Diff(folded, c); diff != "" {
			s.t.Errorf("%s is not the fold of its log:\n%s", c.ID, diff)
		}
		for _, m := range routing.Transcript(s.log(c.ID)) {
			if m.Direction == routing.Inbound {
				got[c.CustomerNumber] = append(got[c.CustomerNumber], m.Text)
			} else {
				sent[m.Text]++
			}
		}
	}
	if diff := cmp.Diff(s.texts, got); diff != "" {
		s.t.Errorf("texts (-accepted +in transcripts):\n%s", diff)
	}
	s.checkReplies(sent)
	s.checkSlots(events)
	numbers := gather(s.t, s.registry)
	for _, name := range []string{"panics_total", "dead_inputs_total", "capacity_violations_total"} {
		if numbers["switchyard_"+name] != "0" {
			s.t.Errorf("%s is %s", name, numbers["switchyard_"+name])
		}
	}
}

func (s *storm) checkReplies(sent map[string]int) {
	for text, no := range s.replies {
		if want := map[bool]int{true: 1}[no == ""]; sent[text] != want {
			s.t.Errorf("%q was answered %q and is in the transcripts %d times", text, no, sent[text])
		}
	}
	s.carrier.mu.Lock()
	defer s.carrier.mu.Unlock()
	if len(s.carrier.again) > 0 {
		s.t.Errorf("sent again although the carrier may have had them: %v", s.carrier.again)
	}
}

// checkSlots replays everything in the order of the commits: at no time does an agent hold more than the capacity.
func (s *storm) checkSlots(events []logged) {
	slices.SortFunc(events, func(a, b logged) int { return strings.Compare(string(a.at), string(b.at)) })
	tenant := acmeConfig()
	all := map[routing.ConversationID]routing.Conversation{}
	for _, e := range events {
		was := all[e.Conversation]
		all[e.Conversation] = was.Apply(e.At, e.Event)
		load := map[routing.AgentID]int{}
		for c := range maps.Values(all) {
			for _, h := range c.Holdings() {
				load[h.Agent]++
			}
		}
		for _, a := range tenant.Agents {
			if load[a.ID] > a.Slots() {
				s.t.Fatalf("%s holds %d after %s of %s", a.ID, load[a.ID], e.Type, e.Conversation)
			}
		}
	}
}

// checkInbox looks for what was accepted and never worked off.
func (s *storm) checkInbox() {
	lease, err := s.store.Acquire(s.t.Context(), s.part(), "test")
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Second)
	defer cancel()
	for e, err := range s.store.Inbox(ctx, lease, "") {
		s.t.Errorf("left in the inbox: %s %v", e.Body, err)
	}
}
