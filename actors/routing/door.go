package routing

import "errors"

// Errors at the engine's door, where a command could not be decided at all or its answer is not known. Refusals that were
// decided are [*Error]s.
var (
	// ErrBusy says that too much is waiting to be decided already: come back a little later.
	ErrBusy = errors.New("too many commands are waiting; try again in a moment")
	// ErrTimeout says that no answer came in time: the outcome is unknown, repeating with the same key is safe.
	ErrTimeout = errors.New("no answer in time; repeat the command with the same idempotency key")
	// ErrKeyReused says that the idempotency key has been used for another command.
	ErrKeyReused = errors.New("the idempotency key was used for a different request; use a new key")
	// ErrUnavailable says that nothing can be stored now; nothing was.
	ErrUnavailable = errors.New("the store is not available; try again in a moment")
)
