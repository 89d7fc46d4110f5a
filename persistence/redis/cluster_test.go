package redis_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"switchyard/persistence"
	"switchyard/persistence/redis"
	"switchyard/persistence/redis/redistest"
)

// A cluster of one server: every script finds its keys in one slot, and a cluster that is not whole is not opened.
func TestCluster(t *testing.T) {
	t.Parallel()
	server := redistest.New(t, t.TempDir(), "--cluster-enabled", "yes")
	url := "redis-cluster://" + server.Addr()
	server.Do("cluster", "addslotsrange", 0, 16382)
	eventually(t, "the server knows its slots", func() bool {
		return strings.Contains(server.Do("cluster", "info").(string), "cluster_slots_ok:16383")
	})
	_, err := redis.Open(t.Context(), url, redis.Options{})
	if !errors.Is(err, persistence.ErrUnavailable) || !strings.Contains(err.Error(), "16383 of 16384") {
		t.Errorf("a cluster with a missing slot: %v", err)
	}
	server.Do("cluster", "addslots", 16383)
	eventually(t, "the cluster is whole", func() bool {
		return strings.Contains(server.Do("cluster", "info").(string), "cluster_state:ok")
	})
	s := open(t, url, redis.Options{Partitions: 33})
	for part := range 32 {
		wholeWay(t, s, part)
	}
	carry(t, s, 5, 32)
	waiting := open(t, url, redis.Options{Wait: 1})
	_, err = waiting.Ingest(t.Context(), 31, input("b"))
	unconfirmed(t, "ingest", err)
	if r, err := s.Ingest(t.Context(), 31, input("b")); err != nil || !r.Duplicate {
		t.Errorf("the same ingest: %+v, %v", r, err)
	}
}

// The documented user suffices for a cluster with what the documentation adds for one.
func TestDocumentedUserOfCluster(t *testing.T) {
	t.Parallel()
	server := redistest.New(t, t.TempDir(), "--cluster-enabled", "yes")
	server.Do("cluster", "addslotsrange", 0, 16383)
	eventually(t, "the cluster is whole", func() bool {
		return strings.Contains(server.Do("cluster", "info").(string), "cluster_state:ok")
	})
	command := append(documentedUser(t), documented(t, "In a cluster it also needs `([^`]+)`")...)
	server.Do(command...)
	wholeWay(t, open(t, "redis-cluster://switchyard:SECRET@"+server.Addr(), redis.Options{Partitions: 2}), 1)
	if denied := server.Do("acl", "log").([]any); len(denied) != 0 {
		t.Errorf("denied: %v", denied)
	}
}

// wholeWay takes an input from its ingestion through a commit that uses everything to all that can be read.
func wholeWay(t *testing.T, s persistence.Store, part int) {
	t.Helper()
	ctx := t.Context()
	if living, err := s.Attend(ctx, persistence.Node{Name: "node", Life: "life"}); err != nil || len(living) != 1 {
		t.Fatalf("attend: %v, %v", living, err)
	}
	if err := s.Depart(ctx, "life"); err != nil {
		t.Fatal(err)
	}
	bells := s.Watch(ctx, part)
	var r persistence.Receipt
	confirmed(t, "ingest", func() (err error) {
		r, err = s.Ingest(ctx, part, input("a"))
		return err
	})
	l, err := s.Acquire(ctx, part, "node")
	if err != nil {
		t.Fatal(err)
	}
	for e, err := range s.Inbox(ctx, l, "") {
		if err != nil || e.ID != r.ID {
			t.Fatalf("inbox: %+v, %v", e, err)
		}
		break
	}
	b := batch(1, r.ID)
	for range 2 {
		confirmed(t, "commit", func() error { return s.Commit(ctx, l, b) })
	}
	bell := <-bells
	for bell.Owners { // of the node that came and went
		bell = <-bells
	}
	if bell != (persistence.Bell{Reply: "a"}) { // which somebody waits for
		t.Errorf("bell %+v", bell)
	}
	if err := s.Renew(ctx, l); err != nil {
		t.Error(err)
	}
	value, _ := s.Get(ctx, part, "hot/x")
	var answer []byte
	confirmed(t, "answer", func() (err error) {
		answer, err = s.Answer(ctx, part, "a")
		return err
	})
	list, _ := s.Range(ctx, part, "list", "", 10)
	stream, _ := s.Range(ctx, part, "stream", "", 10)
	records, _ := s.Scan(ctx, part, "hot/", "", 10)
	got := []string{string(value), string(answer)}
	for _, it := range append(list, stream...) {
		got = append(got, string(it.Value))
	}
	for _, r := range records {
		got = append(got, r.Key)
	}
	if diff := cmp.Diff([]string{"1", "done", "one", "happened", "hot/x"}, got); diff != "" {
		t.Errorf("partition %d (-want +got):\n%s", part, diff)
	}
	if err := s.Release(ctx, l); err != nil {
		t.Error(err)
	}
}

// batch is a commit that uses everything.
func batch(seq uint64, ack ...persistence.ID) persistence.Batch {
	return persistence.Batch{
		ID: "batch", Seq: seq, Ack: ack,
		Put: map[string][]byte{"hot/x": []byte("1")}, Del: []string{"hot/y"},
		Append: []persistence.Append{{List: "list", Value: []byte("one")}},
		Event:  []persistence.Event{{Stream: "stream", Value: []byte("happened")}},
		Reply:  []persistence.Reply{{Key: "a", Value: []byte("done")}},
	}
}
