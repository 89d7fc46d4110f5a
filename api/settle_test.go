package api

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"switchyard/actors/routing"
	"switchyard/api/carrier"
	"switchyard/api/carrier/simulated"
	"switchyard/persistence"
	"switchyard/persistence/memory"
)

// telling is a carrier that tells of the texts it has sent.
type telling struct {
	carrier.Carrier
	sent  map[string]carrier.Outbound
	asked chan string
}

// Sent implements [carrier.Finder].
func (c telling) Sent(_ context.Context, _ carrier.Channel, id string) (carrier.Outbound, error) {
	c.asked <- id
	sent, found := c.sent[id]
	if !found {
		return sent, &carrier.SendError{Class: carrier.ClassInvalid}
	}
	return sent, nil
}

// TestTextsOfReportsAreAskedFor: the text of a report is ours when the carrier gives back our id, or when it says the same as the one text
// of unknown fate between the same numbers. A carrier is asked again when the report has become twice as old.
func TestTextsOfReportsAreAskedFor(t *testing.T) {
	t.Parallel()
	business := sample(acme).Channels[0].Number
	text := func(n int, body string, state routing.MessageState, carrierID string) routing.Outgoing {
		return routing.Outgoing{Message: routing.Message{ID: routing.ConversationID("cv_9").Message(n), Seq: n, Text: body, State: state}, CarrierID: carrierID}
	}
	unknown := text(2, "Hello. ", routing.MessageUnknown, "")
	for name, test := range map[string]struct {
		outbox []routing.Outgoing
		sent   carrier.Outbound
		want   routing.MessageID
	}{
		"its own id":        {nil, carrier.Outbound{Message: "ms_1_2"}, "ms_1_2"},
		"the same":          {[]routing.Outgoing{unknown, text(3, "Bye.", routing.MessageUnknown, "")}, carrier.Outbound{From: business, To: customerNumber, Body: "Hello."}, "ms_9_2"},
		"being sent":        {[]routing.Outgoing{text(2, "Hello.", routing.MessageSending, "")}, carrier.Outbound{From: business, To: customerNumber, Body: "Hello."}, "ms_9_2"},
		"one of two":        {[]routing.Outgoing{unknown, text(3, "Hello.", routing.MessageUnknown, "")}, carrier.Outbound{From: business, To: customerNumber, Body: "Hello."}, ""},
		"another's":         {[]routing.Outgoing{unknown}, carrier.Outbound{From: business, To: customerNumber, Body: "Buy!"}, ""},
		"another number's":  {[]routing.Outgoing{unknown}, carrier.Outbound{From: "+14155550999", To: customerNumber, Body: "Hello."}, ""},
		"another phone's":   {[]routing.Outgoing{unknown}, carrier.Outbound{From: business, To: "+14155550998", Body: "Hello."}, ""},
		"known by its id":   {[]routing.Outgoing{text(2, "Hello.", routing.MessageUnknown, "c1")}, carrier.Outbound{From: business, To: customerNumber, Body: "Hello."}, ""},
		"not sent yet":      {[]routing.Outgoing{text(2, "Hello.", routing.MessageQueued, "")}, carrier.Outbound{From: business, To: customerNumber, Body: "Hello."}, ""},
		"nothing is called": {[]routing.Outgoing{unknown}, carrier.Outbound{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				carriers := telling{simulated.New(nil, time.Now), map[string]carrier.Outbound{"c9": test.sent}, make(chan string, 10)}
				h := newHouseWith(t, memory.New(2), carriers)
				synctest.Wait() // it has looked once, and found nothing
				channel := sample(acme).Channels[0]
				c := routing.Conversation{ID: "cv_9", Tenant: acme, Channel: channel.ID, CustomerNumber: customerNumber, State: routing.Ended, Outbox: test.outbox}
				orphan := routing.Orphan{}.Hear(time.Now(), routing.ReceiveReceipt{CarrierID: "c9", State: routing.MessageDelivered, Channel: channel.ID, Carrier: "simulated"})
				h.put(t, acme, persistence.ConversationKey(string(acme), "cv_9"), c)
				h.put(t, acme, persistence.PastKey(string(acme), customerNumber, "cv_9"), struct{}{})
				h.put(t, acme, persistence.OrphanKey(string(acme), "simulated", "c9"), orphan)
				orphan.CarrierID = "c1" // which the carrier does not know
				h.put(t, acme, persistence.OrphanKey(string(acme), "simulated", "c1"), orphan)
				<-time.After(settleEvery)
				synctest.Wait()
				var want []asked
				if test.want != "" {
					want = []asked{{
						Tenant: acme, Key: "simulated/" + string(channel.ID) + "/f/c9", Window: 24 * time.Hour,
						Command: routing.ReceiveReceipt{Message: test.want, CarrierID: "c9", State: routing.MessageSent},
					}}
				}
				if diff := cmp.Diff(want, h.engine.commands()); diff != "" || len(carriers.asked) != 2 {
					t.Errorf("asked %d times, received (-want +got):\n%s", len(carriers.asked), diff)
				}
				<-time.After(3 * settleEvery)
				synctest.Wait()
				if len(carriers.asked) != 2*3 { // at 1, 2 and 4 minutes
					t.Errorf("asked %d times in four minutes, for two texts", len(carriers.asked))
				}
			})
		})
	}
}
