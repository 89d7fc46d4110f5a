// Package persistence is the memory: one log in, one commit out. It declares the [Store] port that every engine of
// storage fills (pebble by default, memory for tests, Redis for many machines) and the keys under which the other
// rooms find things. It knows bytes, keys and order; it does not know what a conversation is.
//
// A partition is the unit of ownership and of commit. Everything that must change together lies in one partition.
// Nothing here needs more from a store than one atomic script over one partition's keys can do.
package persistence

import (
	"context"
	"errors"
	"iter"
	"time"
)

// ID names a place in an inbox or a list. It is opaque, ordered as a string within its partition, and never reused.
// The empty ID stands before the first place.
type ID string

// Errors that callers may test with [errors.Is]. Any other error from Ingest or Commit means that the outcome is not
// known: the same call may be repeated, unchanged, until it is answered.
var (
	// ErrNotFound says that nothing is stored under the key.
	ErrNotFound = errors.New("persistence: not found")
	// ErrLost says that the lease no longer owns the partition, or that the partition's history is not the one the
	// owner decided on. The owner drops the partition's memory; patching it is never right.
	ErrLost = errors.New("persistence: lease lost; drop the partition's memory and acquire it again")
	// ErrHeld says that another node holds the partition's lease now.
	ErrHeld = errors.New("persistence: partition is held by another node; try again when its lease has run out")
	// ErrTrimmed says that it is not certain what came after the asked place: entries have been dropped, or the place is not
	// one that the list has, since the store has lost its newest history (a failover can do that). The reader starts afresh.
	ErrTrimmed = errors.New("persistence: the place asked for is no longer kept; read the current state and go on from there")
	// ErrInvalid says that the call itself is wrong (no such partition, a batch over the limits, an empty key): nothing was
	// written and repeating it is useless.
	ErrInvalid = errors.New("persistence: invalid call")
	// ErrClosed says that the store has been closed.
	ErrClosed = errors.New("persistence: store is closed")
	// ErrFull says that the inbox holds [InboxRoom] inputs that are not worked off: nothing was written. Try again later.
	ErrFull = errors.New("persistence: the inbox is full; try again when some of it has been worked off")
	// ErrUnavailable says that the store cannot take writes now (disk full, connection gone) and nothing was written.
	ErrUnavailable = errors.New("persistence: store is unavailable")

	// ErrInUse says that another process has the data directory open.
	ErrInUse = errors.New("persistence: data directory is in use by another process; stop it or choose another directory")
	// ErrFormat says that the data was written by a newer Switchyard, or by something that is not Switchyard.
	ErrFormat = errors.New("persistence: data format is not one this version reads; run the version that wrote it, or a newer one")
	// ErrDamaged says that the data does not check out. Nothing was changed by looking.
	ErrDamaged = errors.New("persistence: data is damaged; restore a backup")
)

// Limits of one [Input] and one [Batch]. A store refuses a larger one with [ErrInvalid]. What an input makes happen is kept in
// several places (record, log, streams), so a batch may be several times as large.
const (
	MaxInputBytes = 1 << 20
	MaxBatchAcks  = 512
	MaxBatchBytes = 4 << 20
)

// StreamKeep is how many entries of a stream a store keeps at the least; twice as many are kept at the most. Readers that
// fall further behind get [ErrTrimmed].
const StreamKeep = 1000

// InboxRoom is how many inputs the inbox of one partition takes before [ErrFull]: what is accepted has to be worked off, and
// what its owner holds in memory is bounded by it.
const InboxRoom = 8192

// HotPrefix begins the keys of hot records: those that [Store.Load] hands to a new owner.
const HotPrefix = "hot/"

// Input is something from outside that asks to be remembered: a text, a receipt, a command.
type Input struct {
	// Key is what makes a repetition recognisable: the carrier's message id, the client's idempotency key. Not empty.
	Key string
	// Sum is a digest of what was asked, so that a key used twice for different things can be told. May be empty.
	Sum string
	// Body is stored as it is and handed to the owner.
	Body []byte
	// Decoded may be what Body says, for an owner in the same process; nobody changes it any more. It is not stored.
	Decoded any
	// Window is how long Key is remembered at the least, counted from the last time it was seen. Positive.
	Window time.Duration
}

// Receipt says what became of an [Input].
type Receipt struct {
	// ID is the input's place in the inbox; for a duplicate, the place of the first.
	ID ID
	// Duplicate says that Key was known: nothing was added.
	Duplicate bool
	// Sum is the digest given with the first input of this key.
	Sum string
	// Reply is what the owner committed under this key, nil as long as it has not.
	Reply []byte
}

// Entry is an input as its owner reads it.
type Entry struct {
	ID   ID
	Key  string
	Body []byte
	// Decoded is what the input's writer has given along with Body, where the store still has it; nil otherwise.
	Decoded any
}

// Record is a key and its committed value.
type Record struct {
	Key   string
	Value []byte
}

// Item is one entry of a list or a stream.
type Item struct {
	ID    ID
	Value []byte
}

// Lease says who tries. It never protects anything by itself: [Store.Commit] compares Token as a whole and Seq.
type Lease struct {
	Part int
	// Token is "epoch:nonce"; each acquisition makes a new one.
	Token string
	// Seq is the number of the partition's last commit at the time of the acquisition.
	Seq uint64
	// Lasts is how long the lease keeps other nodes away after its last Acquire, Renew or Commit; 0: as long as the store is
	// open.
	Lasts time.Duration
}

// Append adds one value to the end of a list, which is kept whole.
type Append struct {
	List  string
	Value []byte
}

