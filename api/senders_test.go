package api

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// wary gives acme a block list and a limit.
func (h *house) wary(t *testing.T, perMinute int, blocked ...string) {
	t.Helper()
	c := sample(acme)
	c.Blocked, c.SenderTextsPerMinute = blocked, perMinute
	h.put(t, acme, persistence.ConfigKey(string(acme)), routing.Config{Tenant: c, ETag: "e2"})
	h.server.refresh()
}

func (h *house) textFrom(t *testing.T, id int, from, text string) int {
	t.Helper()
	return h.hook(t, "/webhooks/simulated/sim-acme", fmt.Sprintf(`{"id":"m%d","from":%q,"to":"+14155550100","text":%q}`, id, from, text)).Code
}

// TestBlockList: a blocked number's texts are taken from the carrier, counted and not kept.
func TestBlockList(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.wary(t, 0, "+14155550177")
	for i, text := range []string{"buy now", "STOP"} {
		if code := h.textFrom(t, i, "+1 415 555 0177", text); code != http.StatusNoContent {
			t.Errorf("answer is %d", code)
		}
	}
	if n := len(h.engine.commands()); n != 0 || h.hooks(hookBlocked) != 2 {
		t.Errorf("%d texts were kept, %v counted", n, h.hooks(hookBlocked))
	}
	if h.textFrom(t, 9, "+14155550178", "hello"); len(h.engine.commands()) != 1 {
		t.Error("another number's text was not kept")
	}
}

// TestSenderLimit: a flood from one number is cut; others, what ends texts, and the next minute are not.
func TestSenderLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.wary(t, 3)
		kept := func() int { return len(h.engine.commands()) }
		for i := range 10 {
			h.textFrom(t, i, "+14155550177", "buy now")
		}
		if kept() != 3 || h.hooks(hookLimited) != 7 {
			t.Fatalf("%d kept, %v cut; want 3 and 7", kept(), h.hooks(hookLimited))
		}
		h.textFrom(t, 10, "+14155550177", "Stop!")
		h.textFrom(t, 11, "+14155550178", "hello")
		if kept() != 5 {
			t.Errorf("%d kept, want STOP and another's text as well", kept())
		}
		<-time.After(20 * time.Second)
		for i := range 2 {
			h.textFrom(t, 20+i, "+14155550177", "one more")
		}
		if kept() != 6 {
			t.Errorf("%d kept, want one more after a third of a minute", kept())
		}
		h.wary(t, 0)
		for i := range 10 {
			h.textFrom(t, 30+i, "+14155550177", "no limit")
		}
		if kept() != 16 {
			t.Errorf("%d kept without a limit", kept())
		}
	})
}

// TestSendersAreBounded: no flood of numbers takes the memory.
func TestSendersAreBounded(t *testing.T) {
	t.Parallel()
	s, now := senders{recent: map[sender]*allowance{}}, time.Now()
	for i := range sendersMost + 10 {
		s.within(now, sender{acme, fmt.Sprint(i)}, 1)
	}
	if n := len(s.recent); n > sendersMost {
		t.Errorf("%d senders are remembered", n)
	}
	s.within(now.Add(2*time.Minute), sender{acme, "x"}, 1)
	for i := range sendersMost - 1 {
		s.within(now.Add(2*time.Minute), sender{acme, fmt.Sprint("y", i)}, 1)
	}
	if s.recent[sender{acme, "x"}] == nil || len(s.recent) > sendersMost {
		t.Error("somebody who has just texted was forgotten before those who have not")
	}
}
