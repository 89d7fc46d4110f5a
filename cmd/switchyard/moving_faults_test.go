package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"switchyard/actors/routing"
	"switchyard/persistence"
	"switchyard/persistence/faulty"
	"switchyard/persistence/memory"
)

// TestImportRefused: what cannot be taken in is refused with the reason, and the store is as it was.
func TestImportRefused(t *testing.T) {
	t.Parallel()
	source := sampleStore(t, 2)
	all := exportedFrom(t, source, "")
	empty := func() *memory.Store { return memory.New(2) }
	withNorth := func() *memory.Store {
		store := memory.New(2)
		if err := imports(t.Context(), store, all, "north"); err != nil {
			t.Fatal(err)
		}
		return store
	}
	withDeadLetter := func() *memory.Store {
		store := memory.New(2)
		(&filler{store: store, ctx: t.Context()}).commit("north", persistence.Batch{Append: []persistence.Append{{List: persistence.DeadList("north")}}})
		return store
	}
	rival := &filler{store: memory.New(1), ctx: t.Context(), tenants: []string{"rival"}}
	rival.install()
	clash := bytes.ReplaceAll(exportedFrom(t, rival.store, ""), []byte("line-rival"), []byte("line-north"))
	for _, row := range []struct {
		name   string
		target *memory.Store
		file   []byte
		says   string
	}{
		{"tenant is there", withNorth(), exportedFrom(t, source, ""), `tenant "north" is in this store already`},
		{"something of the tenant is there", withDeadLetter(), all, `tenant "north" is in this store already`},
		{"the same again", withNorth(), all, ""},
		{"cut off", empty(), all[:len(all)-1], "damaged or cut off"},
		{"cut off in the middle", empty(), all[:len(all)/2], "damaged or cut off"},
		{"another bit", empty(), bytes.Replace(all, []byte("sum"), []byte("som"), 1), "damaged or cut off"},
		{"no configuration", empty(), unsummed(t, all, func(p persistence.Piece) bool {
			r, ok := p.(persistence.Record)
			return !ok || r.Key != persistence.ConfigKey("north")
		}), "tenant north has no configuration"},
		{"channel of another tenant", withNorth(), unsummed(t, clash, nil), "channel line-north of tenant rival is tenant north's"},
	} {
		before := whole(t, row.target)
		err := imports(t.Context(), row.target, row.file, "")
		if row.says == "" { // what is lacking comes, and then there is nothing left
			if err != nil {
				t.Errorf("%s: %v", row.name, err)
			}
			before, err = whole(t, row.target), imports(t.Context(), row.target, row.file, "")
			row.says = "nothing is left to be done"
		}
		if err == nil || !strings.Contains(err.Error(), row.says) || !strings.Contains(err.Error(), "nothing was imported") {
			t.Errorf("%s: %v; want %q", row.name, err, row.says)
		}
		if diff := cmp.Diff(before, whole(t, row.target)); diff != "" {
			t.Errorf("%s changed something (-before +after):\n%s", row.name, diff)
		}
	}
}

// unsummed writes an export whose text was changed anew, with those of its pieces that are wanted.
func unsummed(t *testing.T, file []byte, wanted func(persistence.Piece) bool) []byte {
	t.Helper()
	r, err := newExportReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	var pieces []persistence.Piece
	for {
		p, err := r.next()
		if err != nil {
			return written(t, r.exportHeader, pieces)
		}
		if wanted == nil || wanted(p) {
			pieces = append(pieces, p)
		}
	}
}

// whole is everything in a store, notes included.
func whole(t *testing.T, store persistence.Archive) []string {
	t.Helper()
	var lines []string
	for part := range store.Partitions() {
		l, err := store.Acquire(t.Context(), part, "look")
		if err != nil {
			t.Fatal(err)
		}
		for p, err := range store.Dump(t.Context(), l, func(string) bool { return true }) {
			if err != nil {
				t.Fatal(err)
			}
			line := lineOf(p)
			line.WindowMS = 0
			lines = append(lines, fmt.Sprint(part, encoded(t, line)))
		}
		if err := store.Release(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
	return lines
}

// TestImportFails: whichever call of the target fails, whether it was done or not, or loses its lease: the import says so, and
// doing it again is exact. A tenant is half there from an import before.
func TestImportFails(t *testing.T) {
	t.Parallel()
	for _, method := range []faulty.Method{faulty.Get, faulty.Scan, faulty.Dump, faulty.Restore, faulty.Remove, faulty.Commit} {
		for name, fault := range map[string]func(faulty.Method, int) faulty.Fault{"fail": faulty.Fail, "unknown": faulty.Unknown, "lose": faulty.Lose} {
			if name == "lose" && (method == faulty.Get || method == faulty.Scan) {
				continue // these need no lease
			}
			t.Run(name+" "+string(method), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { everyCallFails(t, method, fault) })
			})
		}
	}
}

