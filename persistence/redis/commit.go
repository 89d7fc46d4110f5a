package redis

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"switchyard/persistence"
)

// trimBy is how many entries leave a stream at once.
const trimBy = persistence.StreamKeep / 4

// Commit implements [persistence.Store].
func (s *Store) Commit(ctx context.Context, l persistence.Lease, b persistence.Batch) error {
	if err := b.Valid(); err != nil {
		return err
	}
	p, err := s.enter(ctx, l.Part)
	if err != nil {
		return err
	}
	names, args := s.commitCall(p.keys, l, b)
	answer, err := s.runSafely(ctx, s.scripts.commit, names, args...)
	if err != nil {
		return err
	}
	words := textsOf(answer)
	if len(words) == 0 {
		words = []string{"broken"}
	}
	switch words[0] {
	case "ok":
		p.acknowledged(b.Ack)
		return nil
	case "lost":
		return fmt.Errorf("%w: %s", persistence.ErrLost, strings.Join(words[1:], " "))
	}
	return brokenBy(l.Part, words)
}

// commitCall lays a batch out as the commit script wants it.
func (s *Store) commitCall(k keys, l persistence.Lease, b persistence.Batch) (names []string, args []any) {
	names = append(make([]string, 0, 6+len(b.Append)+len(b.Event)+len(b.Reply)),
		k.own, k.inbox, k.place, k.records, k.names, k.trimmed)
	args = append(make([]any, 0, 14+len(b.Ack)+2*len(b.Put)+len(b.Del)+len(b.Append)+2*len(b.Event)+len(b.Reply)),
		l.Token, b.ID, b.Seq, s.leaseTime.Milliseconds(), k.bells, bellsOf(b), persistence.StreamKeep, trimBy,
		len(b.Ack), len(b.Put), len(b.Del), len(b.Append), len(b.Event), len(b.Reply))
	for _, id := range slices.Sorted(slices.Values(b.Ack)) {
		args = append(args, entryOf(id))
	}
	for key, value := range b.Put {
		args = append(args, key, value)
	}
	for _, key := range b.Del {
		args = append(args, key)
	}
	for _, a := range b.Append {
		names, args = append(names, k.list+a.List), append(args, a.Value)
	}
	for _, e := range b.Event {
		names, args = append(names, k.list+e.Stream), append(args, e.Stream, e.Value)
	}
	for _, r := range b.Reply {
		names, args = append(names, k.seen+r.Key), append(args, r.Value)
	}
	return names, args
}
