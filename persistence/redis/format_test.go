package redis_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"switchyard/persistence"
	"switchyard/persistence/redis"
	"switchyard/persistence/redis/redistest"
)

// format1 makes a new server look as one of format 1 with one partition.
func format1(t *testing.T) *redistest.Server {
	t.Helper()
	server := redistest.New(t, t.TempDir())
	server.Do("hset", "switchyard:store", "format", "1", "partitions", "1")
	return server
}

// leaveBehind puts an input into the inbox as a node of format 1 does.
func leaveBehind(server *redistest.Server, key string) {
	server.Do("xadd", "switchyard:{p0}:inbox", "18-0", "key", key, "body", "body of "+key)
}

// read reads the inbox as its owner until an input comes.
func read(t *testing.T, s persistence.Store, key string) {
	t.Helper()
	l, err := s.Acquire(t.Context(), 0, "node")
	if err != nil {
		t.Fatal(err)
	}
	for e, err := range s.Inbox(t.Context(), l, "") {
		if err != nil {
			t.Fatal(err)
		}
		if e.Key == key {
			return
		}
	}
	t.Fatalf("the inbox ended before %q", key)
}

// What format 1 kept under an ingest key is read by everything that reads one, and the store is of this format from then on.
func TestFormat1(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	server := format1(t)
	s := open(t, server.URL(), redis.Options{})
	if format := server.Do("hget", "switchyard:store", "format"); format != "2" {
		t.Errorf("the format is %v", format)
	}
	known := func(key, sum string, reply ...any) string {
		name := "switchyard:{p0}:seen:" + key
		server.Do(append([]any{"hset", name, "place", "17", "sum", sum}, reply...)...)
		server.Do("pexpire", name, time.Hour.Milliseconds())
		return key
	}
	again := persistence.Input{Body: []byte("again"), Sum: "digest", Window: time.Minute}

	again.Key = known("once", "digest", "reply", "yes = 1")
	if reply, err := s.Answer(ctx, 0, again.Key); err != nil || string(reply) != "yes = 1" {
		t.Errorf("answer: %q, %v", reply, err)
	}
	for range 2 { // as it was, and as it is kept from the first time on
		if r, err := s.Ingest(ctx, 0, again); err != nil || !r.Duplicate || r.ID != "0000000000000011" || r.Sum != "digest" || string(r.Reply) != "yes = 1" {
			t.Errorf("ingest: %+v, %v", r, err)
		}
	}
	again.Key = known("twice", "other")
	if r, err := s.Ingest(ctx, 0, again); err != nil || !r.Duplicate || r.Sum != "other" || r.Reply != nil {
		t.Errorf("ingest: %+v, %v", r, err)
	}
	if left := server.Do("pttl", "switchyard:{p0}:seen:twice").(int64); left < 55*time.Minute.Milliseconds() {
		t.Errorf("its window is %v ms", left)
	}

	l, err := s.Acquire(ctx, 0, "node")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Ingest(ctx, 0, input("new")); err != nil {
		t.Fatal(err)
	}
	var behind persistence.Entry
	for e, err := range s.Inbox(ctx, l, "") { // though the reader is beyond its place
		if err != nil {
			t.Fatal(err)
		}
		if behind = e; e.Key == "behind" {
			break
		}
		leaveBehind(server, "behind")
	}
	if string(behind.Body) != "body of behind" {
		t.Errorf("what was left behind: %+v", behind)
	}
	reply := persistence.Reply{Key: known("answered", ""), Value: []byte("now")}
	if err := s.Commit(ctx, l, persistence.Batch{ID: "a", Seq: 1, Ack: []persistence.ID{behind.ID}, Reply: []persistence.Reply{reply}}); err != nil {
		t.Fatal(err)
	}
	if answer, err := s.Answer(ctx, 0, reply.Key); err != nil || string(answer) != "now" {
		t.Errorf("answer: %q, %v", answer, err)
	}

	known("left", "sum", "reply", "")
	dumped := map[string]string{}
	for piece, err := range s.Dump(ctx, l, func(string) bool { return true }) {
		if err != nil {
			t.Fatal(err)
		}
		if k, ok := piece.(persistence.Known); ok {
			dumped[k.Key] = fmt.Sprintf("%s %q %v", k.Sum, k.Reply, k.Reply != nil)
		}
	}
	want := map[string]string{"new": `sum "" false`, "once": `digest "yes = 1" true`, "twice": `other "" false`, "answered": ` "now" true`, "left": `sum "" true`}
	if fmt.Sprint(dumped) != fmt.Sprint(want) {
		t.Errorf("dumped %v, want %v", dumped, want)
	}
}

