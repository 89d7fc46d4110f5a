package pebble_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"switchyard/persistence"
	"switchyard/persistence/pebble"
)

// writerDir is the environment variable that makes the test binary a writer into that directory.
const writerDir = "SWITCHYARD_TEST_WRITER_DIR"

// write ingests and commits until it is killed, and prints what has been acknowledged: "in <key> <place>" and
// "done <seq> <key>".
func write(dir string) {
	s, err := pebble.Open(dir, pebble.Options{Partitions: 1})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	var mu sync.Mutex
	say := func(args ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Println(args...)
	}
	ctx := context.Background()
	for n := range 8 {
		go func() {
			for i := 0; ; i++ {
				key := fmt.Sprintf("%d.%d.%d", os.Getpid(), n, i)
				r, err := s.Ingest(ctx, 0, persistence.Input{Key: key, Body: []byte(key), Window: time.Hour})
				if err != nil {
					say("error", err)
					return
				}
				say("in", key, r.ID)
			}
		}()
	}
	l, err := s.Acquire(ctx, 0, "node")
	if err != nil {
		say("error", err)
	}
	for e, err := range s.Inbox(ctx, l, "") {
		if err != nil {
			say("error", err)
			return
		}
		l.Seq++
		err = s.Commit(ctx, l, persistence.Batch{
			ID: "commit of " + e.Key, Seq: l.Seq, Ack: []persistence.ID{e.ID},
			Put:    map[string][]byte{"record/" + e.Key: e.Body},
			Append: []persistence.Append{{List: "list", Value: e.Body}},
			Event:  []persistence.Event{{Stream: "stream", Value: e.Body}},
			Reply:  []persistence.Reply{{Key: e.Key, Value: e.Body}},
		})
		if err != nil {
			say("error", err)
			return
		}
		say("done", l.Seq, e.Key)
	}
}

// acknowledged is what writers have said.
type acknowledged struct {
	in   []string
	done map[string]uint64
	last uint64
}

// killWriter starts a writer, hears it say a number of lines, kills it and hears the rest.
func (a *acknowledged) killWriter(t *testing.T, dir string, lines int) {
	t.Helper()
	writer := exec.CommandContext(t.Context(), os.Args[0])
	writer.Env = append(os.Environ(), writerDir+"="+dir)
	out, err := writer.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := writer.Start(); err != nil {
		t.Fatal(err)
	}
	scan := bufio.NewScanner(out)
	for n := 0; scan.Scan(); n++ {
		if n == lines {
			if _, err := pebble.Open(dir, pebble.Options{}); !errors.Is(err, persistence.ErrInUse) {
				t.Errorf("open while the writer has it: %v", err)
			}
			if err := writer.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
		a.hear(t, scan.Text())
	}
	_ = writer.Wait() // it was killed
}

func (a *acknowledged) hear(t *testing.T, line string) {
	t.Helper()
	var seq uint64
	var key, id string
	switch {
	case strings.HasPrefix(line, "error"):
		t.Errorf("the writer says: %s", line)
	case scanned(fmt.Sscanf(line, "in %s %s", &key, &id)) == 2:
		a.in = append(a.in, key)
	case scanned(fmt.Sscanf(line, "done %d %s", &seq, &key)) == 2:
		a.done[key] = seq
		if seq != a.last+1 {
			// The commit before may have been durable though nobody was told.
			if seq != a.last+2 {
				t.Errorf("commit %d was acknowledged after %d", seq, a.last)
			}
		}
		a.last = seq
	}
}

func scanned(n int, _ error) int { return n }

func TestKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	said := acknowledged{done: make(map[string]uint64)}
	for round := range 6 {
		said.killWriter(t, dir, 40+150*round)
		said.check(t, dir)
	}
	if len(said.done) == 0 || len(said.in) == 0 {
		t.Fatalf("the writers acknowledged %d inputs and %d commits", len(said.in), len(said.done))
	}
}

// check opens the directory and looks for everything that was acknowledged, once.
func (a *acknowledged) check(t *testing.T, dir string) {
	t.Helper()
	s, err := pebble.Open(dir, pebble.Options{})
	if err != nil {
		t.Fatalf("open after a kill: %v", err)
	}
	defer s.Close()
	ctx := t.Context()
	l, err := s.Acquire(ctx, 0, "test")
	if err != nil {
		t.Fatal(err)
	}
	list, err := s.Range(ctx, 0, "list", "", 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	if uint64(len(list)) != l.Seq {
		t.Errorf("%d commits left %d entries in the list", l.Seq, len(list))
	}
	if l.Seq < a.last || l.Seq > a.last+1 {
		t.Errorf("commit %d was acknowledged, the store is at %d", a.last, l.Seq)
	}
	place := make(map[string]int)
	for i, it := range list {
		if place[string(it.Value)] != 0 {
			t.Errorf("%s was committed twice", it.Value)
		}
		place[string(it.Value)] = i + 1
	}
	for key, seq := range a.done {
		if uint64(place[key]) != seq {
			t.Errorf("commit %d of %s was acknowledged, the list has it at %d", seq, key, place[key])
		}
	}
	for _, key := range a.in {
		r, err := s.Ingest(ctx, 0, persistence.Input{Key: key, Window: time.Hour})
		if err != nil || !r.Duplicate {
			t.Fatalf("the acknowledged input %s is not known: %+v, %v", key, r, err)
		}
		if committed := place[key] != 0; committed != (r.Reply != nil) {
			t.Errorf("%s: committed %v, reply %q", key, committed, r.Reply)
		}
	}
	a.last = l.Seq
}
