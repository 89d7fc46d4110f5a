package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"switchyard/persistence"
)

var update = flag.Bool("update", false, "write the golden files")

// goldenExport is an export with something of everything, of a tenant whose names and values are hard to write down.
func goldenExport() (exportHeader, []persistence.Piece) {
	h := exportHeader{
		ID: "GOLDEN", At: time.Date(2026, 2, 3, 4, 5, 6, 7e6, time.UTC), Store: "pebble", Partitions: 16, Tenants: []string{"centre"},
	}
	return h, []persistence.Piece{
		persistence.Record{Key: "customer/centre/cu_1", Value: []byte(`{"name":"Ana \"A\" <ana@example.com>"}`)},
		persistence.Record{Key: "held/centre/\xff/cv_1", Value: []byte{}},
		persistence.Record{Key: "case/centre/ca_1", Value: []byte{0xff, 0, '\n'}},
		persistence.Entries{Name: "log/centre/cv_1", Items: []persistence.Item{{ID: "0000000000000001", Value: []byte("\x00\u2028 😀")}, {ID: "000000000000000a", Value: []byte{}}}},
		persistence.Entries{Name: "desk/centre/dana", Stream: true, Items: []persistence.Item{{ID: "0000000000000007", Value: []byte("{}")}}},
		persistence.Entries{Name: "desk/centre/omar", Stream: true, Dropped: "0000000000000008", Items: []persistence.Item{{ID: "00000000000000ff", Value: []byte("{}")}}},
		persistence.Known{Key: "k/centre/agent/dana/1", Sum: "digest", Reply: []byte(`{"ok":true}`), Window: 24 * time.Hour},
		persistence.Known{Key: "w/centre/twilio/SM1", Window: time.Millisecond},
		persistence.Known{Key: "k/centre/agent/dana/2", Reply: []byte{}, Window: time.Hour},
		persistence.Record{Key: "hot/config/centre", Value: []byte(`{"tenant":{"id":"centre"},"source":"id: centre\n","etag":"1"}`)},
		persistence.Entry{Key: "w/centre/twilio/SM2", Body: []byte(`{"v":1,"id":"1","at":"2026-02-03T04:05:06Z","tenant":"centre","type":"status","command":{"agent":"dana","status":"available"}}`)},
		persistence.Entry{Key: "c/3", Body: []byte{}},
	}
}