func everyCallFails(t *testing.T, method faulty.Method, fault func(faulty.Method, int) faulty.Fault) {
	source := sampleStore(t, 2)
	file := exportedFrom(t, source, "")
	want := normalised(t, file)
	for nth := 1; ; nth++ {
		inner := memory.New(2)
		if err := imports(t.Context(), &dying{inner, 3}, file, ""); err == nil {
			t.Fatal("the first import was to be cut off")
		}
		half := whole(t, inner)
		target := faulty.New(inner, fault(method, nth))
		err := imports(t.Context(), target, file, "")
		if target.Left() > 0 {
			if err != nil || nth == 1 {
				t.Errorf("call %d did not happen: %v", nth, err)
			}
			return
		}
		if err != nil && strings.Contains(err.Error(), "nothing was imported") {
			for _, left := range whole(t, inner) {
				if !slices.Contains(half, left) {
					t.Errorf("call %d: %v, but there is %s", nth, err, left)
				}
			}
		} else if err != nil && (!strings.Contains(err.Error(), "run the same import again") || strings.Contains(err.Error(), "could not be taken back")) {
			t.Errorf("call %d: %v", nth, err)
		}
		if err != nil {
			err = imports(t.Context(), inner, file, "")
		}
		if err != nil {
			t.Errorf("again after call %d: %v", nth, err)
		}
		if diff := cmp.Diff(want, normalised(t, exportedFrom(t, inner, ""))); diff != "" {
			t.Errorf("again after call %d (-want +got):\n%s", nth, diff)
		}
	}
}

// dying is a store that is gone for good after so many writes.
type dying struct {
	persistence.Archive
	left int
}

func (d *dying) write(do func() error) error {
	if d.left == 0 {
		return persistence.ErrUnavailable
	}
	d.left--
	return do()
}

func (d *dying) Commit(ctx context.Context, l persistence.Lease, b persistence.Batch) error {
	return d.write(func() error { return d.Archive.Commit(ctx, l, b) })
}

func (d *dying) Restore(ctx context.Context, l persistence.Lease, pieces []persistence.Piece) error {
	return d.write(func() error { return d.Archive.Restore(ctx, l, pieces) })
}

func (d *dying) Remove(ctx context.Context, l persistence.Lease, pieces []persistence.Piece) error {
	return d.write(func() error { return d.Archive.Remove(ctx, l, pieces) })
}

// TestImportDies: when the target dies in the middle, what is half there is neither served nor exported, and another import,
// also of a later export, puts all of it right.
func TestImportDies(t *testing.T) {
	t.Parallel()
	synctest.Test(t, importDies)
}

func importDies(t *testing.T) {
	source := sampleStore(t, 2)
	first, later := exportedFrom(t, source, ""), exportedFrom(t, source, "")
	want := normalised(t, first)
	halves, lives := 0, 0
	for writes := 0; ; writes++ {
		inner := memory.New(2)
		err := imports(t.Context(), &dying{inner, writes}, first, "")
		if err == nil {
			break
		}
		served := 0
		for _, tenant := range []string{"centre", "north"} {
			_, found, err := storedConfig(t.Context(), inner, routing.TenantID(tenant))
			half := refuseHalf(t.Context(), inner, tenant)
			if err != nil || found && half != nil {
				t.Errorf("after %d writes tenant %s is served (%t) and half there (%v), %v", writes, tenant, found, half, err)
			}
			if found {
				served++
			}
			if half != nil {
				halves++
				if _, err := exportStore(t.Context(), inner, "test", tenant, &bytes.Buffer{}, quiet()); err == nil || !strings.Contains(err.Error(), "only half here") {
					t.Errorf("export of a half tenant: %v", err)
				}
			}
		}
		again, want := later, want
		if served > 0 { // what is in service already is not to be brought by another export, and has gone on
			again = first
			lives++
			happened := persistence.Record{Key: persistence.CaseKey("centre", "new"), Value: []byte("since")}
			(&filler{store: inner, ctx: t.Context()}).commit("centre", persistence.Batch{Put: map[string][]byte{happened.Key: happened.Value}})
			want = encoded(t, lineOf(happened)) + "\n" + want
		}
		if err := imports(t.Context(), inner, again, ""); err != nil {
			t.Errorf("again after %d writes: %v", writes, err)
		}
		if diff := cmp.Diff(sortedLines(want), sortedLines(normalised(t, exportedFrom(t, inner, "")))); diff != "" {
			t.Errorf("again after %d writes (-want +got):\n%s", writes, diff)
		}
	}
	if halves == 0 || lives == 0 {
		t.Errorf("%d tenants were half there, %d imports died after the first was in service; want both", halves, lives)
	}
}

func sortedLines(text string) []string { return slices.Sorted(strings.SplitSeq(text, "\n")) }

