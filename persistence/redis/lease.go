package redis

import (
	"context"
	"crypto/rand"
	"fmt"
	"strconv"

	"switchyard/persistence"
)

// Acquire implements [persistence.Store].
func (s *Store) Acquire(ctx context.Context, part int, node string) (persistence.Lease, error) {
	p, err := s.enter(ctx, part)
	if err != nil {
		return persistence.Lease{}, err
	}
	answer, err := s.run(ctx, s.scripts.acquire, []string{p.keys.own}, node, rand.Text(), s.leaseTime.Milliseconds(), p.keys.bells, inboxBell)
	if err != nil {
		return persistence.Lease{}, err
	}
	switch words := textsOf(answer); {
	case len(words) == 3 && words[0] == "yours":
		seq, err := strconv.ParseUint(words[2], 10, 64)
		if err != nil {
			return persistence.Lease{}, fmt.Errorf("%w: commit number %q", persistence.ErrDamaged, words[2])
		}
		l := persistence.Lease{Part: part, Token: words[1], Seq: seq, Lasts: s.leaseTime}
		s.hold(l)
		return l, nil
	case len(words) == 2 && words[0] == "held":
		return persistence.Lease{}, fmt.Errorf("%w (partition %d, node %s)", persistence.ErrHeld, part, words[1])
	default:
		return persistence.Lease{}, brokenBy(part, words)
	}
}

// brokenBy is the error of a partition that a script refuses to work on.
func brokenBy(part int, words []string) error {
	return fmt.Errorf("%w: partition %d holds half a batch, since something else writes under keys that begin with %s: %v",
		persistence.ErrDamaged, part, prefix, words)
}

// hold remembers a lease for Close to give back.
func (s *Store) hold(l persistence.Lease) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held != nil {
		s.held[l.Part] = l
	}
}

func (s *Store) letGo(l persistence.Lease) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held[l.Part].Token == l.Token {
		delete(s.held, l.Part)
	}
}

// Renew implements [persistence.Store].
func (s *Store) Renew(ctx context.Context, l persistence.Lease) error {
	p, err := s.enter(ctx, l.Part)
	if err != nil {
		return err
	}
	renewed, err := s.scripts.renew.Run(ctx, s.client, []string{p.keys.own}, l.Token, s.leaseTime.Milliseconds()).Bool()
	if err != nil {
		return s.fault(err)
	}
	if !renewed {
		s.letGo(l)
		return persistence.ErrLost
	}
	return nil
}

// Release implements [persistence.Store].
func (s *Store) Release(ctx context.Context, l persistence.Lease) error {
	if _, err := s.enter(ctx, l.Part); err != nil {
		return err
	}
	_, err := s.release(ctx, l)
	if err == nil {
		s.letGo(l)
	}
	return s.fault(err)
}

func (s *Store) release(ctx context.Context, l persistence.Lease) (bool, error) {
	k := s.parts[l.Part].keys
	return s.scripts.release.Run(ctx, s.client, []string{k.own}, l.Token, k.bells, freeBell).Bool()
}

// textsOf are the strings of an answer.
func textsOf(answer []any) []string {
	words := make([]string, 0, len(answer))
	for _, a := range answer {
		if word, ok := a.(string); ok {
			words = append(words, word)
		}
	}
	return words
}
