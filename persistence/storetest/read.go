package storetest

import (
	"fmt"
	"slices"

	"github.com/google/go-cmp/cmp"

	"switchyard/persistence"
)

func readGet(f *fixture) {
	_, err := f.Get(f.ctx, 0, "a")
	f.want("get of nothing", err, persistence.ErrNotFound)
	l := f.acquire(0)
	f.next(l, 0, persistence.Batch{Put: map[string][]byte{"a": []byte("1"), "empty": nil}})
	if value, err := f.Get(f.ctx, 0, "a"); err != nil || string(value) != "1" {
		f.Errorf("get: %q, %v", value, err)
	}
	if value, err := f.Get(f.ctx, 0, "empty"); err != nil || value == nil || len(value) != 0 {
		f.Errorf("get of an empty value: %v, %v", value, err)
	}
	f.next(l, 1, persistence.Batch{Del: []string{"a"}})
	_, err = f.Get(f.ctx, 0, "a")
	f.want("get of what was removed", err, persistence.ErrNotFound)
}

func readGetAll(f *fixture) {
	l := f.acquire(0)
	f.next(l, 0, persistence.Batch{Put: map[string][]byte{"a": []byte("1"), "empty": nil, "b": []byte("2")}})
	values, err := f.GetAll(f.ctx, 0, "b", "none", "a", "empty", "b")
	if err != nil {
		f.Fatal(err)
	}
	if diff := cmp.Diff([][]byte{[]byte("2"), nil, []byte("1"), {}, []byte("2")}, values); diff != "" {
		f.Errorf("values (-want +got):\n%s", diff)
	}
	if values, err := f.GetAll(f.ctx, 0); err != nil || len(values) != 0 {
		f.Errorf("the values of nothing: %v, %v", values, err)
	}
}

func readLook(f *fixture) {
	l := f.acquire(0)
	f.next(l, 0, persistence.Batch{Put: map[string][]byte{"a": []byte("1"), "b/1": []byte("2"), "b/2": nil, "b/3": []byte("4"), "b0": nil}})
	for _, row := range []struct {
		keys   []string
		prefix string
		limit  int
		values [][]byte
		found  []string
	}{
		{[]string{"none", "a"}, "b/", 2, [][]byte{nil, []byte("1")}, []string{"b/1", "b/2"}},
		{[]string{"a"}, "b/", 0, [][]byte{[]byte("1")}, nil},
		{nil, "b", 9, nil, []string{"b/1", "b/2", "b/3", "b0"}},
		{[]string{"b/2"}, "c", 9, [][]byte{{}}, nil},
	} {
		values, records, err := f.Look(f.ctx, 0, row.keys, row.prefix, row.limit)
		var found []string
		for _, r := range records {
			found = append(found, r.Key)
		}
		if err != nil || len(values) != len(row.values) || len(values) > 0 && !cmp.Equal(values, row.values) || !cmp.Equal(found, row.found) {
			f.Errorf("%v and %q: %q, %q, %v", row.keys, row.prefix, values, found, err)
		}
	}
}