// Event adds one value to a stream, of which the newest [StreamKeep] at least are kept, and rings the bell of its name.
type Event struct {
	Stream string
	Value  []byte
}

// Reply stores what a command's sender is told under the key it was ingested with, and rings the bell of that key.
// It stays as long as the key's window; a reply to a key that is not known, or not any more, is dropped.
type Reply struct {
	Key   string
	Value []byte
}

// Batch is one commit: every consequence of some inputs, or nothing of it.
type Batch struct {
	// ID makes a repetition of this very batch harmless. Not empty, unique per partition.
	ID string
	// Seq is this commit's number: one more than the partition's last.
	Seq uint64
	// Ack lists inputs that are consumed by this batch. Each must still be in the inbox.
	Ack []ID
	// Put writes records, Del removes them (a missing one is no error). A key is in one of them at most. Put applies first.
	Put map[string][]byte
	Del []string
	// Drop takes lists and streams away as a whole, before anything is added to them: what they held is gone, their places are
	// never given again, and whoever has read a stream up to a place before that gets [ErrTrimmed]. [IsStream] tells which is which;
	// a missing one is no error.
	Drop []string
	// Append, Event and Reply are applied in their order.
	Append []Append
	Event  []Event
	Reply  []Reply
}

// Bell says that something happened that somebody may be waiting for. Bells may be lost or doubled: a waiter also looks by
// itself now and then. At most one of the fields is set.
type Bell struct {
	// Stream is one that has a new entry, Reply a key that has been answered.
	Stream string
	Reply  string
	// Owners says that the partition is free, or that a node has come or goes: who is to own what may have changed.
	Owners bool
}

// Store is the port. All methods may be called from any goroutine. Every byte slice handed out is the caller's own, and
// the store keeps none that it was given after the call has returned.
type Store interface {
	// Partitions is the number of partitions, fixed when the store was made. Partitions are numbered from 0.
	Partitions() int

	// Ingest adds an input to a partition's inbox and returns when that is durable. A key that is known adds nothing,
	// prolongs its window, and returns what is stored, also not before the first is durable; a new one may find the inbox full
	// ([ErrFull]). It needs no owner.
	Ingest(ctx context.Context, part int, in Input) (Receipt, error)

	// Attend says that a node lives, and returns all nodes that do, this one among them, in the order of their lives. A node
	// counts as living for as long after its last Attend as a lease lasts. A hint: nothing is safe because of it.
	Attend(ctx context.Context, n Node) ([]Node, error)
	// Depart says that a life has ended, so that nobody waits for it; one that is not known is no error.
	Depart(ctx context.Context, life string) error

	// Acquire makes node the partition's owner, or returns [ErrHeld]. The earlier owner's token is worthless from then on.
	// The node that holds the lease already acquires it afresh.
	Acquire(ctx context.Context, part int, node string) (Lease, error)
	// Renew prolongs the lease, or returns [ErrLost].
	Renew(ctx context.Context, l Lease) error
	// Release gives the partition up; a lease that is already lost is no error.
	Release(ctx context.Context, l Lease) error
	// Load yields all hot records (keys that begin with [HotPrefix]) in key order. After an error the sequence ends.
	Load(ctx context.Context, l Lease) iter.Seq2[Record, error]
	// Inbox yields the entries after a place, oldest first, and waits for more until ctx ends (then the sequence just ends),
	// the lease is lost ([ErrLost]) or the store is closed ([ErrClosed]). Entries already acknowledged do not appear.
	Inbox(ctx context.Context, l Lease, after ID) iter.Seq2[Entry, error]
	// Commit writes the whole batch durably, or nothing. It checks, in this order: the token ([ErrLost] when it differs), the
	// batch's ID (the partition's last one: nil, it has been done), Seq ([ErrLost] unless it is the next), and that every input
	// of Ack is there ([ErrLost]).
	Commit(ctx context.Context, l Lease, b Batch) error

	// Get returns the committed value of a record, or [ErrNotFound].
	Get(ctx context.Context, part int, key string) ([]byte, error)
	// GetAll returns the committed values of several records, as they are at one moment and in the order of the keys; nil where
	// there is none.
	GetAll(ctx context.Context, part int, keys ...string) ([][]byte, error)
	// Look is GetAll of the keys, and Scan of the prefix from its beginning, in one go; either may be of an earlier moment.
	Look(ctx context.Context, part int, keys []string, prefix string, limit int) ([][]byte, []Record, error)
	// Scan returns up to limit committed records whose keys begin with prefix and are greater than after, in key order.
	Scan(ctx context.Context, part int, prefix, after string, limit int) ([]Record, error)
	// Range returns up to limit entries of a list or stream after a place, oldest first; [ErrTrimmed] when entries after that
	// place are gone, or the place is not one of its own. The empty place stands before the oldest kept entry and is never
	// trimmed.
	Range(ctx context.Context, part int, list string, after ID, limit int) ([]Item, error)
	// Last returns the place of the newest entry of a list or stream, the empty ID when there was none ever.
	Last(ctx context.Context, part int, list string) (ID, error)
	// Answer returns the reply committed under an ingest key, or [ErrNotFound] when the key is unknown or has no reply yet.
	Answer(ctx context.Context, part int, key string) ([]byte, error)
	// Watch returns a channel on which bells of the partition ring until ctx ends; then it is closed. A reader that does not
	// keep up misses bells, nothing else.
	Watch(ctx context.Context, part int) <-chan Bell

	// Ping says whether the store can be written to now.
	Ping(ctx context.Context) error
	// Close ends all waiting calls with [ErrClosed] and frees the store's resources.
	Close() error
}
