package redis_test

import (
	"testing"

	"switchyard/persistence"
	"switchyard/persistence/redis"
	"switchyard/persistence/redis/redistest"
	"switchyard/persistence/storetest"
)

func BenchmarkStore(b *testing.B) {
	storetest.Bench(b, func(b *testing.B) persistence.Store {
		return open(b, redistest.New(b, b.TempDir()).URL(), redis.Options{Partitions: 1})
	})
}
