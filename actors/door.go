package actors

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// Bounds of the door. Mailboxes have none, so what may be on its way is bounded before it is accepted.
const (
	admitted    = 8192            // inputs of one partition accepted and not worked off
	patience    = 5 * time.Second // how long a command's sender waits for the answer
	lookAgain   = 250 * time.Millisecond
	keyWindow   = 24 * time.Hour // how long an idempotency key is remembered
	probeWindow = time.Minute    // how long one is that nobody can repeat, since we made it
)

// door is where inputs enter: it keeps them countable, and hands committed answers to those who wait for them.
type door struct {
	mu      sync.Mutex
	closed  bool
	waiting map[waitKey][]chan []byte
	inside  []int // by partition
}

type waitKey struct {
	part int
	key  string
}

func newDoor(partitions int) *door {
	return &door{waiting: map[waitKey][]chan []byte{}, inside: make([]int, partitions)}
}

// enter admits one input, or says why not.
func (d *door) enter(part int) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.closed:
		return routing.ErrUnavailable
	case d.inside[part] >= admitted:
		return routing.ErrBusy
	}
	d.inside[part]++
	return nil
}

// leave says that so many inputs are worked off, or were none after all.
func (d *door) leave(part, n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.inside[part] = max(0, d.inside[part]-n)
}

// replied takes note of a commit: its inputs are worked off, its replies go to those who wait.
func (d *door) replied(part, acks int, replies []persistence.Reply) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.inside[part] = max(0, d.inside[part]-acks)
	for _, r := range replies {
		key := waitKey{part, r.Key}
		for _, ch := range d.waiting[key] {
			ch <- r.Value
		}
		delete(d.waiting, key)
	}
}

func (d *door) expect(part int, key string) chan []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	ch := make(chan []byte, 1)
	d.waiting[waitKey{part, key}] = append(d.waiting[waitKey{part, key}], ch)
	return ch
}

func (d *door) forget(part int, key string, ch chan []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	k := waitKey{part, key}
	left := d.waiting[k][:0]
	for _, other := range d.waiting[k] {
		if other != ch {
			left = append(left, other)
		}
	}
	if len(left) == 0 {
		delete(d.waiting, k)
		return
	}
	d.waiting[k] = left
}

func (d *door) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
}

func (d *door) depth() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	total := 0
	for _, n := range d.inside {
		total += n
	}
	return total
}

// Do takes a command into the inbox, waits until it is decided and committed, and returns the committed answer. A key makes
// repetitions one, for 24 hours; empty, it cannot be repeated. Sum is a digest of what was asked, to tell a key that is used
// twice. Errors are routing.ErrBusy, ErrTimeout, ErrKeyReused and ErrUnavailable; refusals are answers.
func (e *Engine) Do(ctx context.Context, tenant routing.TenantID, by routing.Principal, cmd routing.Command, key, sum string) (routing.Answer, error) {
	part := persistence.PartitionOf(string(tenant), e.store.Partitions())
	in := persistence.Input{Sum: sum, Window: keyWindow}
	if key == "" {
		in.Key, in.Window = "c/"+newID(), probeWindow
	} else {
		in.Key = fmt.Sprintf("k/%s/%s/%s/%s", tenant, by.Role, by.ID, key)
	}
	answered := e.door.expect(part, in.Key)
	defer e.door.forget(part, in.Key, answered)
	receipt, err := e.ingest(ctx, part, tenant, by, cmd, in)
	if err != nil {
		return routing.Answer{}, err
	}
	if receipt.Duplicate && receipt.Sum != sum {
		return routing.Answer{}, routing.ErrKeyReused
	}
	if receipt.Reply != nil {
		return decodeAnswer(receipt.Reply)
	}
	return e.await(ctx, part, in.Key, answered)
}

// await waits for the answer, and looks for it now and then in case another node has committed it.
func (e *Engine) await(ctx context.Context, part int, key string, answered <-chan []byte) (routing.Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	look := time.NewTicker(lookAgain)
	defer look.Stop()
	for {
		select {
		case reply := <-answered:
			return decodeAnswer(reply)
		case <-ctx.Done():
			return routing.Answer{}, routing.ErrTimeout
		case <-look.C:
			if reply, err := e.store.Answer(ctx, part, key); err == nil {
				return decodeAnswer(reply)
			}
		}
	}
}

func decodeAnswer(b []byte) (routing.Answer, error) {
	var a routing.Answer
	if err := json.Unmarshal(b, &a); err != nil {
		return a, fmt.Errorf("stored answer: %w", err)
	}
	return a, nil
}

// Receive makes something that a carrier brought durable, and returns. A repetition within the window changes nothing.
// Errors are routing.ErrBusy, ErrUnavailable and, for a key that came with another content, ErrKeyReused.
func (e *Engine) Receive(ctx context.Context, tenant routing.TenantID, cmd routing.Command, key, sum string, window time.Duration) error {
	part := persistence.PartitionOf(string(tenant), e.store.Partitions())
	in := persistence.Input{Key: "w/" + string(tenant) + "/" + key, Sum: sum, Window: window} // a partition has many tenants
	receipt, err := e.ingest(ctx, part, tenant, routing.Principal{}, cmd, in)
	if err != nil {
		return err
	}
	if receipt.Duplicate && receipt.Sum != sum {
		return routing.ErrKeyReused
	}
	return nil
}

func (e *Engine) ingest(ctx context.Context, part int, tenant routing.TenantID, by routing.Principal, cmd routing.Command, in persistence.Input) (persistence.Receipt, error) {
	if err := e.door.enter(part); err != nil {
		return persistence.Receipt{}, err
	}
	var err error
	in.Body, err = routing.Input{ID: newID(), At: clock(), Tenant: tenant, By: by, Command: cmd}.MarshalJSON()
	if err != nil {
		e.door.leave(part, 1)
		return persistence.Receipt{}, fmt.Errorf("encode input: %w", err)
	}
	receipt, err := e.store.Ingest(ctx, part, in)
	if err != nil {
		e.door.leave(part, 1)
		if errors.Is(err, persistence.ErrInvalid) {
			return receipt, err
		}
		return receipt, fmt.Errorf("%w: %w", routing.ErrUnavailable, err)
	}
	if receipt.Duplicate {
		e.door.leave(part, 1)
	}
	return receipt, nil
}

// newID makes an id that orders by time, without dashes (RFC 9562, version 7).
func newID() string { return strings.ReplaceAll(uuid.Must(uuid.NewV7()).String(), "-", "") }
