package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"switchyard/actors/routing"
	"switchyard/persistence"
	"switchyard/persistence/memory"
	"switchyard/persistence/pebble"
	"switchyard/persistence/redis"
	"switchyard/persistence/redis/redistest"
)

// movingTest is what the tests of moving need of both a *testing.T and a *rapid.T.
type movingTest interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Fatal(args ...any)
}

// quiet is a log that nobody reads.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// exportedFrom exports a store, or one tenant of it.
func exportedFrom(t movingTest, store persistence.Archive, only string) []byte {
	t.Helper()
	var file bytes.Buffer
	if _, err := exportStore(context.Background(), store, "test", only, &file, quiet()); err != nil {
		t.Fatalf("export: %v", err)
	}
	return file.Bytes()
}

// imports imports an export, or one tenant of it.
func imports(ctx context.Context, store persistence.Archive, file []byte, only string) error {
	r, err := newExportReader(bytes.NewReader(file))
	if err != nil {
		return err
	}
	_, err = importInto(ctx, store, only, r, quiet())
	return err
}

// normalised is what two exports of the same content have in common, a line each: without header and end, without how much of
// a window has passed, entries apart. Only inputs have an order, each tenant's their own.
func normalised(t movingTest, file []byte) string {
	t.Helper()
	_, pieces, err := readExport(file)
	if err != nil {
		t.Fatalf("read the export: %v", err)
	}
	inputs := map[string]int{}
	var lines []string
	for _, p := range pieces {
		l := lineOf(p)
		l.WindowMS = min(l.WindowMS, 1)
		items, before := l.Items, ""
		if _, input := p.(persistence.Entry); input {
			inputs[ownerOf(p)]++
			before = fmt.Sprintf("%s %06d ", ownerOf(p), inputs[ownerOf(p)])
		}
		if items == nil {
			lines = append(lines, before+encoded(t, l))
		}
		for _, it := range items {
			l.Items = []exportItem{it}
			lines = append(lines, encoded(t, l))
		}
	}
	slices.Sort(lines)
	return strings.Join(slices.Compact(lines), "\n")
}

