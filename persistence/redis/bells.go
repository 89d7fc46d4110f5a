package redis

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/redis/go-redis/v9"

	"switchyard/persistence"
)

// Kinds of bells on a partition's channel. A message is one or several of: kind, length of the name as a varint, name.
const (
	bellInbox  = 'i' // look at the inbox, and whether the lease is still yours; named after the store that feeds its own readers
	bellStream = 's'
	bellReply  = 'r'
	bellOwners = 'o' // the partition is free; no name
)

// inboxBell is the message that wakes the readers of an inbox.
const inboxBell = string(bellInbox) + "\x00"

// freeBell is the message that a partition has no owner any more.
const freeBell = inboxBell + string(bellOwners) + "\x00"

// bellsOf is the message of what a batch makes ring, each bell once; empty when nothing does.
func bellsOf(b persistence.Batch) []byte {
	rung := make(map[persistence.Bell]bool, len(b.Event)+len(b.Reply))
	var message []byte
	add := func(kind byte, name string, bell persistence.Bell) {
		if !rung[bell] {
			rung[bell] = true
			message = append(binary.AppendVarint(append(message, kind), int64(len(name))), name...)
		}
	}
	for _, r := range b.Reply { // first, since somebody waits for each of them
		add(bellReply, r.Key, persistence.Bell{Reply: r.Key})
	}
	for _, e := range b.Event {
		add(bellStream, e.Stream, persistence.Bell{Stream: e.Stream})
	}
	return message
}

// bellBy is the message that wakes the readers of an inbox but those of the store with a name, which it has fed.
func bellBy(name string) string {
	return string(append(binary.AppendVarint([]byte{bellInbox}, int64(len(name))), name...))
}

// readBells takes a message apart, as far as it is one that we know; inbox says that the inbox's readers are meant, those of the store
// with this name.
func readBells(message, store string) (bells []persistence.Bell, inbox bool) {
	rest := []byte(message)
	for len(rest) > 0 {
		kind := rest[0]
		length, n := binary.Varint(rest[1:])
		rest = rest[1:]
		if n <= 0 || length < 0 || length > int64(len(rest)-n) {
			return bells, inbox
		}
		end := n + int(length)
		name := string(rest[n:end])
		rest = rest[end:]
		switch kind {
		case bellInbox:
			inbox = inbox || name == "" || name != store
		case bellStream:
			bells = append(bells, persistence.Bell{Stream: name})
		case bellReply:
			bells = append(bells, persistence.Bell{Reply: name})
		case bellOwners:
			bells = append(bells, persistence.Bell{Owners: true})
		}
	}
	return bells, inbox
}

// subscribe hears the bells of all partitions, and of the nodes, over one connection, and returns once Redis has confirmed
// each.
func (s *Store) subscribe(ctx context.Context) error {
	byChannel := make(map[string]*partition, len(s.parts))
	channels := make([]string, 0, len(s.parts)+1)
	channels = append(channels, nodesKey)
	for _, p := range s.parts {
		channels = append(channels, p.keys.bells)
		byChannel[p.keys.bells] = p
	}
	s.subscription = s.client.Subscribe(ctx, channels...)
	for range channels {
		if _, err := s.subscription.Receive(ctx); err != nil {
			return fmt.Errorf("subscribe to %s*: %w", prefix, err)
		}
	}
	messages := s.subscription.Channel(redis.WithChannelSize(1024))
	s.flights.Go(func() {
		for m := range messages {
			if m.Channel == nodesKey {
				s.ringOwners()
				continue
			}
			p := byChannel[m.Channel]
			bells, inbox := readBells(m.Payload, s.name)
			if inbox {
				p.wakeReaders()
			}
			p.bells.Ring(bells...)
		}
	})
	return nil
}
