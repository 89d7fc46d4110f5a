package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"switchyard/persistence"
	"switchyard/persistence/pebble"
	"switchyard/persistence/redis"
	"switchyard/persistence/redis/redistest"
)

// largeExport is an export of several megabytes, so that an import of it has a middle.
func largeExport(t *testing.T) []byte {
	t.Helper()
	h, pieces := goldenExport()
	for n := range 40 {
		log := persistence.Entries{Name: persistence.LogList("centre", string(rune('a'+n)))}
		for at := range persistence.PieceItems {
			log.Items = append(log.Items, persistence.Item{ID: persistence.ID(fmt.Sprintf("%016x", at+1)), Value: bytes.Repeat([]byte{'x'}, 600)})
		}
		pieces = append(pieces, log)
	}
	return written(t, h, pieces)
}

// lasting is what of an export made of the golden one is there for longer than a moment.
func lasting(t *testing.T, file []byte) string {
	t.Helper()
	return strings.ReplaceAll(normalised(t, file), `{"key":"w/centre/twilio/SM1","sum":"","window_ms":1}`+"\n", "")
}

// halfImport is an import whose file has come half so far.
type halfImport struct {
	*child
	rest  []byte
	input io.WriteCloser
}

// beginImport runs the program, gives it half of a file, and waits until something of it is in the store.
func beginImport(t *testing.T, o *outside, url string, file []byte) *halfImport {
	t.Helper()
	h := &halfImport{child: &child{test: t, process: exec.CommandContext(context.Background(), buildProgram(t), "import", "--store", url, "-"), exited: make(chan struct{})}}
	h.process.Stdout, h.process.Stderr = &h.stdout, &h.stderr
	var err error
	if h.input, err = h.process.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := h.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.kill)
	written := make(chan error, 1)
	go func() {
		_, err := h.input.Write(file[:len(file)/2])
		written <- err
	}()
	go func() {
		_ = h.process.Wait() // how it ended is in ProcessState
		close(h.exited)
	}()
	if err := <-written; err != nil {
		t.Fatal(err)
	}
	h.rest = file[len(file)/2:]
	o.eventually("the import has begun", func() bool {
		store, err := redis.Open(t.Context(), url, redis.Options{Existing: true})
		if err != nil {
			return false
		}
		defer store.Close()
		note, found, err := readImportNote(t.Context(), store, "centre")
		if err != nil || note.Complete {
			t.Fatalf("note %+v, %v", note, err)
		}
		logs, err := store.Range(t.Context(), persistence.PartitionOf("centre", store.Partitions()), persistence.LogList("centre", "a"), "", 1)
		return err == nil && found && len(logs) > 0
	})
	return h
}

// TestImportKilled: an import that is killed, or whose Redis is, is done again as if it had never been begun; one that is asked to
// stop takes back what it has begun.
func TestImportKilled(t *testing.T) {
	t.Parallel()
	whole := largeExport(t)
	path := filepath.Join(t.TempDir(), "centre.jsonl")
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	o := &outside{t: t}
	for _, row := range []struct {
		name string
		end  func(*halfImport, *redistest.Server)
		half bool
	}{
		{"killed", func(h *halfImport, _ *redistest.Server) { h.kill() }, true},
		{"redis killed", func(h *halfImport, r *redistest.Server) {
			r.Kill()
			_, _ = h.input.Write(h.rest) // it may end before it has read all of it
			_ = h.input.Close()
			if code := h.exit(); code != exitFailure || !strings.Contains(h.stderr.String(), "run the same import again") {
				t.Errorf("redis killed: %d, %s", code, h.stderr.String())
			}
			r.Restart()
		}, true},
		{"cut off", func(h *halfImport, _ *redistest.Server) {
			_ = h.input.Close()
			if code := h.exit(); code != exitFailure || !strings.Contains(h.stderr.String(), "damaged or cut off") || !strings.Contains(h.stderr.String(), "nothing was imported") {
				t.Errorf("cut off: %d, %s", code, h.stderr.String())
			}
		}, false},
		{"asked to stop", func(h *halfImport, _ *redistest.Server) {
			h.ask(syscall.SIGTERM)
			_, _ = h.input.Write(h.rest) // it may end before it has read all of it
			if code := h.exit(); code != exitFailure || !strings.Contains(h.stderr.String(), "it was interrupted; nothing was imported") {
				t.Errorf("asked to stop: %d, %s", code, h.stderr.String())
			}
		}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			server := redistest.New(t, t.TempDir())
			row.end(beginImport(t, o, server.URL(), whole), server)
			o.eventually("the leases have run out", func() bool {
				code, _, stderr := command(t, "", "export", "--store", server.URL(), "-")
				if code != exitFailure || strings.Contains(stderr, "only half here") && !row.half {
					t.Fatalf("export after an import that is not whole: %d, %s", code, stderr)
				}
				return !strings.Contains(stderr, "stop every node")
			})
			if left := server.Do("keys", "switchyard:*:list:*").([]any); (len(left) > 0) != row.half {
				t.Errorf("%d lists are left", len(left))
			}
			tenant := testTenant(t, "http://127.0.0.1:1", 1, 1)
			tenant.ID = "centre"
			if row.half {
				code, _, stderr := command(t, "", "serve", "--store", server.URL(), "--tenant", file(t, "tenant.json", documentOf(t, tenant)), "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0")
				if code != exitFailure || !strings.Contains(stderr, `tenant \"centre\" is only half here`) && !strings.Contains(stderr, `tenant "centre" is only half here`) {
					t.Errorf("serve with a file of the tenant that is half there: %d, %s", code, stderr)
				}
			}
			if code, stdout, stderr := command(t, "", "import", "--store", server.URL(), path); code != exitOK || !strings.Contains(stdout, "imported tenant centre") {
				t.Fatalf("again: %d, %s", code, stderr)
			}
			_, again, _ := command(t, "", "export", "--store", server.URL(), "-")
			if diff := cmp.Diff(lasting(t, whole), lasting(t, []byte(again))); diff != "" {
				t.Errorf("(-file +store):\n%.2000s", diff)
			}
		})
	}
}