func readScan(f *fixture) {
	put := make(map[string][]byte)
	for _, key := range []string{"a", "b/1", "b/10", "b/2", "b/3", "b0", "c", "\xff", "\xff\xff", "\xff\xff1"} {
		put[key] = []byte("value of " + key)
	}
	f.next(f.acquire(0), 0, persistence.Batch{Put: put})
	for _, c := range []struct {
		prefix, after string
		limit         int
		want          []string
	}{
		{"", "", 100, []string{"a", "b/1", "b/10", "b/2", "b/3", "b0", "c", "\xff", "\xff\xff", "\xff\xff1"}},
		{"", "", 2, []string{"a", "b/1"}},
		{"", "b0", 2, []string{"c", "\xff"}},
		{"b/", "", 100, []string{"b/1", "b/10", "b/2", "b/3"}},
		{"b/", "b/1", 2, []string{"b/10", "b/2"}},
		{"b/", "b/11", 2, []string{"b/2", "b/3"}},
		{"b/", "a", 1, []string{"b/1"}},
		{"b/", "b/3", 1, nil},
		{"b/", "z", 1, nil},
		{"d", "", 1, nil},
		{"b", "", 0, nil},
		{"\xff\xff", "", 9, []string{"\xff\xff", "\xff\xff1"}},
	} {
		records, err := f.Scan(f.ctx, 0, c.prefix, c.after, c.limit)
		if err != nil {
			f.Fatalf("scan: %v", err)
		}
		var got []string
		for _, r := range records {
			got = append(got, r.Key)
			if string(r.Value) != "value of "+r.Key {
				f.Errorf("%q has %q", r.Key, r.Value)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			f.Errorf("scan %q after %q (-want +got):\n%s", c.prefix, c.after, diff)
		}
	}
}

func readLoad(f *fixture) {
	const hot = 700
	put := map[string][]byte{"hot": nil, "hot0": nil, "cold/1": nil, "hos": nil}
	var wanted []string
	for n := range hot {
		key := fmt.Sprint(persistence.HotPrefix, n)
		put[key] = []byte(key)
		wanted = append(wanted, key)
	}
	slices.Sort(wanted)
	l := f.acquire(0)
	f.next(l, 0, persistence.Batch{Put: put})
	var got []string
	for r, err := range f.Load(f.ctx, l) {
		if err != nil {
			f.Fatalf("load: %v", err)
		}
		got = append(got, r.Key)
		if string(r.Value) != r.Key {
			f.Errorf("%q has %q", r.Key, r.Value)
		}
	}
	if diff := cmp.Diff(wanted, got); diff != "" {
		f.Errorf("load (-want +got):\n%s", diff)
	}
	for _, err := range f.Load(f.ctx, l) {
		f.want("the first record", err, nil)
		break // a caller that has seen enough
	}
	f.acquire(0)
	times := 0
	for _, err := range f.Load(f.ctx, l) {
		f.want("load with a lost lease", err, persistence.ErrLost)
		times++
	}
	if times != 1 {
		f.Errorf("load with a lost lease yields %d times, want once", times)
	}
}

func readAnswer(f *fixture) {
	_, err := f.Answer(f.ctx, 0, "a")
	f.want("answer to an unknown key", err, persistence.ErrNotFound)
	r := f.ingest(0, input("a"))
	_, err = f.Answer(f.ctx, 0, "a")
	f.want("answer that is not there yet", err, persistence.ErrNotFound)
	l := f.acquire(0)
	f.next(l, 0, persistence.Batch{Ack: []persistence.ID{r.ID}})
	_, err = f.Answer(f.ctx, 0, "a")
	f.want("answer to an input that got none", err, persistence.ErrNotFound)
	for n, value := range []string{"done", "", "changed"} {
		f.next(l, uint64(n)+1, persistence.Batch{Reply: []persistence.Reply{{Key: "a", Value: []byte(value)}}})
		if got, err := f.Answer(f.ctx, 0, "a"); err != nil || got == nil || string(got) != value {
			f.Errorf("answer: %q, %v, want %q", got, err, value)
		}
		if got := f.ingest(0, input("a")).Reply; got == nil || string(got) != value {
			f.Errorf("reply in a receipt: %q, want %q", got, value)
		}
	}
	_, err = f.Answer(f.ctx, 1, "a")
	f.want("answer in another partition", err, persistence.ErrNotFound)
}

// readAnswerToNobody commits a reply to a key that is not known: the reply is dropped.
func readAnswerToNobody(f *fixture) {
	l := f.acquire(0)
	f.next(l, 0, persistence.Batch{Reply: []persistence.Reply{{Key: "a", Value: []byte("too late")}}})
	_, err := f.Answer(f.ctx, 0, "a")
	f.want("answer to an unknown key", err, persistence.ErrNotFound)
	if r := f.ingest(0, input("a")); r.Duplicate || r.Reply != nil {
		f.Errorf("a reply made its key known: %+v", r)
	}
	_, err = f.Answer(f.ctx, 0, "a")
	f.want("answer to a key that became known later", err, persistence.ErrNotFound)
}

func readInvalid(f *fixture) {
	for _, part := range []int{-1, f.Partitions()} {
		_, err := f.Get(f.ctx, part, "a")
		f.want("get", err, persistence.ErrInvalid)
		_, err = f.GetAll(f.ctx, part, "a")
		f.want("get all", err, persistence.ErrInvalid)
		_, _, err = f.Look(f.ctx, part, []string{"a"}, "b", 1)
		f.want("look", err, persistence.ErrInvalid)
		_, err = f.Scan(f.ctx, part, "a", "", 1)
		f.want("scan", err, persistence.ErrInvalid)
		_, err = f.Range(f.ctx, part, "a", "", 1)
		f.want("range", err, persistence.ErrInvalid)
		_, err = f.Last(f.ctx, part, "a")
		f.want("last", err, persistence.ErrInvalid)
		_, err = f.Answer(f.ctx, part, "a")
		f.want("answer", err, persistence.ErrInvalid)
		if _, open := <-f.Watch(f.ctx, part); open {
			f.Error("a bell rings in a partition that is not there")
		}
	}
}

func readSlicesAreTheCallers(f *fixture) {
	r := f.ingest(0, input("a"))
	l := f.acquire(0)
	b := everything()
	b.Put["hot/x"] = []byte("1")
	f.next(l, 0, b)
	for range 2 {
		value, _ := f.Get(f.ctx, 0, "x")
		records, _ := f.Scan(f.ctx, 0, "x", "", 1)
		items, _ := f.Range(f.ctx, 0, "list", "", 1)
		answer, _ := f.Answer(f.ctx, 0, "a")
		receipt := f.ingest(0, input("a"))
		entry := f.waiting(l, "", 1)[0]
		var hot []byte
		for record, err := range f.Load(f.ctx, l) {
			f.want("load", err, nil)
			hot = record.Value
		}
		got := []string{string(value), string(records[0].Value), string(items[0].Value), string(answer), string(receipt.Reply), string(entry.Body), string(hot)}
		if diff := cmp.Diff([]string{"1", "1", "one", "done", "done", "body of a", "1"}, got); diff != "" {
			f.Fatalf("values (-want +got):\n%s", diff)
		}
		for _, slice := range [][]byte{value, records[0].Value, items[0].Value, answer, receipt.Reply, entry.Body, hot} {
			clear(slice)
		}
	}
	if r.ID == "" {
		f.Error("no place")
	}
}
