package main

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// asked is what a client asks of one conversation: accept its first offer, end it, wrap it up, write to it as its customer, or
// look at it. Late says that the offer may have lapsed by the answer.
type asked struct {
	what string
	late bool
}

// told is the answer: yes, no, or nobody knows; and for a look, the state.
type told struct {
	yes, unknown bool
	state        string
}

// point is where a conversation stands, and where it has ever stood: what is read may be as old as that.
type point struct {
	state string
	been  [5]bool
}

// lapsed is the state of a conversation whose first offer rings no more, and was not accepted.
const lapsed = "lapsed"

func states() []string {
	return []string{"offered", stateActive, statePostProcessing, stateEnded, lapsed}
}

func (p point) enter(state string) point {
	p.state = state
	for i, s := range states() {
		p.been[i] = p.been[i] || s == state
	}
	return p
}

// talk is the sequential truth: what one conversation would answer if everybody asked in a row.
func talk() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return point{}.enter("offered") },
		Step: func(at, input, output any) (bool, any) {
			p, in, out := at.(point), input.(asked), output.(told)
			if in.what == "look" {
				return out.unknown || p.mayShow(out.state), p
			}
			next, possible := p.after(in)
			if out.unknown || out.yes == possible {
				return true, next
			}
			if in.late && !out.yes && p.state == "offered" {
				return true, p.enter(lapsed)
			}
			return false, p
		},
	}
}

// after is where a question leads, and whether it is answered with yes.
func (p point) after(in asked) (next point, yes bool) {
	switch {
	case in.what == "accept" && p.state == "offered":
		return p.enter(stateActive), true
	case in.what == "end" && p.state == stateActive:
		return p.enter(statePostProcessing), true
	case in.what == "wrap_up" && p.state == statePostProcessing:
		return p.enter(stateEnded), true
	case in.what == "text" && p.state == statePostProcessing:
		return p.enter(stateActive), true
	}
	return p, in.what == "text"
}

func (p point) mayShow(state string) bool {
	for i, s := range states() {
		if p.been[i] && (s == state || s == lapsed && (state == stateQueued || state == "offered")) {
			return true
		}
	}
	return false
}

// crowd is several clients at one conversation, and what they were told.
type crowd struct {
	*tenancy
	agent        client
	offer, about string
	lapses       time.Time
	begun        time.Time

	mu      sync.Mutex
	history []porcupine.Operation
}

// errNotTaken says that the carrier has given a text up; it may have been taken all the same.
var errNotTaken = errors.New("not taken")

// ask asks once, and takes down the answer.
func (c *crowd) ask(ctx context.Context, who int, in asked) {
	call := time.Since(c.begun)
	var out told
	var err error
	switch in.what {
	case "accept":
		err = c.agent.call(ctx, "POST", "/v1/offers/"+c.offer+"/accept", "", nil, nil)
	case "end":
		_, err = c.agent.end(ctx, c.about)
	case "wrap_up":
		_, err = c.agent.wrapUp(ctx, c.about, "solved", "")
	case "text":
		var status int
		if status, err = c.typed(ctx, phoneText{firstCustomer, simulatedNumber, "more"}); err == nil && status/100 != 2 {
			err = errNotTaken
		}
	case "look":
		var now conversationObject
		err = c.sam.call(ctx, "GET", "/v1/conversations/"+c.about, "", nil, &now)
		out.state = now.State
	}
	end := int64(time.Since(c.begun))
	no := (*refusal)(nil)
	switch refused := errors.As(err, &no) && no.final(); {
	case err == nil:
		out.yes = true
	case !refused:
		out.unknown, end = true, math.MaxInt64 // it may still happen
	}
	in.late = time.Now().After(c.lapses)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.history = append(c.history, porcupine.Operation{ClientId: who, Input: in, Call: int64(call), Output: out, Return: end})
}

// The crowd.
const (
	crowdClients   = 4
	crowdQuestions = 5
	crowdHaste     = 800 * time.Millisecond
)

// ringing waits until a customer's conversation rings at the agent.
func (i *installation) ringing() *crowd {
	i.t.Helper()
	c := &crowd{tenancy: i.centres[0], begun: time.Now()}
	c.agent = c.agents["agent-0"]
	eventually(i.t, "a text is taken", func() bool { return c.text(firstCustomer, simulatedNumber, "first")/100 == 2 })
	eventually(i.t, "it rings", func() bool {
		desk, err := c.agent.desk(i.t.Context())
		if err != nil || len(desk.Offers) == 0 {
			return false
		}
		c.offer, c.about, c.lapses = desk.Offers[0].ID, desk.Offers[0].Conversation.ID, desk.Offers[0].ExpiresAt
		return true
	})
	return c
}

