package api

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"switchyard/actors/routing"
	"switchyard/api/carrier"
	"switchyard/api/carrier/simulated"
	"switchyard/persistence"
	"switchyard/persistence/memory"
)

// listing is a carrier that lists two texts, of which one cannot be answered.
type listing struct {
	carrier.Carrier
	asked chan time.Time
}

// Received implements [carrier.Lister].
func (l listing) Received(_ context.Context, ch carrier.Channel, since time.Time) ([]carrier.Text, error) {
	l.asked <- since
	return []carrier.Text{
		{CarrierID: "1", From: "ACME", To: ch.Number, Body: "an advertisement"}, {CarrierID: "2", From: customerNumber, To: ch.Number, Body: "missed"},
	}, nil
}

// TestMissedTexts: what a carrier has received and nobody took is taken, under the id that a webhook would have brought, where the channel
// asks for that.
func TestMissedTexts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		carriers := listing{simulated.New(nil, time.Now), make(chan time.Time, 10)}
		h := newHouseWith(t, memory.New(2), carriers)
		c := sample(acme)
		c.Channels[0].RecoverHours = 3
		h.put(t, acme, persistence.ConfigKey(string(acme)), routing.Config{Tenant: c, ETag: "e2"})
		<-time.After(recoverEvery)
		synctest.Wait()
		if len(carriers.asked) != 1 {
			t.Fatalf("the carrier was asked %d times, want once, for one channel", len(carriers.asked))
		}
		if since := <-carriers.asked; time.Since(since) != 3*time.Hour {
			t.Errorf("asked for texts since %v ago", time.Since(since))
		}
		got := h.engine.commands()
		if len(got) != 1 || got[0].Key != "simulated/sim-acme/2" || got[0].Command.(routing.ReceiveText).Body != "missed" {
			t.Errorf("received %+v", got)
		}
		h.engine.refuse(routing.ErrBusy) // nothing is taken now
		<-time.After(recoverEvery)
		synctest.Wait()
		h.engine.refuse(nil)
		if since := <-carriers.asked; time.Since(since) != recoverOverlap+recoverEvery {
			t.Errorf("when all had been taken, asked for texts since %v ago", time.Since(since))
		}
		<-time.After(recoverEvery)
		synctest.Wait()
		if since := <-carriers.asked; time.Since(since) != recoverOverlap+2*recoverEvery {
			t.Errorf("when nothing could be taken, asked for texts since %v ago", time.Since(since))
		}
	})
}
