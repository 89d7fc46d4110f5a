package actors

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"switchyard/actors/routing"
	"switchyard/persistence"
	"switchyard/persistence/faulty"
	"switchyard/persistence/memory"
)

// A partition in which nothing happens stays its owner's, also while the store does not answer a renewal.
func TestQuietPartitionKeepsItsLease(t *testing.T) {
	inFaultyBubble(t, func(t *testing.T, d *desk, s *faulty.Store) {
		s.Add(faulty.Fail(faulty.Renew, 3))
		for range 20 {
			pass(memory.LeaseTime / 2)
			if _, err := s.Acquire(t.Context(), d.part(), "another"); !errors.Is(err, persistence.ErrHeld) {
				t.Fatalf("acquire by another node: %v", err)
			}
		}
	})
}

// A renewal that is refused ends the tenure at once; the next one goes on with what is stored.
func TestLostRenewalStartsOver(t *testing.T) {
	inFaultyBubble(t, func(t *testing.T, d *desk, s *faulty.Store) {
		d.available("ann")
		d.text("+14155550100", "m1", "hello")
		before := s.Calls(faulty.Acquire)
		s.Add(faulty.Lose(faulty.Renew, s.Calls(faulty.Renew)+1))
		pass(memory.LeaseTime/3 + time.Second)
		synctest.Wait()
		if n := s.Calls(faulty.Acquire) - before; n != 1 {
			t.Errorf("acquired %d times after the loss, want once", n)
		}
		c := d.conversations()
		if len(c) != 1 || c[0].State != routing.Offered {
			t.Fatalf("after the loss: %+v", c)
		}
		d.must(agentNamed("ann"), routing.AcceptOffer{Offer: c[0].Ringing.ID})
	})
}

// A node that comes second waits until the first one's lease has run out, and not much longer.
func TestSecondNodeTakesOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := memory.New(2)
		for part := range store.Partitions() {
			if _, err := store.Acquire(t.Context(), part, "the first, which died"); err != nil {
				t.Fatal(err)
			}
		}
		start := time.Now()
		d := open(t, store)
		if took := time.Since(start); took < memory.LeaseTime || took > memory.LeaseTime+time.Second {
			t.Errorf("took over after %v, the lease lasts %v", took, memory.LeaseTime)
		}
		d.available("ann")
		d.close()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
}
