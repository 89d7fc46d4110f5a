package api

import (
	"maps"
	"slices"
	"sync"
	"time"

	"switchyard/actors/routing"
	"switchyard/actors/sms"
)

// senders counts what phones have texted lately. It is this node's own memory: a limit against floods, not a promise.
type senders struct {
	mu     sync.Mutex
	recent map[sender]*allowance
}

type sender struct {
	tenant routing.TenantID
	number string
}

// allowance is a token bucket: a minute's worth at most.
type allowance struct {
	left float64
	at   time.Time
}

// sendersMost bounds how many senders are remembered. Beyond it those that have not texted for a minute are forgotten, or, when there are
// none, all: a flood from so many numbers is not held up by a limit on each.
const sendersMost = 100_000

// within says whether a sender may text once more, at so many texts a minute.
func (s *senders) within(now time.Time, who sender, perMinute int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	most := float64(perMinute)
	a := s.recent[who]
	if a == nil {
		if len(s.recent) >= sendersMost {
			s.forget(now)
		}
		a = &allowance{left: most, at: now}
		s.recent[who] = a
	}
	a.left = min(most, a.left+most*now.Sub(a.at).Minutes())
	a.at = now
	if a.left < 1 {
		return false
	}
	a.left--
	return true
}

func (s *senders) forget(now time.Time) {
	maps.DeleteFunc(s.recent, func(_ sender, a *allowance) bool { return now.Sub(a.at) > time.Minute })
	if len(s.recent) >= sendersMost {
		clear(s.recent)
	}
}

// unwanted says why a text is taken from the carrier and not kept; empty when it is kept. What ends texts to a customer is always kept,
// but from a blocked number.
func (t *tenant) unwanted(now time.Time, from string, cmd routing.ReceiveText, recent *senders) (result string) {
	if slices.Contains(t.Tenant.Blocked, from) {
		return hookBlocked
	}
	perMinute := t.Tenant.SenderTextsPerMinute
	if perMinute == 0 || cmd.OptOut == "stop" || t.keywords.Match(cmd.Body) == sms.Stop {
		return ""
	}
	if !recent.within(now, sender{t.Tenant.ID, from}, perMinute) {
		return hookLimited
	}
	return ""
}