// TestImportSettlesInPart: when one tenant is in service and the next cannot be put there, the first stays.
func TestImportSettlesInPart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		file := exportedFrom(t, sampleStore(t, 2), "")
		inner := memory.New(2)
		target := faulty.New(inner)
		for n := range commitTries { // two commits for the notes, one for the first tenant
			target.Add(faulty.Fail(faulty.Commit, 4+n))
		}
		err := imports(t.Context(), target, file, "")
		if err == nil || !strings.Contains(err.Error(), "some tenants may be in service") {
			t.Fatalf("%v", err)
		}
		if refuseHalf(t.Context(), inner, "centre") != nil || refuseHalf(t.Context(), inner, "north") == nil {
			t.Error("it is not the second tenant, and it alone, that is half there")
		}
		want := normalised(t, file)
		if got := normalised(t, exportedFrom(t, inner, "centre")); !strings.Contains(got, "hot/config/centre") || len(got) < len(want)/3 {
			t.Errorf("of the first tenant there is only\n%s", got)
		}
	})
}

// TestExportFails: an export whose store fails, or is taken by somebody else, has no end and says why.
func TestExportFails(t *testing.T) {
	t.Parallel()
	for _, method := range []faulty.Method{faulty.Acquire, faulty.Scan, faulty.Dump} {
		for name, fault := range map[string]func(faulty.Method, int) faulty.Fault{"fail": faulty.Fail, "lose": faulty.Lose} {
			if name == "lose" && method != faulty.Dump {
				continue
			}
			for nth := 1; nth <= 2; nth++ {
				var file bytes.Buffer
				store := faulty.New(sampleStore(t, 2), fault(method, nth))
				if _, err := exportStore(t.Context(), store, "test", "", &file, quiet()); err == nil {
					t.Errorf("%s %s %d: no error", name, method, nth)
				}
				if _, _, err := readExport(file.Bytes()); err == nil {
					t.Errorf("%s %s %d: the export is whole", name, method, nth)
				}
			}
		}
	}
	full := errors.New("disk full")
	if _, err := exportStore(t.Context(), sampleStore(t, 2), "test", "", writerOf(func([]byte) (int, error) { return 0, full }), quiet()); !errors.Is(err, full) {
		t.Errorf("a full disk: %v", err)
	}
}

type writerOf func([]byte) (int, error)

func (w writerOf) Write(p []byte) (int, error) { return w(p) }

// TestCustodyAlone: a node that lives takes in texts, also one that owns nothing; one that comes while an export is made may
// have taken in some that are not in it.
func TestCustodyAlone(t *testing.T) {
	t.Parallel()
	file := exportedFrom(t, sampleStore(t, 2), "")
	node := persistence.Node{Name: "machine/127.0.0.1:8080", Life: "1"}
	store := sampleStore(t, 2)
	if _, err := store.Attend(t.Context(), node); err != nil {
		t.Fatal(err)
	}
	refused := func(what string, err error) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), "stop every node") || !strings.Contains(err.Error(), node.Name) {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err := exportStore(t.Context(), store, "test", "", &bytes.Buffer{}, quiet())
	refused("export", err)
	refused("import", imports(t.Context(), store, file, ""))
	if err := store.Depart(t.Context(), node.Life); err != nil {
		t.Fatal(err)
	}
	var cut bytes.Buffer
	_, err = exportStore(t.Context(), &visited{Archive: store, by: node}, "test", "", &cut, quiet())
	refused("export that somebody joins", err)
	if _, _, err := readExport(cut.Bytes()); err == nil {
		t.Error("that export is whole")
	}
}

// visited is a store that a node comes to while it is read.
type visited struct {
	persistence.Archive
	by persistence.Node
}

func (v *visited) Dump(ctx context.Context, l persistence.Lease, of func(string) bool) iter.Seq2[persistence.Piece, error] {
	_, _ = v.Attend(ctx, v.by) // memory takes anybody
	return v.Archive.Dump(ctx, l, of)
}

// TestCustodyIsLost: when somebody else takes a partition in the middle, that is the reason that is told.
func TestCustodyIsLost(t *testing.T) {
	t.Parallel()
	store := &stolen{Archive: sampleStore(t, 2)}
	_, err := exportStore(t.Context(), store, "test", "", &bytes.Buffer{}, quiet())
	if err == nil || !errors.Is(err, persistence.ErrLost) || !strings.Contains(err.Error(), "somebody else took partition") {
		t.Errorf("%v", err)
	}
}

// stolen is a store whose leases are short and stolen, and whose partitions take long to read.
type stolen struct{ persistence.Archive }

func (s *stolen) Acquire(ctx context.Context, part int, node string) (persistence.Lease, error) {
	l, err := s.Archive.Acquire(ctx, part, node)
	l.Lasts = 3
	return l, err
}

func (s *stolen) Renew(context.Context, persistence.Lease) error { return persistence.ErrLost }

func (s *stolen) Dump(ctx context.Context, _ persistence.Lease, _ func(string) bool) iter.Seq2[persistence.Piece, error] {
	return func(yield func(persistence.Piece, error) bool) {
		<-ctx.Done()
		yield(nil, ctx.Err())
	}
}
