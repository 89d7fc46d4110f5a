package api

import (
	"context"
	"time"

	"switchyard/actors/routing"
)

// Engine is what decides. Both methods may be called from any goroutine.
type Engine interface {
	// Do takes a command into the inbox, waits until it is decided and committed, and returns the committed answer. A key
	// makes repetitions by the same principal one, for 24 hours ("" = none); sum is a digest of the request, so that a key used
	// for two different things is told.
	// Errors are [routing.ErrBusy], [routing.ErrTimeout], [routing.ErrKeyReused] and [routing.ErrUnavailable].
	Do(ctx context.Context, tenant routing.TenantID, by routing.Principal, cmd routing.Command, key, sum string) (routing.Answer, error)
	// Receive makes something from a carrier durable and returns; a repetition of the key within the window is no error and has
	// no effect.
	Receive(ctx context.Context, tenant routing.TenantID, cmd routing.Command, key, sum string, window time.Duration) error
}
