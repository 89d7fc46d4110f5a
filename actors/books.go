package actors

import (
	"encoding/json"
	"fmt"

	"switchyard/actors/routing"
	"switchyard/actors/routing/reports"
	"switchyard/persistence"
)

// books are the sums of reports that the committer has written of late, by the key of their bucket's record: what stands there,
// or will with the pending batch. Nobody else writes them, so that none is read twice. A bucket is written once for each batch,
// however many units add to it.
type books struct {
	sums    map[string]reports.Sums
	changed map[string]bool // since the last batch
}

// booksKept bounds how many are kept in memory.
const booksKept = 4096

// sum is what a unit adds to one bucket.
type sum struct {
	key  string // of the bucket's record
	line reports.Line
}

// sumBytes is what a sum adds to a batch, or somewhat more: most units add to the same few buckets.
const sumBytes = 64

// account adds lines to the buckets of a tenant.
func (w *work) account(tenant routing.TenantID, lines []reports.Line) {
	var key string
	for i, l := range lines {
		if i == 0 || l.Bucket != lines[i-1].Bucket {
			key = persistence.BucketKey(string(tenant), string(l.Kind), l.Start.Unix(), l.Name)
		}
		w.sums = append(w.sums, sum{key, l})
	}
}

// open reads the buckets that sums are to be added to, where they are not known. It changes none of them.
func (b *books) open(sums []sum, read reader) error {
	if len(b.sums) > booksKept {
		for key := range b.sums {
			if !b.changed[key] {
				delete(b.sums, key)
			}
		}
	}
	for _, s := range sums {
		if b.sums[s.key] != nil {
			continue
		}
		is := reports.Sums{}
		if _, err := readRecord(read, s.key, &is); err != nil {
			return fmt.Errorf("bucket %q: %w", s.key, err)
		}
		b.sums[s.key] = is
	}
	return nil
}

// add adds sums to buckets that are open.
func (b *books) add(sums []sum) {
	for _, s := range sums {
		b.sums[s.key].Add(s.line.Measure, s.line.N)
		b.changed[s.key] = true
	}
}

// write puts what has changed into a batch.
func (b *books) write(put map[string][]byte) error {
	for key := range b.changed {
		value, err := json.Marshal(b.sums[key])
		if err != nil {
			return fmt.Errorf("bucket %q: %w", key, err)
		}
		put[key] = value
	}
	clear(b.changed)
	return nil
}
