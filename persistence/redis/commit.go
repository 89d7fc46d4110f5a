package redis

import (
	"context"
	"fmt"
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
	const rows = 11 // the argument that counts them
	names = append(make([]string, 0, 7+len(b.Drop)+len(b.Append)+len(b.Event)+len(b.Reply)),
		k.own, k.waiting, k.inputs, k.place, k.records, k.names, k.trimmed)
	args = append(make([]any, 0, 15+len(b.Drop)+len(b.Ack)+2*len(b.Put)+len(b.Del)+3*len(b.Append)+2*len(b.Event)+len(b.Reply)),
		l.Token, b.ID, b.Seq, s.leaseTime.Milliseconds(), k.bells, bellsOf(b), persistence.StreamKeep, trimBy,
		len(b.Ack), len(b.Put), len(b.Del), 0, len(b.Event), len(b.Reply), len(b.Drop))
	for _, id := range b.Ack {
		args = append(args, waitingAt(id))
	}
	for key, value := range b.Put {
		args = append(args, key, value)
	}
	for _, key := range b.Del {
		args = append(args, key)
	}
	for _, name := range b.Drop {
		names = append(names, k.list+name)
		if !persistence.IsStream(name) {
			name = ""
		}
		args = append(args, name)
	}
	for left := b.Append; len(left) > 0; args[rows] = len(names) - 7 - len(b.Drop) {
		row := left[:rowOf(left)]
		left = left[len(row):]
		names, args = append(names, k.list+row[0].List), append(args, len(row))
		for _, a := range row {
			args = append(args, "value", a.Value)
		}
	}
	for _, e := range b.Event {
		names, args = append(names, k.list+e.Stream), append(args, e.Stream, e.Value)
	}
	for _, r := range b.Reply {
		names, args = append(names, k.seen+r.Key), append(args, r.Value)
	}
	return names, args
}

// rowMost is how many values make up one entry of a list at the most; a script takes no call of any length.
const rowMost = 64

// rowOf is how many of the values come one after the other in the same list.
func rowOf(values []persistence.Append) int {
	n := 1
	for n < len(values) && n < rowMost && values[n].List == values[0].List {
		n++
	}
	return n
}
