package main

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWalkKilled is the walk with a kill after every step: each time everything is where it was.
func TestWalkKilled(t *testing.T) {
	t.Parallel()
	const customer = "+12025550110"
	s := newServer(t, 1, 2)
	agent, ctx := s.signIn("agent-0"), t.Context()
	if err := agent.setStatus(ctx, "available"); err != nil {
		t.Fatal(err)
	}
	s.text(customer, simulatedNumber, "Where is my order?")
	var before deskObject
	s.eventually("the offer rings", func() bool {
		var err error
		before, err = agent.desk(ctx)
		return err == nil && len(before.Offers) == 1
	})
	s.again(agent, before)
	taken, err := agent.accept(ctx, before.Offers[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	s.again(agent, s.deskOf(agent))
	sent, err := agent.reply(ctx, taken.ID, "It is on its way.", "")
	if err != nil {
		t.Fatal(err)
	}
	s.eventually("the reply is delivered", func() bool {
		told := agent.transcript(t, taken.ID)
		return told[len(told)-1].ID == sent.ID && told[len(told)-1].State == "delivered"
	})
	s.again(agent, s.deskOf(agent))
	if got := s.received(customer); len(got) != 1 {
		t.Errorf("the phone got %q, want the reply once", got)
	}
	ended, err := agent.end(ctx, taken.ID)
	if err != nil || ended.State != statePostProcessing {
		t.Fatalf("end: %+v, %v", ended, err)
	}
	s.again(agent, s.deskOf(agent))
	var saved, again struct{ ID string }
	path := "/v1/conversations/" + taken.ID
	if err := agent.call(ctx, http.MethodPost, path+"/case", "", map[string]string{"subject": "Order"}, &saved); err != nil {
		t.Fatal(err)
	}
	s.again(agent, s.deskOf(agent))
	if err := agent.call(ctx, http.MethodPost, path+"/case", "", map[string]string{"subject": "Order"}, &again); err != nil || again != saved {
		t.Errorf("saved again after a kill: %+v, %v; want %+v", again, err, saved)
	}
	if _, err := agent.wrapUp(ctx, taken.ID, "solved", ""); err != nil {
		t.Fatal(err)
	}
	s.again(agent, s.deskOf(agent))
	s.text(customer, simulatedNumber, "Thank you!")
	s.eventually("the second text is offered with its history", func() bool {
		desk, err := agent.desk(ctx)
		return err == nil && len(desk.Offers) == 1 && desk.Offers[0].Conversation.LinkedTo == taken.ID
	})
}

func (s *server) deskOf(agent client) deskObject {
	s.t.Helper()
	desk, err := agent.desk(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return desk
}

// again kills the service, starts it again and checks that the desk is what it was.
func (s *server) again(agent client, before deskObject) {
	s.t.Helper()
	s.kill()
	s.start()
	if diff := cmp.Diff(before, s.deskOf(agent)); diff != "" {
		s.t.Errorf("the desk after a kill (-before +after):\n%s", diff)
	}
}
