package pebble_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"switchyard/persistence"
	"switchyard/persistence/pebble"
)

// tree is every file of a directory with its mode, time and content.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		line := fmt.Sprint(info.Mode(), info.ModTime().UnixNano())
		if !e.IsDir() {
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			line += fmt.Sprintf(" %x", sha256.Sum256(content))
		}
		found[path] = line
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// filled makes a store with some content, part of it in tables, and closes it.
func filled(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for round := range 3 { // each opening flushes what the one before left in the log
		s := open(t, dir)
		l, err := s.Acquire(t.Context(), 0, "node")
		if err != nil {
			t.Fatal(err)
		}
		for n := range 50 {
			key := fmt.Sprintf("%d.%d", round, n)
			if _, err := s.Ingest(t.Context(), 1, persistence.Input{Key: key, Body: []byte(key), Window: time.Hour}); err != nil {
				t.Fatal(err)
			}
			l.Seq++
			b := persistence.Batch{ID: key, Seq: l.Seq, Put: map[string][]byte{key: []byte(strings.Repeat(key, 1000))}}
			if err := s.Commit(t.Context(), l, b); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// one returns the last file whose name matches; Pebble keeps an old one of some. Where none does, it is one that is missing.
func one(dir, pattern string) string {
	found, err := filepath.Glob(filepath.Join(dir, "store", "db", pattern))
	if err != nil || len(found) == 0 {
		return filepath.Join(dir, "missing", pattern)
	}
	return found[len(found)-1]
}

func overwrite(path string, change func([]byte) []byte) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, change(content), 0o600)
}

func remove(path string) error {
	if _, err := os.Stat(path); err != nil {
		return err
	}
	return os.RemoveAll(path)
}

func half(b []byte) []byte { return b[:len(b)/2] }

func garble(b []byte) []byte {
	for i := len(b) / 3; i < len(b)/3+16 && i < len(b); i++ {
		b[i] ^= 0x55
	}
	return b
}

func TestRefusedDirectories(t *testing.T) {
	t.Parallel()
	file := func(dir string) string { return filepath.Join(dir, "store", "FORMAT") }
	for name, c := range map[string]struct {
		want  error
		spoil func(dir string) error
	}{
		"newer format": {persistence.ErrFormat, func(dir string) error {
			return overwrite(file(dir), func([]byte) []byte {
				return []byte("switchyard store\nversion 2\nshards many\ncrc32 1a65a0dc\n")
			})
		}},
		"FORMAT truncated": {persistence.ErrDamaged, func(dir string) error { return overwrite(file(dir), half) }},
		"FORMAT garbled":   {persistence.ErrDamaged, func(dir string) error { return overwrite(file(dir), garble) }},
		"FORMAT missing":   {persistence.ErrDamaged, func(dir string) error { return remove(file(dir)) }},
		"MANIFEST truncated": {persistence.ErrDamaged, func(dir string) error {
			return overwrite(one(dir, "MANIFEST-*"), func(b []byte) []byte { return b[:10] })
		}},
		"MANIFEST garbled": {persistence.ErrDamaged, func(dir string) error { return overwrite(one(dir, "MANIFEST-*"), garble) }},
		"MANIFEST missing": {persistence.ErrDamaged, func(dir string) error { return remove(one(dir, "MANIFEST-*")) }},
		"marker missing":   {persistence.ErrDamaged, func(dir string) error { return remove(one(dir, "marker.manifest*")) }},
		"table truncated":  {persistence.ErrDamaged, func(dir string) error { return overwrite(one(dir, "*.sst"), half) }},
		"table garbled":    {persistence.ErrDamaged, func(dir string) error { return overwrite(one(dir, "*.sst"), garble) }},
		"table missing":    {persistence.ErrDamaged, func(dir string) error { return remove(one(dir, "*.sst")) }},
		"log garbled":      {persistence.ErrDamaged, func(dir string) error { return overwrite(one(dir, "*.log"), garble) }},
		"database missing": {persistence.ErrDamaged, func(dir string) error { return remove(filepath.Join(dir, "store", "db")) }},
		"partitions":       {persistence.ErrInvalid, func(string) error { return nil }},
		"something else": {persistence.ErrFormat, func(dir string) error {
			return os.Rename(filepath.Join(dir, "store"), filepath.Join(dir, "thesis"))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filled(t)
			if err := c.spoil(dir); err != nil {
				t.Fatal(err)
			}
			before := tree(t, dir)
			options := pebble.Options{}
			if errors.Is(c.want, persistence.ErrInvalid) {
				options.Partitions = 3
			}
			s, err := pebble.Open(dir, options)
			if !errors.Is(err, c.want) {
				t.Errorf("open: %v, want %v", err, c.want)
			}
			if s != nil {
				s.Close()
			}
			if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
				t.Errorf("to refuse the directory changed it (-before +after):\n%s", diff)
			}
		})
	}
}