// TestMovingCommands: what is asked for wrongly, and what is not there.
func TestMovingCommands(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	full, empty, golden := "pebble:"+filepath.Join(dir, "full"), "pebble:"+filepath.Join(dir, "empty"), filepath.Join("testdata", "export-1.jsonl")
	newer := file(t, "newer.jsonl", `{"format":"switchyard export","version":9}`+"\n")
	path := filepath.Join(dir, "centre.jsonl.gz")
	made, err := pebble.Open(filepath.Join(dir, "empty"), pebble.Options{})
	if err != nil {
		t.Fatal(err)
	}
	closed(t, made)
	for _, row := range []struct {
		args      []string
		want      int
		complaint string
	}{
		{[]string{"export"}, exitUsage, "name one file"},
		{[]string{"export", "x"}, exitUsage, "--store is needed"},
		{[]string{"import", "--store", full}, exitUsage, "name one file"},
		{[]string{"import", golden}, exitUsage, "--store is needed"},
		{[]string{"import", "--store", full, "--redis-partitions", "256", golden}, exitUsage, "are for a store in Redis"},
		{[]string{"export", "--store", full, path}, exitFailure, "there is no store in"},
		{[]string{"export", "--store", empty, path}, exitFailure, "there is no tenant in the store"},
		{[]string{"import", "--store", full, filepath.Join(dir, "none")}, exitFailure, "no such file"},
		{[]string{"import", "--store", full, newer}, exitFailure, "a newer Switchyard wrote this export"},
		{[]string{"import", "--store", full, file(t, "x", "hello")}, exitFailure, "no export of Switchyard"},
		{[]string{"import", "--store", full, "--tenant", "another", golden}, exitFailure, `no tenant "another" in the export; there is tenant centre`},
		{[]string{"import", "--store", full, golden}, exitOK, ""},
		{[]string{"import", "--store", full, golden}, exitFailure, "nothing is left to be done"},
		{[]string{"export", "--store", full, "--tenant", "another", path}, exitFailure, `no tenant "another" in the store; there is tenant centre`},
		{[]string{"export", "--store", full, filepath.Join(dir, "nowhere", "x")}, exitFailure, "no such file or directory"},
		{[]string{"export", "--store", full, path}, exitOK, "exported tenant centre: 4 records, 4 entries of lists and streams, 2 keys of earlier inputs, 2 inputs to be worked off"},
		{[]string{"export", "--store", full, path}, exitFailure, "is there already"},
	} {
		if code, _, stderr := command(t, "", row.args...); code != row.want || !strings.Contains(stderr, row.complaint) {
			t.Errorf("%v: exit code %d, %q; want %d and %q", row.args, code, stderr, row.want, row.complaint)
		}
	}
	packed, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 || !bytes.HasPrefix(packed, []byte{0x1f, 0x8b}) {
		t.Errorf("%s has mode %v and begins with %x, %v", path, info.Mode(), packed[:2], err)
	}
	plain, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(lasting(t, plain), lasting(t, packed)); diff != "" {
		t.Errorf("(-golden +exported):\n%s", diff)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"+unfinishedExport))
	if err != nil || len(left) != 0 {
		t.Errorf("left are %v, %v", left, err)
	}
}
