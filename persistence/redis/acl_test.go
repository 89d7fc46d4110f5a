package redis_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"switchyard/persistence"
	"switchyard/persistence/redis"
	"switchyard/persistence/redis/redistest"
)

// The user that docs/operations.md names can do all that is needed, and needs all that it may do.
func TestDocumentedUser(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "operations.md"))
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^ACL SETUSER switchyard .*$`).FindString(string(text))
	if line == "" {
		t.Fatal("docs/operations.md names no user")
	}
	server := redistest.New(t, t.TempDir())
	words := strings.Fields(line)
	command := make([]any, len(words))
	var allowed []string
	for i, word := range words {
		command[i] = word
		if name, ok := strings.CutPrefix(word, "+"); ok {
			allowed = append(allowed, name)
		}
	}
	server.Do(command...)
	url := "redis://switchyard:SECRET@" + server.Addr()
	s := open(t, url, redis.Options{Partitions: 1})
	server.Do("config", "resetstat")
	again := open(t, url, redis.Options{Wait: 1})
	wholeWay(t, s, 0)
	if _, err := again.Ingest(t.Context(), 0, input("a")); err == nil {
		t.Error("a replica confirmed that is not there")
	}
	trimStream(t, s)
	if err := s.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if denied := server.Do("acl", "log").([]any); len(denied) != 0 {
		t.Errorf("denied: %v", denied)
	}
	used := server.Calls()
	for _, name := range allowed {
		if used[name] == 0 && name != "ping" { // the client library's, on a subscription that is silent
			t.Errorf("%s is allowed and not used", name)
		}
		delete(used, name)
	}
	for _, ours := range []string{"hello", "config|resetstat", "acl|log", "info", "acl|setuser", "config", "acl"} {
		delete(used, ours)
	}
	for name := range used {
		if !slices.Contains(allowed, name) {
			t.Errorf("%s is used and not allowed", name)
		}
	}
}

// trimStream adds events until the oldest leave.
func trimStream(t *testing.T, s persistence.Store) {
	t.Helper()
	l, err := s.Acquire(t.Context(), 0, "node")
	if err != nil {
		t.Fatal(err)
	}
	b := persistence.Batch{ID: "many", Seq: l.Seq + 1}
	for range 2 * persistence.StreamKeep {
		b.Event = append(b.Event, persistence.Event{Stream: "stream"})
	}
	if err := s.Commit(t.Context(), l, b); err != nil {
		t.Fatal(err)
	}
	if last, err := s.Last(t.Context(), 0, "stream"); err != nil || last == "" {
		t.Errorf("last: %q, %v", last, err)
	}
}
