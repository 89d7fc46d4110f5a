package actors

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"
	_ "time/tzdata" // schedules name zones, and not every machine knows them

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// policy puts a change of acme's configuration into force.
func (d *desk) policy(change func(*routing.Tenant)) {
	d.t.Helper()
	is := acmeConfig()
	change(&is)
	d.reconfigure(is)
}

func (d *desk) record(agent string) routing.AgentRecord {
	d.t.Helper()
	b, err := d.store.Get(d.t.Context(), d.part(), persistence.AgentKey(string(acme), agent))
	var r routing.AgentRecord
	if err == nil {
		err = json.Unmarshal(b, &r)
	}
	if err != nil {
		d.t.Fatal(err)
	}
	return r
}

// A wait alone lets somebody be asked who was not good enough, also when the service was started over meanwhile.
func TestLevelsRelaxByTheClock(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.policy(func(c *routing.Tenant) {
			c.Queues[0].Skills = []routing.Need{{Skill: "english", Level: 100}}
			c.Queues[0].RelaxLevels = &routing.Relaxation{EverySeconds: 30, Step: 10, Floor: 50}
		})
		d.available("ann")
		d.text("+14155550100", "m1", "hello")
		d.close()
		pass(10 * time.Second)
		d.start()
		pass(19 * time.Second)
		if c := d.conversations()[0]; c.State != routing.Queued {
			t.Fatalf("%s before its time", c.State)
		}
		pass(time.Second)
		if c := d.conversations()[0]; c.State != routing.Offered {
			t.Fatalf("%s after its wait", c.State)
		}
	})
}

// What becomes of a miss is remembered over a restart, and the desktop hears of it.
func TestMissesAreRemembered(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.available("ann")
		d.text("+14155550100", "m1", "hello")
		pass(routing.DefaultOfferTimeout)
		until := d.record("ann").CoolUntil
		d.close()
		d.start()
		synctest.Wait()
		if c := d.conversations()[0]; c.State != routing.Queued || until.IsZero() {
			t.Fatalf("%s, no offers until %v", c.State, until)
		}
		pass(routing.CoolDown)
		if c := d.conversations()[0]; c.State != routing.Offered {
			t.Fatalf("%s after the penalty", c.State)
		}
		pass(routing.DefaultOfferTimeout)
		if r := d.record("ann"); r.Status != routing.OnBreak || r.Reason != routing.ReasonMissed {
			t.Fatalf("after the second miss: %+v", r)
		}
		d.available("ann")
		if c := d.conversations()[0]; c.State != routing.Offered {
			t.Fatalf("%s when she is back", c.State)
		}
	})
}

// More than half of the agents miss offers: the counter tells, and nobody is on break.
func TestStormIsCounted(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.policy(func(c *routing.Tenant) {
			c.Queues[0].MissedOffers = routing.MissStrict
			c.Agents = append(c.Agents, routing.Profile{ID: "cid", Name: "Cid", Queues: []routing.QueueID{"support"}})
			for i := range c.Agents { // nobody can be asked beside what rings
				c.Agents[i].Capacity = 1
			}
		})
		d.available("ann", "bob", "cid")
		for i := range 3 {
			d.text(fmt.Sprintf("+1415555010%d", i), fmt.Sprintf("m%d", i), "hello")
		}
		pass(routing.DefaultOfferTimeout)
		for _, a := range []string{"ann", "bob", "cid"} {
			if r := d.record(a); r.Status != routing.Available {
				t.Errorf("%s is %s", a, r.Status)
			}
		}
		if n := gather(t, d.registry)[`switchyard_queue_storms_total{queue="support"}`]; n != "1" {
			t.Errorf("%s storms", n)
		}
		if slices.ContainsFunc(d.conversations(), func(c routing.Conversation) bool { return c.State != routing.Queued }) {
			t.Errorf("something is offered in the storm: %+v", d.conversations())
		}
		b, err := d.store.Get(t.Context(), d.part(), persistence.HoldKey(string(acme), "support"))
		var hold routing.Hold
		if err == nil {
			err = json.Unmarshal(b, &hold)
		}
		if err != nil || hold.Agents != 3 || !hold.Until.Equal(clock().Add(routing.StormHold)) {
			t.Errorf("those who ask hear of %+v, %v", hold, err)
		}
		told, err := d.store.Range(t.Context(), d.part(), persistence.DecisionStream(string(acme)), "", 10)
		if err != nil || len(told) != 4 || !bytes.Contains(told[0].Value, []byte(`"offer.made"`)) || !bytes.Equal(told[3].Value, b) {
			t.Errorf("%d decisions are told, %v", len(told), err)
		}
		pass(routing.StormHold)
		ringing := 0
		for _, c := range d.conversations() {
			if c.State == routing.Offered {
				ringing++
			}
		}
		if ringing < 2 { // one may be left whom only the agent could take who has missed it: the others are tried first
			t.Errorf("%d are offered after the storm", ringing)
		}
	})
}

