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
	server := redistest.New(t, t.TempDir())
	command := documentedUser(t)
	server.Do(command...)
	var allowed []string
	for _, word := range command {
		if name, ok := strings.CutPrefix(word.(string), "+"); ok {
			allowed = append(allowed, name)
		}
	}
	url := "redis://switchyard:SECRET@" + server.Addr()
	s := open(t, url, redis.Options{Partitions: 1})
	server.Do("config", "resetstat")
	again := open(t, url, redis.Options{Wait: 1})
	wholeWay(t, s, 0)
	leaveBehind(server, "b")
	read(t, s, "b")
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

// documented finds words in docs/operations.md.
func documented(t *testing.T, pattern string) []any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "operations.md"))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(pattern).FindStringSubmatch(string(text))
	if len(found) != 2 {
		t.Fatalf("docs/operations.md has nothing like %q", pattern)
	}
	var words []any
	for word := range strings.FieldsSeq(found[1]) {
		words = append(words, word)
	}
	return words
}

// documentedUser is the command that makes the user.
func documentedUser(t *testing.T) []any {
	t.Helper()
	return documented(t, "(?m)^(ACL SETUSER switchyard .*)$")
}
