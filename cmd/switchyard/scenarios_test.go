package main

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
)

const (
	firstCustomer  = "+12025550110"
	secondCustomer = "+12025550111"
)

// send has a customer text the contact centre, and takes down what became of it.
func (c *tenancy) send(from, text string) int {
	status := c.text(from, simulatedNumber, text)
	c.rec.sentText(phoneText{from, simulatedNumber, text}, status)
	return status
}

// insist has a customer text until one text is taken. Each try has words of its own: one that was not taken may be there all the same.
func (i *installation) insist(c *tenancy, from, text string) {
	i.t.Helper()
	try := 0
	eventually(i.t, "a text is taken", func() bool {
		try++
		return c.send(from, fmt.Sprint(text, ", try ", try))/100 == 2
	})
}

// unseen is the agent, whose commands are not taken down: what a failover drops is not held against it.
func (c *tenancy) unseen() client {
	agent := c.agents["agent-0"]
	agent.http = c.http
	return agent
}

// engage has the agent accept a conversation with a customer.
func (i *installation) engage(agent client, c *tenancy, from, text string) string {
	i.t.Helper()
	ctx := i.t.Context()
	if status := c.send(from, text); status/100 != 2 {
		i.t.Fatalf("webhook: %d", status)
	}
	if err := agent.setStatus(ctx, "available"); err != nil {
		i.t.Fatal(err)
	}
	return i.take(agent)
}

// take accepts what rings.
func (i *installation) take(agent client) string {
	i.t.Helper()
	var taken conversationObject
	eventually(i.t, "an offer is accepted", func() bool {
		desk, err := agent.desk(i.t.Context())
		if err != nil || len(desk.Offers) == 0 {
			return false
		}
		taken, err = agent.accept(i.t.Context(), desk.Offers[0].ID)
		return err == nil
	})
	return taken.ID
}

// part ends a conversation and its post-processing.
func (i *installation) part(agent client, conversation string) {
	i.t.Helper()
	if _, err := agent.end(i.t.Context(), conversation); err != nil {
		i.t.Fatal(err)
	}
	if _, err := agent.wrapUp(i.t.Context(), conversation, "solved", ""); err != nil {
		i.t.Fatal(err)
	}
}

// stale lets the replica come as far as the primary, and no further.
func (i *installation) stale(c *tenancy) {
	i.t.Helper()
	field := "switchyard:{p" + strconv.Itoa(c.part) + "}:own"
	eventually(i.t, "the replica has everything", func() bool {
		there, err := i.redis.replica.Try("hget", field, "seq")
		return err == nil && there == i.redis.own(c.part, "seq")
	})
	i.redis.between.hold()
}

// failOver promotes the replica as it is.
func (i *installation) failOver() {
	i.t.Helper()
	i.redis.promote()
	i.redis.restore()
}

// commits is the number of the contact centre's last commit.
func (i *installation) commits(c *tenancy) int {
	n, _ := strconv.Atoi(i.redis.own(c.part, "seq"))
	return n
}

// lostPast: the owner outlives a failover that lost the end of a conversation. It still believes the agent to be free.
func (i *installation) lostPast() {
	c := i.centres[0]
	agent := c.unseen()
	talk := i.engage(agent, c, firstCustomer, "first")
	i.stale(c)
	i.part(agent, talk)
	i.failOver()
	i.insist(c, secondCustomer, "second")
}

// twoOwners: the same, but the owner was frozen meanwhile, and another node has come, has made as many commits since, and is
// gone again.
func (i *installation) twoOwners() {
	c, owner, other := i.centres[0], i.nodes[0], i.nodes[1]
	agent := c.unseen()
	talk := i.engage(agent, c, firstCustomer, "first")
	i.stale(c)
	i.part(agent, talk)
	for range 5 { // so that the other has enough to catch up with
		i.idle(c, owner)
	}
	lost := i.commits(c)
	owner.freeze()
	i.failOver()
	other.start()
	eventually(i.t, "the other node has taken over", func() bool { return other.answers() && i.owner(c) == other })
	eventually(i.t, "it has made as many commits", func() bool {
		if i.commits(c) < lost {
			i.idle(c, other)
		}
		return i.commits(c) >= lost
	})
	if made := i.commits(c); made != lost {
		i.t.Fatalf("the other node has made commit %d, past %d", made, lost)
	}
	other.die()
	eventually(i.t, "the other node is missed", i.redis.deserted)
	owner.thaw()
	i.insist(c, secondCustomer, "second")
}

// idle has a node make one more commit, which changes nothing; called again before that is made it is the same one.
func (i *installation) idle(c *tenancy, n *node) {
	canary := newClient("http://"+n.listen, c.canary.token, c.http)
	_ = canary.call(i.t.Context(), http.MethodPut, "/v1/desk/status", fmt.Sprintf("%s/%d", n.listen, i.commits(c)),
		map[string]string{"status": "on_break"}, nil) // who calls this looks at what came of it
}

// lostInput: a text is read and worked off before the replica has it, and then the replica is promoted. The carrier was told
// that it is not taken yet, and sends it again.
func (i *installation) lostInput() {
	c := i.centres[0]
	i.stale(c)
	before := i.commits(c)
	h := c.hook("first")
	var over atomic.Bool
	var posting sync.WaitGroup
	defer func() {
		over.Store(true)
		posting.Wait()
	}()
	posting.Go(func() {
		for !over.Load() {
			if status, _ := h.post(i.t, "http://"+i.nodes[0].listen); status/100 == 2 {
				c.rec.sentText(phoneText{firstCustomer, simulatedNumber, "first"}, status)
				return
			}
		}
	})
	eventually(i.t, "the text is worked off", func() bool { return i.commits(c) > before })
	i.failOver()
	eventually(i.t, "the text is taken", func() bool { return c.rec.taken() == 1 })
}

// hook is a webhook that brings a text from a customer.
func (c *tenancy) hook(text string) hookCall {
	h := simulatedHook("sim_1", firstCustomer, text, testSecret)
	h.path += "-" + string(c.tenant.ID)
	return h
}

// webhookTwice: the carrier brings the same text to two nodes at once.
func (i *installation) webhookTwice() {
	c := i.centres[0]
	h := c.hook("first")
	var posting sync.WaitGroup
	for _, n := range i.nodes {
		posting.Go(func() {
			if status, _ := h.post(i.t, "http://"+n.listen); status != http.StatusNoContent {
				i.t.Errorf("webhook: %d", status)
			}
		})
	}
	posting.Wait()
	c.rec.sentText(phoneText{firstCustomer, simulatedNumber, "first"}, http.StatusNoContent)
}

// nextInLine: the agent has one place, and one customer waits for it.
func (i *installation) nextInLine() {
	c := i.centres[0]
	agent := c.agents["agent-0"]
	talk := i.engage(agent, c, firstCustomer, "first")
	if status := c.send(secondCustomer, "second"); status/100 != 2 {
		i.t.Fatalf("webhook: %d", status)
	}
	i.part(agent, talk)
	i.take(agent)
}

// reportFirst: the reports on a reply are there before its carrier's answer, and do not bring our id.
func (i *installation) reportFirst() {
	agent := i.centres[0].agents["agent-0"]
	talk := i.engage(agent, i.centres[0], firstCustomer, "first")
	if _, err := agent.reply(i.t.Context(), talk, "second", ""); err != nil {
		i.t.Fatal(err)
	}
	eventually(i.t, "the carrier's answer is known", func() bool {
		last := agent.transcript(i.t, talk)
		return slices.Contains([]string{"sent", "delivered"}, last[len(last)-1].State)
	})
}
