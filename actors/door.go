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

// Bounds of the door. How many inputs may be on their way the store bounds ([persistence.InboxRoom]), since mailboxes do not.
const (
	patience    = 5 * time.Second // how long a command's sender waits for the answer
	lookAgain   = 250 * time.Millisecond
	keyWindow   = 24 * time.Hour // how long an idempotency key is remembered
	probeWindow = time.Minute    // how long one is that nobody can repeat, since we made it
)

// door is where inputs enter: it hands committed answers to those who wait for them.
type door struct {
	mu      sync.Mutex
	closed  bool
	waiting map[waitKey][]chan []byte
}

type waitKey struct {
	part int
	key  string
}

func newDoor() *door { return &door{waiting: map[waitKey][]chan []byte{}} }

// replied hands committed answers to those who wait for them.
func (d *door) replied(part int, replies []persistence.Reply) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range replies {
		key := waitKey{part, r.Key}
		for _, ch := range d.waiting[key] {
			ch <- r.Value
		}
		delete(d.waiting, key)
	}
}

// expects says whether somebody waits for the answer.
func (d *door) expects(part int, key string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.waiting[waitKey{part, key}]) > 0
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

func (d *door) isClosed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.closed
}

// Do takes a command into the inbox, waits until it is decided and committed, and returns the committed answer. A key makes
// repetitions one, for 24 hours; empty, it cannot be repeated. Sum is a digest of what was asked, to tell a key that is used
// twice. Errors are routing.ErrBusy, ErrTimeout, ErrKeyReused and ErrUnavailable; refusals are answers.
func (e *Engine) Do(ctx context.Context, tenant routing.TenantID, by routing.Principal, cmd routing.Command, key, sum string) (routing.Answer, error) {
	part := persistence.PartitionOf(string(tenant), e.store.Partitions())
	in := persistence.Input{Sum: sum, Window: keyWindow}
	if key == "" {
		in.Key, in.Window = persistence.OnceKey(newID()), probeWindow
	} else {
		in.Key = persistence.CommandKey(string(tenant), string(by.Role), by.ID, key)
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
	in := persistence.Input{Key: persistence.CarrierKey(string(tenant), key), Sum: sum, Window: window} // a partition has many tenants
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
	if e.door.isClosed() {
		return persistence.Receipt{}, routing.ErrUnavailable
	}
	input := routing.Input{ID: newID(), At: clock(), Tenant: tenant, By: by, Command: cmd}
	var err error
	if in.Body, err = input.MarshalJSON(); err != nil {
		return persistence.Receipt{}, fmt.Errorf("encode input: %w", err)
	}
	in.Decoded = &input
	receipt, err := e.store.Ingest(ctx, part, in)
	switch {
	case errors.Is(err, persistence.ErrFull):
		return receipt, routing.ErrBusy
	case err != nil && !errors.Is(err, persistence.ErrInvalid):
		return receipt, fmt.Errorf("%w: %w", routing.ErrUnavailable, err)
	}
	return receipt, err
}

// newID makes an id that orders by time, without dashes (RFC 9562, version 7).
func newID() string { return strings.ReplaceAll(uuid.Must(uuid.NewV7()).String(), "-", "") }