func TestInUse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	for range 2 {
		if _, err := pebble.Open(dir, pebble.Options{}); !errors.Is(err, persistence.ErrInUse) {
			t.Errorf("open a second time: %v, want %v", err, persistence.ErrInUse)
		}
	}
	if _, err := s.Ingest(t.Context(), 0, persistence.Input{Key: "a", Window: time.Hour}); err != nil {
		t.Errorf("the first user was disturbed: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := open(t, dir).Close(); err != nil {
		t.Errorf("after it was closed: %v", err)
	}
}

// A lock that nobody works under shows that to be refused leaves no trace.
func TestInUseChangesNothing(t *testing.T) {
	t.Parallel()
	dir := filled(t)
	lock, err := os.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	before := tree(t, dir)
	if _, err := pebble.Open(dir, pebble.Options{}); !errors.Is(err, persistence.ErrInUse) {
		t.Errorf("open: %v, want %v", err, persistence.ErrInUse)
	}
	if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
		t.Errorf("to refuse the directory changed it (-before +after):\n%s", diff)
	}
}

func TestNotADirectory(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, filepath.Join(path, "below")} {
		if _, err := pebble.Open(p, pebble.Options{}); !errors.Is(err, persistence.ErrFormat) {
			t.Errorf("open %s: %v, want %v", p, err, persistence.ErrFormat)
		}
	}
}

func TestPartitions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ asked, want int }{{0, pebble.DefaultPartitions}, {1, 1}, {300, 300}} {
		dir := filepath.Join(t.TempDir(), "made", "as", "needed")
		for _, o := range []pebble.Options{{Partitions: c.asked}, {}, {Partitions: c.want}} {
			s, err := pebble.Open(dir, o)
			if err != nil {
				t.Fatalf("open with %d: %v", o.Partitions, err)
			}
			if s.Partitions() != c.want {
				t.Errorf("%d partitions, want %d", s.Partitions(), c.want)
			}
			s.Close()
		}
		_, err := pebble.Open(dir, pebble.Options{Partitions: c.want + 1})
		if !errors.Is(err, persistence.ErrInvalid) || !strings.Contains(err.Error(), fmt.Sprint("has ", c.want, " partitions")) {
			t.Errorf("another number of partitions: %v", err)
		}
	}
	for _, n := range []int{-1, 1 << 20} {
		if _, err := pebble.Open(t.TempDir(), pebble.Options{Partitions: n}); !errors.Is(err, persistence.ErrInvalid) {
			t.Errorf("%d partitions: %v", n, err)
		}
	}
}

// Who wants what is there does not make anything in its place.
func TestExisting(t *testing.T) {
	t.Parallel()
	empty := t.TempDir()
	missing := filepath.Join(empty, "missing")
	for _, dir := range []string{missing, empty} {
		if _, err := pebble.Open(dir, pebble.Options{Existing: true}); !errors.Is(err, persistence.ErrNotFound) {
			t.Errorf("open %s: %v, want %v", dir, err, persistence.ErrNotFound)
		}
	}
	if left, err := os.ReadDir(empty); err != nil || len(left) != 0 {
		t.Errorf("made: %v, %v", left, err)
	}
	s, err := pebble.Open(filled(t), pebble.Options{Existing: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// A crash while the store is made leaves something that is not finished; it is made anew.
func TestUnfinished(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "store.new"), os.DirFS(filepath.Join(filled(t), "store"))); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir)
	defer s.Close()
	if _, err := s.Get(context.Background(), 0, "0.0"); !errors.Is(err, persistence.ErrNotFound) {
		t.Errorf("the store is not new: %v", err)
	}
}

func TestCheckpoint(t *testing.T) {
	t.Parallel()
	dir, copied := filled(t), filepath.Join(t.TempDir(), "copy")
	s := open(t, dir)
	put := func(to *pebble.Store, key string) {
		t.Helper()
		l, err := to.Acquire(t.Context(), 0, "node")
		if err == nil {
			err = to.Commit(t.Context(), l, persistence.Batch{ID: key, Seq: l.Seq + 1, Put: map[string][]byte{key: nil}})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	put(s, "before")
	if err := s.Checkpoint(copied); err != nil {
		t.Fatalf("checkpoint: %v", err)
	}
	put(s, "after")
	for _, used := range []string{copied, dir} {
		if err := s.Checkpoint(used); err == nil {
			t.Errorf("a checkpoint was made over %s", used)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Checkpoint(filepath.Join(copied, "late")); !errors.Is(err, persistence.ErrClosed) {
		t.Errorf("checkpoint of a closed store: %v", err)
	}
	c := open(t, copied)
	defer c.Close()
	for key, want := range map[string]error{"0.0": nil, "2.49": nil, "before": nil, "after": persistence.ErrNotFound} {
		if _, err := c.Get(t.Context(), 0, key); !errors.Is(err, want) {
			t.Errorf("%s in the copy: %v, want %v", key, err, want)
		}
	}
	put(c, "in the copy alone")
}
