package main

import (
	"context"
	"runtime/debug"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"switchyard/persistence/redis"
	"switchyard/persistence/redis/redistest"
)

// BenchmarkWebhookOnRedis is [BenchmarkWebhook] with everything kept in a Redis that syncs each write: ours in one of its own,
// the bare program's in another one of the same kind.
func BenchmarkWebhookOnRedis(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(gcPercent))
	store, err := redis.Open(b.Context(), redistest.New(b, b.TempDir()).URL(), redis.Options{})
	if err != nil {
		b.Fatal(err)
	}
	compare(b, store, newBare(b, bareRedisOn(b, redistest.New(b, b.TempDir()))))
}

// bareRedisOn makes groups of the bare program durable in a Redis, each in one round trip.
func bareRedisOn(b *testing.B, server *redistest.Server) func([]bareWrite) error {
	b.Helper()
	client := goredis.NewClient(&goredis.Options{Addr: server.Addr(), DisableIdentity: true})
	b.Cleanup(func() { _ = client.Close() })
	return func(group []bareWrite) error {
		pipe := client.Pipeline()
		for _, w := range group {
			pipe.Set(context.Background(), string(w.key), w.value, 0)
		}
		_, err := pipe.Exec(context.Background())
		return err
	}
}
