package storetest

import (
	"strconv"

	"github.com/google/go-cmp/cmp"

	"switchyard/persistence"
)

// commitDrop takes a list and a stream away and begins them anew in the same batch, and twice over, and with nothing after it.
func commitDrop(f *fixture) {
	const list, stream = "log/t/x", "desk/t/x"
	l := f.acquire(0)
	seq := l.Seq
	commit := func(b persistence.Batch) {
		f.Helper()
		seq++
		b.ID, b.Seq = strconv.FormatUint(seq, 10), seq
		if err := f.Commit(f.ctx, l, b); err != nil {
			f.Fatalf("commit %d: %v", seq, err)
		}
	}
	fill := func(values ...string) persistence.Batch {
		var b persistence.Batch
		for _, v := range values {
			b.Append = append(b.Append, persistence.Append{List: list, Value: []byte(v)}, persistence.Append{List: "log/t/y", Value: []byte(v)})
			b.Event = append(b.Event, persistence.Event{Stream: stream, Value: []byte(v)}, persistence.Event{Stream: "desk/t/y", Value: []byte(v)})
		}
		return b
	}
	var read persistence.ID
	for round, values := range [][]string{{"one", "two", "three"}, {"four"}, {}, {"five", "six"}} {
		b := fill(values...)
		b.Drop = []string{list, stream, "log/t/none", "desk/t/none"}
		commit(b)
		for _, name := range []string{list, stream} {
			items, err := f.Range(f.ctx, 0, name, "", 100)
			if err != nil {
				f.Fatal(err)
			}
			if diff := cmp.Diff(append([]string{}, values...), append([]string{}, valuesOf(items)...)); diff != "" {
				f.Errorf("%s in round %d (-want +got):\n%s", name, round, diff)
			}
			if round == 0 || len(items) == 0 {
				continue
			}
			if name == stream && items[0].ID <= read {
				f.Errorf("place %s of the stream is given again, %s was read before", items[0].ID, read)
			}
		}
		if round > 0 {
			_, err := f.Range(f.ctx, 0, stream, read, 100)
			f.want("range after a place that was dropped", err, persistence.ErrTrimmed)
		}
		items, err := f.Range(f.ctx, 0, stream, "", 100)
		if err != nil {
			f.Fatal(err)
		}
		if len(items) > 1 { // not the newest: nothing is gone after that
			read = items[0].ID
		}
	}
	for _, name := range []string{"log/t/y", "desk/t/y"} {
		items, err := f.Range(f.ctx, 0, name, "", 100)
		if err != nil {
			f.Fatal(err)
		}
		if diff := cmp.Diff([]string{"one", "two", "three", "four", "five", "six"}, valuesOf(items)); diff != "" {
			f.Errorf("%s, of which nothing was dropped (-want +got):\n%s", name, diff)
		}
	}
}
