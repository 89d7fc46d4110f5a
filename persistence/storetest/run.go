// Package storetest is the suite that every [persistence.Store] must pass. It tests the port's promises, each of its error
// branches included, and nothing that the port does not promise.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"switchyard/persistence"
)

// Partitions is how many partitions the stores given to the suite must have at the least.
const Partitions = 2

// patience is how long one test may take, all that it does included: the largest take most of a minute on a busy machine.
const patience = 5 * time.Minute

// window is an ingest window that no test outlasts.
const window = time.Hour

// Run runs the suite. Open returns an empty store of its own for each call; the suite closes it.
func Run(t *testing.T, open func(t *testing.T) persistence.Store) {
	t.Helper()
	for _, cases := range []map[string]func(*fixture){casesOfWriting(), casesOfReading()} {
		for name, test := range cases {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(newFixture(t, open))
			})
		}
	}
}

// casesOfWriting are the cases about what changes a store.
func casesOfWriting() map[string]func(*fixture) {
	return map[string]func(*fixture){
		"Ingest/new":                 ingestNew,
		"Ingest/duplicate":           ingestDuplicate,
		"Ingest/duplicates at once":  ingestDuplicatesAtOnce,
		"Ingest/same key elsewhere":  ingestSameKeyElsewhere,
		"Ingest/window ends":         ingestWindowEnds,
		"Ingest/window is prolonged": ingestWindowIsProlonged,
		"Ingest/invalid":             ingestInvalid,
		"Ingest/keeps no slice":      ingestKeepsNoSlice,
		"Ingest/full":                ingestFull,
		"Nodes/come and go":          nodesComeAndGo,
		"Nodes/ring":                 nodesRing,
		"Lease/tokens differ":        leaseTokensDiffer,
		"Lease/held":                 leaseHeld,
		"Lease/renew":                leaseRenew,
		"Lease/release":              leaseRelease,
		"Lease/invalid":              leaseInvalid,
		"Commit/everything at once":  commitEverything,
		"Commit/nothing of it":       commitNothing,
		"Commit/token":               commitToken,
		"Commit/seq":                 commitSeq,
		"Commit/same batch again":    commitSameBatchAgain,
		"Commit/input gone":          commitInputGone,
		"Commit/order of checks":     commitOrderOfChecks,
		"Commit/limits":              commitLimits,
		"Commit/put and del":         commitPutAndDel,
		"Commit/drop":                commitDrop,
		"Commit/keeps no slice":      commitKeepsNoSlice,
		"Commit/many at once":        commitManyAtOnce,
	}
}

// casesOfReading are the cases about what is read, and about the store as a whole.
func casesOfReading() map[string]func(*fixture) {
	return map[string]func(*fixture){
		"List/order":                    listOrder,
		"List/together":                 listTogether,
		"List/names":                    listNames,
		"List/foreign places":           listForeignPlaces,
		"Stream/trimmed":                streamTrimmed,
		"Stream/many":                   streamMany,
		"Inbox/order":                   inboxOrder,
		"Inbox/waits":                   inboxWaits,
		"Inbox/decoded":                 inboxDecoded,
		"Inbox/after":                   inboxAfter,
		"Inbox/acknowledged":            inboxAcknowledged,
		"Inbox/lost":                    inboxLost,
		"Inbox/closed":                  inboxClosed,
		"Inbox/cancelled":               inboxCancelled,
		"Inbox/break":                   inboxBreak,
		"Read/get":                      readGet,
		"Read/get all":                  readGetAll,
		"Read/look":                     readLook,
		"Read/scan":                     readScan,
		"Read/load":                     readLoad,
		"Read/answer":                   readAnswer,
		"Read/answer to nobody":         readAnswerToNobody,
		"Read/invalid":                  readInvalid,
		"Read/slices are the caller's":  readSlicesAreTheCallers,
		"Watch/bells":                   watchBells,
		"Watch/slow reader":             watchSlowReader,
		"Partitions/apart":              partitionsApart,
		"Context/ended":                 contextEnded,
		"Close/everything is refused":   closeRefusesEverything,
		"Close/waiting calls are ended": closeEndsWaitingCalls,
		"Close/twice":                   closeTwice,
	}
}

// fixture is an open store and what most tests do with it.
type fixture struct {
	*testing.T
	persistence.Store
	ctx context.Context
}

func newFixture(t *testing.T, open func(t *testing.T) persistence.Store) *fixture {
	t.Helper()
	s := open(t)
	if s.Partitions() < Partitions {
		t.Fatalf("the suite needs a store of %d partitions, this one has %d", Partitions, s.Partitions())
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(func() {
		cancel()
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return &fixture{T: t, Store: s, ctx: ctx}
}

// input is an input with a body of its own.
func input(key string) persistence.Input {
	return persistence.Input{Key: key, Sum: "sum of " + key, Body: []byte("body of " + key), Window: window}
}

func (f *fixture) ingest(part int, in persistence.Input) persistence.Receipt {
	f.Helper()
	r, err := f.Ingest(f.ctx, part, in)
	if err != nil {
		f.Fatalf("ingest %q: %v", in.Key, err)
	}
	return r
}

func (f *fixture) acquire(part int) persistence.Lease {
	f.Helper()
	l, err := f.Acquire(f.ctx, part, "node")
	if err != nil {
		f.Fatalf("acquire: %v", err)
	}
	return l
}

// next completes b as the commit after seq and commits it.
func (f *fixture) next(l persistence.Lease, seq uint64, b persistence.Batch) {
	f.Helper()
	b.Seq = seq + 1
	if b.ID == "" {
		b.ID = fmt.Sprintf("batch-%d", b.Seq)
	}
	if err := f.Commit(f.ctx, l, b); err != nil {
		f.Fatalf("commit %d: %v", b.Seq, err)
	}
}

// waiting returns the first n entries of the inbox after a place.
func (f *fixture) waiting(l persistence.Lease, after persistence.ID, n int) []persistence.Entry {
	f.Helper()
	var found []persistence.Entry
	if n == 0 {
		return found
	}
	for e, err := range f.Inbox(f.ctx, l, after) {
		if err != nil {
			f.Fatalf("inbox: %v", err)
		}
		if found = append(found, e); len(found) == n {
			return found
		}
	}
	f.Fatalf("the inbox ended after %d of %d entries", len(found), n)
	return nil
}

func (f *fixture) want(what string, err, wanted error) {
	f.Helper()
	if !errors.Is(err, wanted) {
		f.Errorf("%s: got error %v, want %v", what, err, wanted)
	}
}

func keysOf(entries []persistence.Entry) []string {
	keys := make([]string, len(entries))
	for i, e := range entries {
		keys[i] = e.Key
	}
	return keys
}

func valuesOf(items []persistence.Item) []string {
	values := make([]string, len(items))
	for i, it := range items {
		values[i] = string(it.Value)
	}
	return values
}
