package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/urfave/cli/v3"

	"switchyard/persistence"
	"switchyard/persistence/pebble"
	"switchyard/persistence/redis"
)

// storeConfig is which store the flags ask for.
type storeConfig struct {
	where       string
	redisWait   int
	partitions  int // of a new Redis; 0: the usual number
	allowUnsafe bool
	existing    bool // make none where none is
	log         *slog.Logger
}

// storeOf is what the flags of [storeFlags] say.
func storeOf(c *cli.Command, log *slog.Logger) storeConfig {
	return storeConfig{
		where: c.String(flagStore), redisWait: c.Int(flagRedisWait), partitions: c.Int(flagPartitions), allowUnsafe: c.Bool(flagAllowUnsafe), log: log,
	}
}

// open opens the store.
func (c storeConfig) open(ctx context.Context) (persistence.Archive, error) {
	kind, dir, _ := strings.Cut(c.where, ":")
	switch {
	case c.where == "":
		return nil, usage{fmt.Errorf("--%s is needed: pebble:DIR keeps everything in the directory DIR, redis://HOST:PORT in a Redis", flagStore)}
	case strings.HasPrefix(kind, "redis"):
		return c.openRedis(ctx)
	case c.redisWait != 0 || c.partitions != 0 || c.allowUnsafe:
		return nil, usage{fmt.Errorf("--%s, --%s and --%s are for a store in Redis, not for %s", flagRedisWait, flagPartitions, flagAllowUnsafe, c.where)}
	case kind != "pebble" || dir == "":
		return nil, usage{fmt.Errorf("--%s: %q is no store; use pebble:DIR or redis://HOST:PORT", flagStore, c.where)}
	}
	//nolint:contextcheck // a directory is opened whole or not at all
	store, err := pebble.Open(dir, pebble.Options{Logger: c.log, Existing: c.existing})
	if errors.Is(err, persistence.ErrInUse) || errors.Is(err, persistence.ErrFormat) || errors.Is(err, persistence.ErrDamaged) {
		return nil, fmt.Errorf("data directory %s was left as it is: %w", dir, err)
	}
	if err != nil {
		return nil, fmt.Errorf("data directory %s: %w", dir, err)
	}
	return store, nil
}

func (c storeConfig) openRedis(ctx context.Context) (persistence.Archive, error) {
	store, err := redis.Open(ctx, c.where, redis.Options{
		Logger: c.log, Wait: c.redisWait, Partitions: c.partitions, AllowUnsafe: c.allowUnsafe, Existing: c.existing,
	})
	if errors.Is(err, persistence.ErrInvalid) {
		return nil, usage{fmt.Errorf("--%s: %w", flagStore, err)}
	}
	if err != nil {
		return nil, fmt.Errorf("--%s: %w", flagStore, err)
	}
	return store, nil
}
