package api

import (
	"testing"
	"time"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

const customerNumber = "+14155550123"

// noon is when everything in the samples happened.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC)

// conversation makes one with agent ann in a state; offered, it rings at her.
func conversation(id string, state routing.State) routing.Conversation {
	c := routing.Conversation{
		ID: routing.ConversationID("cv_" + id), Tenant: acme, Channel: "sim-acme", BusinessNumber: "+14155550100",
		CustomerNumber: customerNumber, Queue: "support", State: state, StateSince: noon, CreatedAt: noon, WaitingSince: noon,
		Seq: 1, UnreadSeqs: []int{1}, Rev: 3, UnansweredSince: noon,
		Skills: []routing.Need{{Skill: "billing", Level: 50}},
	}
	last := inbound(c.ID, 1, "hello")
	c.LastMessage = &last
	switch state {
	case routing.Offered:
		c.Deadline = noon.Add(30 * time.Second)
		c.Ringing = &routing.Offer{ID: c.ID.Offer(1), Agent: "ann", Reason: routing.OfferNew, OfferedAt: noon, ExpiresAt: c.Deadline}
	case routing.Active, routing.Parked, routing.Ended:
		c.Agent = "ann"
	case routing.PostProcessing:
		c.Agent, c.Deadline = "ann", noon.Add(time.Minute)
	case routing.Queued:
	}
	return c
}

func inbound(c routing.ConversationID, seq int, text string) routing.Message {
	return routing.Message{
		ID: c.Message(seq), Seq: seq, Conversation: c, Direction: routing.Inbound, Kind: routing.KindSMS, Text: text, At: noon,
		CarrierAt: &noon, Media: []routing.Media{{ContentType: "image/jpeg"}},
	}
}

func reply(c routing.ConversationID, seq int, state routing.MessageState) routing.Message {
	return routing.Message{
		ID: c.Message(seq), Seq: seq, Conversation: c, Direction: routing.Outbound, Kind: routing.KindSMS, Text: "hi", Agent: "ann",
		At: noon, State: state, Segments: 1, Encoding: "GSM-7", ClientRef: "ref",
	}
}

// keep commits a conversation with its indexes and log.
func (h *house) keep(t testing.TB, tenant routing.TenantID, c routing.Conversation, log ...routing.Event) {
	t.Helper()
	c.Tenant = tenant
	id, ten := string(c.ID), string(tenant)
	h.batch(t, tenant, func(b *persistence.Batch) {
		if c.State == routing.Ended {
			b.Put[persistence.ConversationKey(ten, id)] = encoded(t, c)
		} else {
			b.Put[persistence.HotConversationKey(ten, id)] = encoded(t, c)
		}
		for _, h := range c.Holdings() {
			b.Put[persistence.HeldKey(ten, string(h.Agent), id)] = []byte{}
		}
		if c.State == routing.Parked {
			b.Put[persistence.ParkedKey(ten, string(c.Agent), id)] = []byte{}
		}
		if c.Agent != "" {
			b.Put[persistence.HadKey(ten, string(c.Agent), id)] = []byte{}
		}
		b.Put[persistence.PastKey(ten, c.CustomerNumber, id)] = []byte{}
		for _, e := range (&routing.Conversation{ID: c.ID}).Seal(noon, routing.Principal{}, log) {
			b.Append = append(b.Append, persistence.Append{List: persistence.LogList(ten, id), Value: encoded(t, e)})
		}
	})
}

// keepCustomer commits a customer with an open and a closed case.
func (h *house) keepCustomer(t testing.TB, tenant routing.TenantID, id string, numbers ...string) routing.Customer {
	t.Helper()
	c := routing.Customer{ID: routing.CustomerID("cu_" + id), Name: "Carla " + id, Numbers: numbers, CreatedAt: noon}
	ten := string(tenant)
	h.batch(t, tenant, func(b *persistence.Batch) {
		b.Put[persistence.CustomerKey(ten, string(c.ID))] = encoded(t, c)
		for _, n := range numbers {
			b.Put[persistence.NumberKey(ten, n, string(c.ID))] = []byte{}
		}
		for i, status := range []routing.CaseStatus{routing.CaseOpen, routing.CaseClosed} {
			k := sampleCase(routing.CaseID("ca_"+id+string(status)), c.ID, i+1)
			k.Status = status
			b.Put[persistence.CaseKey(ten, string(k.ID))] = encoded(t, k)
			b.Put[persistence.CasesKey(ten, string(c.ID), string(k.ID))] = []byte{}
		}
	})
	return c
}

func sampleCase(id routing.CaseID, customer routing.CustomerID, number int) routing.Case {
	return routing.Case{
		ID: id, Number: number, Subject: "Broken kettle", Status: routing.CaseOpen, Severity: "medium", Visibility: "public",
		Customer: customer, Conversations: []routing.ConversationID{"cv_1"}, FollowUpAt: &noon, CreatedAt: noon,
	}
}