func encoded(t movingTest, v any) string {
	t.Helper()
	b, err := unescaped(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// filler drives a store as a service would, with any content.
type filler struct {
	*rapid.T
	store   persistence.Archive
	ctx     context.Context
	tenants []string
}

// aTenant draws a tenant.
func (f *filler) aTenant() string { return rapid.SampledFrom(f.tenants).Draw(f.T, "tenant") }

// install gives each tenant a configuration.
func (f *filler) install() {
	for _, tenant := range f.tenants {
		raw, err := json.Marshal(routing.Config{Tenant: routing.Tenant{ID: routing.TenantID(tenant), Channels: []routing.Channel{{ID: routing.ChannelID("line-" + tenant)}}}, ETag: "1"})
		if err != nil {
			f.Fatal(err)
		}
		f.commit(tenant, persistence.Batch{Put: map[string][]byte{persistence.ConfigKey(tenant): raw}})
	}
}

func (f *filler) commit(tenant string, b persistence.Batch) {
	part := persistence.PartitionOf(tenant, f.store.Partitions())
	l, err := f.store.Acquire(f.ctx, part, "service")
	if err != nil {
		f.Fatal(err)
	}
	b.ID, b.Seq = fmt.Sprint("batch-", l.Seq), l.Seq+1
	if err := f.store.Commit(f.ctx, l, b); err != nil {
		f.Fatal(err)
	}
	if err := f.store.Release(f.ctx, l); err != nil {
		f.Fatal(err)
	}
}

// batch commits anything.
func (f *filler) batch(t *rapid.T) {
	f.T = t
	tenant := f.aTenant()
	names := names(tenant)
	text := rapid.SliceOfN(rapid.Byte(), 0, 6)
	b := persistence.Batch{Put: map[string][]byte{}}
	for _, name := range rapid.SliceOfN(rapid.SampledFrom(names.records), 0, 4).Draw(t, "records") {
		b.Put[name] = text.Draw(t, "value")
	}
	for _, name := range rapid.SliceOfN(rapid.SampledFrom(names.lists), 0, 4).Draw(t, "lists") {
		b.Append = append(b.Append, persistence.Append{List: name, Value: text.Draw(t, "value")})
	}
	stream := rapid.SampledFrom(names.streams).Draw(t, "stream")
	for n := range rapid.SampledFrom([]int{0, 1, 2, 700}).Draw(t, "events") {
		b.Event = append(b.Event, persistence.Event{Stream: stream, Value: fmt.Append(nil, n)})
	}
	f.commit(tenant, b)
}

// input takes something in, and sometimes works it off.
func (f *filler) input(t *rapid.T) {
	f.T = t
	tenant := f.aTenant()
	body, err := routing.Input{ID: "1", Tenant: routing.TenantID(tenant), Command: routing.SetStatus{}}.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	n := rapid.IntRange(0, 5).Draw(t, "key")
	in := persistence.Input{
		Key: rapid.SampledFrom([]string{
			persistence.CarrierKey(tenant, fmt.Sprint("carrier/", n)), persistence.CommandKey(tenant, "agent", "a", fmt.Sprint(n)), persistence.OnceKey(fmt.Sprint(n)),
		}).Draw(t, "kind"),
		Sum: rapid.SampledFrom([]string{"", "sum"}).Draw(t, "sum"), Body: body, Window: time.Hour,
	}
	r, err := f.store.Ingest(f.ctx, persistence.PartitionOf(tenant, f.store.Partitions()), in)
	if err != nil {
		t.Fatal(err)
	}
	if r.Duplicate || rapid.Bool().Draw(t, "stays") {
		return
	}
	b := persistence.Batch{Ack: []persistence.ID{r.ID}}
	if rapid.Bool().Draw(t, "answered") {
		b.Reply = []persistence.Reply{{Key: in.Key, Value: rapid.SliceOfN(rapid.Byte(), 0, 3).Draw(t, "reply")}}
	}
	f.commit(tenant, b)
}

// tenantNames are names of a tenant's, some of them hard to write down.
type tenantNames struct{ records, lists, streams []string }

func names(tenant string) tenantNames {
	return tenantNames{
		records: []string{
			persistence.AgentKey(tenant, "a"), persistence.HotConversationKey(tenant, "cv_1"), persistence.ConversationKey(tenant, "cv_2"),
			persistence.HeldKey(tenant, "a", "cv_1"), persistence.NumberKey(tenant, "+1\xff", "cu_1"), persistence.CaseCounterKey(tenant), persistence.TokenKey(tenant, "\x00"),
		},
		lists:   []string{persistence.LogList(tenant, "cv_1"), persistence.LogList(tenant, "\xfe"), persistence.DeadList(tenant)},
		streams: []string{persistence.DeskStream(tenant, "a"), persistence.DeskStream(tenant, "b"), persistence.ConfigStream(tenant)},
	}
}

// makers make empty stores of each kind; the Redis is emptied first, so it holds one at a time.
type makers map[string]func(t movingTest, partitions int) persistence.Archive

func newMakers(t *testing.T) makers {
	t.Helper()
	dir, dirs := t.TempDir(), 0
	server := redistest.New(t, t.TempDir())
	made := func(t movingTest, store persistence.Archive, err error) persistence.Archive {
		if err != nil {
			t.Fatal(err)
		}
		return store
	}
	return makers{
		"memory": func(_ movingTest, partitions int) persistence.Archive { return memory.New(partitions) },
		"pebble": func(t movingTest, partitions int) persistence.Archive {
			dirs++
			store, err := pebble.Open(filepath.Join(dir, fmt.Sprint(dirs)), pebble.Options{Partitions: partitions})
			return made(t, store, err)
		},
		"redis": func(t movingTest, partitions int) persistence.Archive {
			server.Do("flushall")
			store, err := redis.Open(context.Background(), server.URL(), redis.Options{Partitions: partitions})
			return made(t, store, err)
		},
	}
}

// TestMovingIsExact: whatever a store holds is in another one after an export and an import, and in the first kind again after
// the way back; with other numbers of partitions, and beside what was there.
func TestMovingIsExact(t *testing.T) {
	t.Parallel()
	kinds := newMakers(t)
	sorted := slices.Sorted(maps.Keys(kinds))
	rapid.Check(t, func(t *rapid.T) {
		way := slices.Clone(rapid.Permutation(sorted).Draw(t, "way")[:2])
		way = append(way, way[0])
		f := &filler{T: t, ctx: context.Background(), tenants: []string{"centre", "north", "south"}[:rapid.IntRange(1, 3).Draw(t, "tenants")]}
		f.store = kinds[way[0]](t, rapid.SampledFrom([]int{1, 2, 16}).Draw(t, "partitions"))
		f.install()
		t.Repeat(map[string]func(*rapid.T){"batch": f.batch, "input": f.input, "more input": f.input})
		f.T = t
		only := rapid.SampledFrom([]string{"", "centre"}).Draw(t, "only")
		file := exportedFrom(t, f.store, only)
		first := normalised(t, file)
		closed(t, f.store)
		for _, kind := range way[1:] {
			store := kinds[kind](t, rapid.SampledFrom([]int{1, 3, 16}).Draw(t, "partitions"))
			if err := imports(f.ctx, store, file, ""); err != nil {
				t.Fatalf("import into %s: %v", kind, err)
			}
			file = exportedFrom(t, store, "")
			if diff := cmp.Diff(first, normalised(t, file)); diff != "" {
				t.Fatalf("from %v, now in %s (-first +now):\n%s", way, kind, diff)
			}
			closed(t, store)
		}
	})
}

func closed(t movingTest, store persistence.Store) {
	t.Helper()
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

// sample is a small store of two tenants, in one partition or in two.
func sampleStore(t movingTest, partitions int) *memory.Store {
	t.Helper()
	store := memory.New(partitions)
	f := &filler{store: store, ctx: context.Background(), tenants: []string{"centre", "north"}}
	f.install()
	for _, tenant := range f.tenants {
		for n := range 3 {
			in := persistence.Input{Key: persistence.CarrierKey(tenant, fmt.Sprint(n)), Sum: "sum", Body: []byte("{}"), Window: time.Hour}
			r, err := store.Ingest(f.ctx, persistence.PartitionOf(tenant, partitions), in)
			if err != nil {
				t.Fatal(err)
			}
			if n > 0 {
				continue
			}
			all := names(tenant)
			f.commit(tenant, persistence.Batch{
				Ack: []persistence.ID{r.ID}, Put: map[string][]byte{all.records[0]: []byte("{}"), all.records[4]: {}},
				Append: []persistence.Append{{List: all.lists[0], Value: []byte("{}")}}, Event: []persistence.Event{{Stream: all.streams[0], Value: []byte("{}")}},
				Reply: []persistence.Reply{{Key: in.Key, Value: []byte("{}")}},
			})
		}
	}
	return store
}

// TestMovingOne: one tenant is taken out of a store, or out of an export of all, and goes in beside others.
func TestMovingOne(t *testing.T) {
	t.Parallel()
	source := sampleStore(t, 1)
	all := exportedFrom(t, source, "")
	one := exportedFrom(t, source, "north")
	if strings.Contains(string(one), "centre") {
		t.Errorf("the export of one tenant has something of another:\n%s", one)
	}
	for name, file := range map[string][]byte{"alone": one, "out of all": all} {
		target := memory.New(1)
		if err := imports(t.Context(), target, exportedFrom(t, source, "centre"), ""); err != nil {
			t.Fatal(err)
		}
		if err := imports(t.Context(), target, file, "north"); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(normalised(t, all), normalised(t, exportedFrom(t, target, ""))); diff != "" {
			t.Errorf("%s (-source +target):\n%s", name, diff)
		}
	}
	if err := imports(t.Context(), memory.New(1), one, "centre"); err == nil || !strings.Contains(err.Error(), `no tenant "centre" in the export; there is tenant north`) {
		t.Errorf("a tenant that is not in the export: %v", err)
	}
}

// TestMovingWhatIsNobodys: inputs that nobody could read, and their dead letters, are not left behind.
func TestMovingWhatIsNobodys(t *testing.T) {
	t.Parallel()
	source := sampleStore(t, 2)
	f := &filler{store: source, ctx: t.Context()}
	f.commit("centre", persistence.Batch{Append: []persistence.Append{{List: persistence.DeadList(""), Value: []byte("letter")}, {List: persistence.DeadList("gone"), Value: []byte("letter")}}})
	if _, err := source.Ingest(t.Context(), 1, persistence.Input{Key: persistence.OnceKey("x"), Body: []byte("garbage"), Window: time.Hour}); err != nil {
		t.Fatal(err)
	}
	file := exportedFrom(t, source, "")
	target := memory.New(3)
	if err := imports(t.Context(), target, file, ""); err != nil {
		t.Fatal(err)
	}
	want := normalised(t, file)
	if diff := cmp.Diff(want, normalised(t, exportedFrom(t, target, ""))); diff != "" || strings.Count(want, "letter") != 2 || !strings.Contains(want, "garbage") {
		t.Errorf("(-source +target):\n%s", diff)
	}
}
