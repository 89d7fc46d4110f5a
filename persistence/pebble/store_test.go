package pebble_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"switchyard/persistence"
	"switchyard/persistence/pebble"
	"switchyard/persistence/storetest"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(writerDir); dir != "" {
		write(dir)
		return
	}
	goleak.VerifyTestMain(m)
}

func open(t *testing.T, dir string) *pebble.Store {
	t.Helper()
	s, err := pebble.Open(dir, pebble.Options{Partitions: 2})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return s
}

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) persistence.Store {
		t.Helper()
		return open(t, t.TempDir())
	})
}

func TestArchive(t *testing.T) {
	t.Parallel()
	storetest.RunArchive(t, func(t *testing.T) persistence.Archive {
		t.Helper()
		return open(t, t.TempDir())
	})
}

func TestStoreDurable(t *testing.T) {
	t.Parallel()
	storetest.RunDurable(t, func(t *testing.T, dir string) persistence.Store {
		t.Helper()
		return open(t, dir)
	})
}