// TestLinear: whoever asks, of whichever node, while nodes and Redis fail: the answers about one conversation are those that
// some order of the questions would get, each asked once and somewhere between question and answer.
func TestLinear(t *testing.T) {
	t.Parallel()
	c := &chaos{
		installation: newInstallation(t, plan{program: buildProgram(t), nodes: 3, tenants: 1, agents: 1, capacity: 1, wait: 1, calm: true}),
		dice:         rand.New(rand.NewPCG(chaosSeed(t), 1)), count: map[string]int{}, took: map[string][]time.Duration{},
	}
	agent := c.centres[0].agents["agent-0"]
	// A busy machine's replica may be slower than Redis was told to wait for it.
	eventually(t, "the agent is available", func() bool { return agent.setStatus(t.Context(), "available") == nil })
	yes := map[string]int{}
	for _, strike := range []func(*chaos){(*chaos).steal, (*chaos).killNode, (*chaos).killRedis, (*chaos).failOver, (*chaos).freezeNode} {
		crowd := c.ringing()
		var asking sync.WaitGroup
		for who := range crowdClients {
			dice := rand.New(rand.NewPCG(c.dice.Uint64(), 0))
			asking.Go(func() {
				for n := range crowdQuestions {
					what := []string{"accept", "end", "wrap_up", "text", "look"}[dice.IntN(5)]
					if who+n == 0 {
						what = "accept" // so that there is something to be done
					}
					crowd.ask(t.Context(), who, asked{what: what})
					wait(t.Context(), time.Duration(dice.Int64N(int64(crowdHaste))))
				}
			})
		}
		strike(c)
		asking.Wait()
		if !porcupine.CheckOperations(talk(), crowd.history) {
			for _, o := range crowd.history {
				t.Logf("%d: %+v → %+v, %v to %v", o.ClientId, o.Input, o.Output, time.Duration(o.Call), time.Duration(o.Return))
			}
			t.Fatal("no order of these questions gets these answers")
		}
		for _, o := range crowd.history {
			if out := o.Output.(told); out.yes {
				yes[o.Input.(asked).what]++
			}
		}
		c.clear(agent)
	}
	t.Logf("answered with yes: %v", yes)
}

// clear ends whatever the agent still holds.
func (c *chaos) clear(agent client) {
	c.t.Helper()
	eventually(c.t, "the desk is clear", func() bool {
		desk, err := agent.desk(c.t.Context())
		if err != nil {
			return false
		}
		for _, o := range desk.Offers {
			_, _ = agent.accept(c.t.Context(), o.ID) // the next look tells
		}
		for _, k := range desk.Conversations {
			_, _ = agent.end(c.t.Context(), k.ID)
			_, _ = agent.wrapUp(c.t.Context(), k.ID, "solved", "")
		}
		return len(desk.Offers)+len(desk.Conversations) == 0
	})
}

// TestLinearComplains: answers that no order explains are found out.
func TestLinearComplains(t *testing.T) {
	t.Parallel()
	yes, no := told{yes: true}, told{}
	for _, row := range []struct {
		name  string
		right bool
		steps []porcupine.Operation
	}{
		{"in a row", true, inRow("accept", yes, "end", yes, "text", yes, "end", yes, "wrap_up", yes, "end", no)},
		{"accepted twice", false, inRow("accept", yes, "accept", yes)},
		{"ended before it was accepted", false, inRow("end", yes)},
		{"refused without a reason", false, inRow("accept", yes, "end", no)},
		{"a text forgotten", false, inRow("accept", yes, "end", yes, "text", yes, "wrap_up", yes)},
		{"seen before it happened", false, inRow("accept", yes, "look", told{yes: true, state: stateEnded})},
		{"seen late", true, inRow("accept", yes, "end", yes, "look", told{yes: true, state: stateActive})},
		{"unknown and done", true, inRow("accept", told{unknown: true}, "end", yes)},
		{"unknown and not done", true, inRow("accept", told{unknown: true}, "end", no)},
	} {
		if porcupine.CheckOperations(talk(), row.steps) != row.right {
			t.Errorf("%s: want %v", row.name, row.right)
		}
	}
}

// inRow is a history of questions and answers, one after the other.
func inRow(steps ...any) []porcupine.Operation {
	var history []porcupine.Operation
	for n := 0; n < len(steps); n += 2 {
		out := steps[n+1].(told)
		o := porcupine.Operation{Input: asked{what: steps[n].(string)}, Output: out, Call: int64(2 * n), Return: int64(2*n + 1)}
		if out.unknown {
			o.Return = math.MaxInt64
		}
		history = append(history, o)
	}
	return history
}