// A store of format 1 stays what it is while somebody serves it who knows no other, or who opens it is refused for another reason.
func TestFormat1Served(t *testing.T) {
	t.Parallel()
	server := format1(t)
	refused := func(o redis.Options, want error, says string) {
		t.Helper()
		s, err := redis.Open(t.Context(), server.URL(), o)
		if err == nil {
			_ = s.Close() // it should not be open
		}
		if !errors.Is(err, want) || !strings.Contains(err.Error(), says) {
			t.Errorf("opened with %+v: %v, want %v that says %q", o, err, want, says)
		}
		if format := server.Do("hget", "switchyard:store", "format"); format != "1" {
			t.Errorf("the format is %v", format)
		}
	}
	refused(redis.Options{Partitions: 7}, redis.ErrPartitions, "it has 1, not 7")
	at := func(after time.Duration) string {
		return fmt.Sprintf("%d 0 old:8080", time.Now().Add(after).UnixMilli())
	}
	server.Do("hset", "switchyard:nodes", "life", at(time.Hour), "gone", at(-time.Hour))
	refused(redis.Options{}, redis.ErrEarlier, "(old:8080, format 1)")
	server.Do("hset", "switchyard:nodes", "life", at(-time.Second))
	if s := open(t, server.URL(), redis.Options{}); s.Partitions() != 1 {
		t.Errorf("%d partitions", s.Partitions())
	}
}

// What a node of format 1 has accepted is exported, though nobody has read the inbox since.
func TestFormat1Dumped(t *testing.T) {
	t.Parallel()
	server := format1(t)
	leaveBehind(server, "behind")
	s := open(t, server.URL(), redis.Options{})
	l, err := s.Acquire(t.Context(), 0, "node")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for piece, err := range s.Dump(t.Context(), l, func(string) bool { return true }) {
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := piece.(persistence.Entry); ok {
			found = append(found, e.Key)
		}
	}
	if fmt.Sprint(found) != "[behind]" {
		t.Errorf("found %q", found)
	}
}

// What a node of format 1 has left comes before what was accepted since; what it adds late, to a reader who is beyond, comes too.
func TestFormat1InOrder(t *testing.T) {
	t.Parallel()
	server := format1(t)
	s := open(t, server.URL(), redis.Options{})
	l, err := s.Acquire(t.Context(), 0, "node")
	if err != nil {
		t.Fatal(err)
	}
	ingest := func(key string) {
		t.Helper()
		if _, err := s.Ingest(t.Context(), 0, input(key)); err != nil {
			t.Fatal(err)
		}
	}
	anHourAgo := time.Now().Add(-time.Hour)
	leave := func(after time.Duration, key string) {
		place := anHourAgo.Add(after).UnixMicro()
		server.Do("xadd", "switchyard:{p0}:inbox", fmt.Sprintf("%d-0", place), "key", key, "body", "body of "+key)
	}
	leave(0, "older")
	ingest("newer")
	var found []string
	var last persistence.ID
	for e, err := range s.Inbox(t.Context(), l, "") {
		if err != nil {
			t.Fatal(err)
		}
		if e.ID <= last {
			t.Errorf("%q at %s came after %s", e.Key, e.ID, last)
		}
		last, found = e.ID, append(found, e.Key)
		switch e.Key {
		case "newer":
			leave(time.Minute, "late")
			leave(2*time.Hour, "later")
		case "later":
			ingest("next")
		}
		if e.Key == "next" {
			break
		}
	}
	if fmt.Sprint(found) != "[older newer late later next]" {
		t.Errorf("found %q", found)
	}
}