// A text to a closed queue is answered once and becomes a numbered case of its customer's.
func TestClosedQueueMakesACase(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.policy(func(c *routing.Tenant) {
			c.Schedules = []routing.Schedule{{ID: "never", Zone: "Europe/Berlin", Exceptions: []routing.SpecialHours{{Date: "1999-12-31", From: "09:00", To: "10:00"}}}}
			c.Queues[0].Schedule = "never"
			c.Queues[0].Closed = &routing.ClosedPolicy{Then: routing.ThenCase, Reply: "We are closed."}
		})
		d.available("ann")
		d.text("+14155550100", "m1", "my order")
		d.text("+14155550100", "m2", "is late")
		pass(time.Second)
		if said := d.sent.said(); len(said) != 1 || said[0] != "We are closed." {
			t.Errorf("the customer was told %q", said)
		}
		pass(time.Minute)
		ended := d.ended()
		if len(ended) != 1 || ended[0].Case == "" || len(d.conversations()) != 0 {
			t.Fatalf("%+v", ended)
		}
		b, err := d.store.Get(t.Context(), d.part(), persistence.CaseKey(string(acme), string(ended[0].Case)))
		var k routing.Case
		if err == nil {
			err = json.Unmarshal(b, &k)
		}
		if err != nil || k.Number != 1 || len(k.Conversations) != 1 {
			t.Errorf("%+v, %v", k, err)
		}
		told, err := d.store.Range(t.Context(), d.part(), persistence.DecisionStream(string(acme)), "", 10)
		if err != nil || len(told) != 1 || !bytes.Contains(told[0].Value, []byte(`"from":"support","reason":"closed"`)) {
			t.Errorf("supervisors are told %s, %v", told, err)
		}
	})
}

// The channel's rules look at the record of the customer whose number it is.
func TestRulesKnowTheCustomer(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.policy(func(c *routing.Tenant) {
			c.Channels[0].Rules = []routing.ChannelRule{
				{Name: "vip", Attribute: &routing.AttributeIs{Name: "tier", Is: "VIP"}, Queue: "sales", Priority: 7},
			}
		})
		d.must(routing.Principal{Role: routing.RoleAdmin, ID: "root"}, routing.CreateCustomer{Customer: routing.CustomerDraft{
			Name: "Ana", Numbers: []string{"+14155550100"}, Attributes: map[string]string{"tier": "vip"},
		}})
		d.text("+14155550100", "m1", "hello")
		d.text("+14155550101", "m2", "hello")
		for _, c := range d.conversations() {
			want := routing.QueueID("support")
			if c.CustomerNumber == "+14155550100" {
				want = "sales"
			}
			if c.Queue != want || (c.Priority == 7) != (want == "sales") {
				t.Errorf("%s is in %s with priority %d", c.CustomerNumber, c.Queue, c.Priority)
			}
		}
	})
}

// A queue that has too much to do tells its customer and gives the conversation away; what is waited for is counted.
func TestOverflowIsTold(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.policy(func(c *routing.Tenant) {
			c.Queues[0].Overflow = []routing.OverflowRule{{When: routing.WhenNoAgents, Then: routing.ThenQueue, Queue: "sales", Reply: "Sales will help you."}}
		})
		d.text("+14155550100", "m1", "hello")
		pass(10 * time.Second)
		c := d.conversations()[0]
		if said := d.sent.said(); c.Queue != "sales" || c.Diverted != 1 || len(said) != 1 || said[0] != "Sales will help you." {
			t.Errorf("in %s, told %q", c.Queue, said)
		}
		numbers := gather(t, d.registry)
		for series, want := range map[string]string{
			`switchyard_queue_entries_ended_total{outcome="overflowed",queue="support"}`:   "1",
			`switchyard_wait_reason_seconds_total{queue="sales",reason="agent_available"}`: "10",
			`switchyard_wait_reason_seconds_total{queue="sales",reason="skill"}`:           "0",
			`switchyard_requeued_total{queue="support",reason="overflow"}`:                 "1",
		} {
			if numbers[series] != want {
				t.Errorf("%s is %q, want %s", series, numbers[series], want)
			}
		}
	})
}
