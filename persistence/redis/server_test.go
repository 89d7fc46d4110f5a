package redis_test

import (
	"testing"
	"time"

	"switchyard/persistence"
	"switchyard/persistence/redis"
	"switchyard/persistence/redis/redistest"
	"switchyard/persistence/storetest"
)

// patience is how long a test waits for what must come.
const patience = 60 * time.Second

func TestStoreOnServer(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) persistence.Store {
		return open(t, redistest.New(t, t.TempDir()).URL(), redis.Options{Partitions: 2})
	})
}

func TestArchiveOnServer(t *testing.T) {
	t.Parallel()
	storetest.RunArchive(t, func(t *testing.T) persistence.Archive {
		return open(t, redistest.New(t, t.TempDir()).URL(), redis.Options{Partitions: 2})
	})
}

// A server that was killed has everything that was acknowledged when it starts again.
func TestDurable(t *testing.T) {
	t.Parallel()
	storetest.RunDurable(t, func(t *testing.T, dir string) persistence.Store {
		server := redistest.New(t, dir)
		return &killed{open(t, server.URL(), redis.Options{Partitions: 2}), server}
	})
}

// killed is a store whose server is killed when it is closed.
type killed struct {
	persistence.Store
	server *redistest.Server
}

func (k *killed) Close() error {
	err := k.Store.Close()
	k.server.Kill()
	return err
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for !holds() {
		select {
		case <-look.C:
		case <-deadline.C:
			t.Fatalf("%s: not so after %v", what, patience)
		}
	}
}
