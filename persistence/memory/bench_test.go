package memory_test

import (
	"testing"

	"switchyard/persistence"
	"switchyard/persistence/memory"
	"switchyard/persistence/storetest"
)

func BenchmarkStore(b *testing.B) {
	storetest.Bench(b, func(*testing.B) persistence.Store { return memory.New(1) })
}
