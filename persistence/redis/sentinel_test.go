package redis_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"switchyard/persistence/redis"
	"switchyard/persistence/redis/redistest"
)

// A Sentinel names the primary; when it has promoted the replica, the store finds it by itself and goes on.
func TestSentinel(t *testing.T) {
	t.Parallel()
	primary := redistest.New(t, t.TempDir())
	replica := redistest.New(t, t.TempDir(), "--replicaof", strings.Replace(primary.Addr(), ":", " ", 1))
	dir := t.TempDir()
	config := filepath.Join(dir, "sentinel.conf")
	text := fmt.Sprintf("sentinel monitor texts %s 1\nsentinel down-after-milliseconds texts 60000\nsentinel failover-timeout texts 10000\n",
		strings.Replace(primary.Addr(), ":", " ", 1))
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	sentinel := redistest.NewSentinel(t, config)
	eventually(t, "the sentinel knows the replica", func() bool {
		return len(sentinel.Do("sentinel", "replicas", "texts").([]any)) == 1 &&
			strings.Contains(primary.Replication(), "state=online")
	})
	s := open(t, "redis-sentinel://"+sentinel.Addr()+"?master_name=texts", redis.Options{Partitions: 2, Wait: 1})
	wholeWay(t, s, 0)
	primary.Kill()
	sentinel.Do("sentinel", "set", "texts", "down-after-milliseconds", 500) // until now it was not to take a slow primary for a dead one
	eventually(t, "the replica is promoted", func() bool {
		return strings.Contains(replica.Replication(), "role:master")
	})
	eventually(t, "the promoted replica has what was acknowledged", func() bool {
		record, err := s.Get(t.Context(), 0, "hot/x")
		return err == nil && string(record) == "1"
	})
	_, err := s.Answer(t.Context(), 0, "a")
	unconfirmed(t, "answer", err) // nobody replicates from the new primary yet
	_, err = s.Ingest(t.Context(), 0, input("b"))
	unconfirmed(t, "ingest", err)
	if r, err := open(t, replica.URL(), redis.Options{}).Ingest(t.Context(), 0, input("b")); err != nil || !r.Duplicate {
		t.Errorf("the new primary: %+v, %v", r, err)
	}
}