func written(t testing.TB, h exportHeader, pieces []persistence.Piece) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := newExportWriter(&b, h)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pieces {
		if err := w.piece(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.end(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// readExport reads a whole export.
func readExport(file []byte) (exportHeader, []persistence.Piece, error) {
	r, err := newExportReader(bytes.NewReader(file))
	if err != nil {
		return exportHeader{}, nil, err
	}
	var pieces []persistence.Piece
	for {
		p, err := r.next()
		if errors.Is(err, io.EOF) {
			return r.exportHeader, pieces, nil
		}
		if err != nil {
			return r.exportHeader, pieces, err
		}
		pieces = append(pieces, p)
	}
}

func compressed(t testing.TB, file []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(file); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestGoldenExport: exports that were written once are read for ever.
func TestGoldenExport(t *testing.T) {
	t.Parallel()
	h, pieces := goldenExport()
	path := filepath.Join("testdata", "export-1.jsonl")
	now := written(t, h, pieces)
	if *update {
		if err := os.WriteFile(path, now, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	stored, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(stored), string(now)); diff != "" {
		t.Errorf("%s (-), what is written now (+):\n%s", path, diff)
	}
	h.Format, h.Version = exportFormat, 1
	for name, file := range map[string][]byte{"plain": stored, "compressed": compressed(t, stored)} {
		gotHeader, got, err := readExport(file)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(h, gotHeader) + cmp.Diff(pieces, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestDamagedExport: wherever an export is cut off or a bit of it is another, that is noticed before its end.
func TestDamagedExport(t *testing.T) {
	t.Parallel()
	h, pieces := goldenExport()
	for name, whole := range map[string][]byte{"plain": written(t, h, pieces), "compressed": compressed(t, written(t, h, pieces))} {
		refused := func(what string, file []byte) {
			t.Helper()
			if _, _, err := readExport(file); !errors.Is(err, errDamagedExport) && !errors.Is(err, errNoExport) && !errors.Is(err, errNewerExport) {
				t.Errorf("%s, %s: %v", name, what, err)
			}
		}
		for n := range whole {
			refused(fmt.Sprint("cut off after ", n), whole[:n])
			if name == "compressed" && n > 3 && n < 10 {
				continue // the time and the machine of the compression, which mean nothing
			}
			flipped := bytes.Clone(whole)
			flipped[n] ^= 1 << (n % 8)
			if _, got, err := readExport(flipped); name == "compressed" && err == nil && cmp.Equal(pieces, got) {
				continue // nor do the bits that fill up the last byte before its checksum
			}
			refused(fmt.Sprint("another bit at ", n), flipped)
		}
		refused("more after the end", append(bytes.Clone(whole), whole...))
		refused("a byte after the end", append(bytes.Clone(whole), '\n'))
	}
	lines := bytes.SplitAfter(written(t, h, pieces), []byte("\n"))
	for n := 1; n < len(lines)-2; n++ {
		without := append(append([][]byte{}, lines[:n]...), lines[n+1:]...)
		if _, _, err := readExport(bytes.Join(without, nil)); !errors.Is(err, errDamagedExport) {
			t.Errorf("without line %d: %v", n, err)
		}
	}
}

// TestStrangeExport: what is wrong with a file is told, and what to do.
func TestStrangeExport(t *testing.T) {
	t.Parallel()
	h, _ := goldenExport()
	head := strings.SplitAfter(string(written(t, h, nil)), "\n")[0]
	for _, row := range []struct {
		name, file string
		want       error
		says       string
	}{
		{"empty", "", errNoExport, "empty"},
		{"something else", "id: centre\n", errNoExport, "no export"},
		{"other JSON", `{"format":"postcard","version":1}` + "\n", errNoExport, "no export"},
		{"other gzip", string(compressed(t, []byte("hello\n"))), errNoExport, "no export"},
		{"newer", `{"format":"switchyard export","version":2,"shape":"round"}` + "\n", errNewerExport, "version 2, this program reads up to 1"},
		{"header with more", strings.Replace(head, `"id"`, `"shape":1,"id"`, 1), errDamagedExport, "header"},
		{"no version", `{"format":"switchyard export"}` + "\n", errDamagedExport, "header"},
		{"no tenant", `{"format":"switchyard export","version":1,"id":"1","partitions":1,"tenants":[]}` + "\n", errDamagedExport, "header"},
		{"no end", head, errDamagedExport, "no end"},
		{"no JSON", head + "hello\n", errDamagedExport, "invalid character"},
		{"unknown field", head + `{"record":"a","value":"","colour":1}` + "\n", errDamagedExport, "colour"},
		{"two values", head + `{"record":"a","value":""}}` + "\n", errDamagedExport, "more than one value"},
		{"no kind", head + `{"value":""}` + "\n", errDamagedExport, "no kind"},
		{"two kinds", head + `{"record":"a","value":"","key":"k"}` + "\n", errDamagedExport, "several"},
		{"no value", head + `{"record":"a"}` + "\n", errDamagedExport, "no kind"},
		{"no body", head + `{"input":"a"}` + "\n", errDamagedExport, "no kind"},
		{"no window", head + `{"key":"a","sum":""}` + "\n", errDamagedExport, "no kind"},
		{"a window without end", head + `{"key":"a","sum":"","window_ms":9223372036854775807}` + "\n", errDamagedExport, "no kind"},
		{"no entries", head + `{"list":"a"}` + "\n", errDamagedExport, "no entries"},
		{"entry without a value", head + `{"list":"a","items":[{"place":"0000000000000001"}]}` + "\n", errDamagedExport, "no kind"},
		{"place of another form", head + `{"list":"a","items":[{"place":"000000000000000A","value":""}]}` + "\n", errDamagedExport, "no kind"},
		{"places in disorder", head + `{"list":"a","items":[{"place":"0000000000000002","value":""},{"place":"0000000000000001","value":""}]}` + "\n", errDamagedExport, "stand after"},
		{"a list that dropped some", head + `{"list":"a","dropped":"0000000000000001","items":[{"place":"0000000000000002","value":""}]}` + "\n", errDamagedExport, "no stream"},
		{"number for a text", head + `{"record":1,"value":""}` + "\n", errDamagedExport, "neither"},
		{"end with more", head + `{"end":{"pieces":0,"sha256":""},"record":"a"}` + "\n", errDamagedExport, "checksum"},
		{"line without end", head + `{"record":"` + strings.Repeat("x", maxExportLine), errDamagedExport, "too long"},
	} {
		_, _, err := readExport([]byte(row.file))
		if !errors.Is(err, row.want) || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s: %v; want %v and %q", row.name, err, row.want, row.says)
		}
	}
}

// FuzzExportReader: whatever is read as a whole export is written as one that reads the same; nothing else is.
func FuzzExportReader(f *testing.F) {
	h, pieces := goldenExport()
	f.Add(written(f, h, pieces[:1])) // small ones, since minimising takes long
	f.Add(compressed(f, written(f, h, nil)))
	f.Fuzz(func(t *testing.T, file []byte) {
		header, read, err := readExport(file)
		if err != nil {
			return
		}
		again, same, err := readExport(written(t, header, read))
		if diff := cmp.Diff(header, again) + cmp.Diff(read, same); err != nil || diff != "" {
			t.Errorf("written and read again: %v (-was +is)\n%s", err, diff)
		}
	})
}

// FuzzExportLine is the same for one line, which a checksum would hide from the other.
func FuzzExportLine(f *testing.F) {
	h, pieces := goldenExport()
	for line := range bytes.Lines(written(f, h, pieces)) {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		var l exportLine
		if strictly(line, &l) != nil {
			return
		}
		p, ok := l.piece()
		if !ok || persistence.ValidPieces([]persistence.Piece{p}) != nil {
			return
		}
		_, same, err := readExport(written(t, h, []persistence.Piece{p}))
		if diff := cmp.Diff([]persistence.Piece{p}, same); err != nil || diff != "" {
			t.Errorf("written and read again: %v (-was +is)\n%s", err, diff)
		}
	})
}
