package redis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"switchyard/persistence"
)

// leastVersion is the oldest Redis whose scripts behave as ours expect.
const leastVersion = 7

// ErrUnsafe says that this Redis, set as it is, may lose what was acknowledged.
var ErrUnsafe = errors.New("persistence: this redis may lose texts that were acknowledged")

// ErrPartitions says that this Redis was set up with another number of partitions.
var ErrPartitions = errors.New("persistence: this redis has another number of partitions, which cannot be changed; " +
	"leave the number out, or move the data to a redis that is set up with it")

// ErrEarlier says that nodes are at work on this Redis which know only an earlier layout of it.
var ErrEarlier = errors.New("persistence: nodes of an earlier version still serve this redis; stop all of them, then start this version")

// ErrVersion says that this Redis is too old.
var ErrVersion = errors.New("persistence: this redis is too old")

// demand is a setting that keeps what was acknowledged.
type demand struct{ setting, value, why string }

// demands are the settings that reference every promise of this store.
func demands() []demand {
	return []demand{
		{"appendonly", "yes", "without the append-only file a restart forgets what came after the last snapshot"},
		{"appendfsync", "always", "otherwise a write is acknowledged before it is on the disk, and a power failure takes about a second of them"},
		{"no-appendfsync-on-rewrite", "no", "otherwise nothing is synced to the disk while the append-only file is rewritten"},
		{"maxmemory-policy", "noeviction", "otherwise a full memory drops keys instead of refusing writes"},
	}
}

// check looks whether the servers that take writes are fit for it.
func (s *Store) check(ctx context.Context, allowUnsafe bool) error {
	cluster, ok := s.client.(*redis.ClusterClient)
	if !ok {
		return s.checkServer(ctx, s.client, allowUnsafe)
	}
	if err := s.checkCluster(ctx, cluster); err != nil {
		return err
	}
	return cluster.ForEachMaster(ctx, func(ctx context.Context, node *redis.Client) error {
		return s.checkServer(ctx, node, allowUnsafe)
	})
}

// checkCluster looks whether each slot has a server.
func (s *Store) checkCluster(ctx context.Context, cluster *redis.ClusterClient) error {
	info, err := cluster.ClusterInfo(ctx).Result()
	if err != nil {
		return s.fault(err)
	}
	const slots = "16384"
	if assigned := fieldOf(info, "cluster_slots_ok"); assigned != slots || fieldOf(info, "cluster_state") != "ok" {
		return fmt.Errorf("%w: the cluster is not whole, %s of %s slots are served; `redis-cli --cluster check` tells which are not",
			persistence.ErrUnavailable, assigned, slots)
	}
	return nil
}

func (s *Store) checkServer(ctx context.Context, node redis.Cmdable, allowUnsafe bool) error {
	info, err := node.Info(ctx, "server").Result()
	if err != nil {
		return s.fault(err)
	}
	version := fieldOf(info, "redis_version")
	major, _, _ := strings.Cut(version, ".")
	if n, err := strconv.Atoi(major); err != nil || n < leastVersion {
		return fmt.Errorf("%w: it is version %s, Switchyard needs %d.0 or newer", ErrVersion, version, leastVersion)
	}
	err = s.checkSettings(ctx, node)
	if errors.Is(err, ErrUnsafe) && allowUnsafe {
		s.log.WarnContext(ctx, "this redis may lose texts that were acknowledged, which was allowed", slog.Any("error", err))
		return nil
	}
	return err
}

func (s *Store) checkSettings(ctx context.Context, node redis.Cmdable) error {
	var wrong []string
	for _, d := range demands() {
		found, err := node.ConfigGet(ctx, d.setting).Result()
		if said := redis.Error(nil); errors.As(err, &said) {
			return fmt.Errorf("%w: its settings cannot be read (%w); allow this user \"+config|get\", or pass --allow-unsafe "+
				"if you know that %s", ErrUnsafe, err, wanted())
		}
		if err != nil {
			return s.fault(err)
		}
		if value := found[d.setting]; value != d.value {
			wrong = append(wrong, fmt.Sprintf("%s is %q, set it to %q: %s", d.setting, value, d.value, d.why))
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %s; --allow-unsafe opens it all the same", ErrUnsafe, strings.Join(wrong, "; "))
}

// wanted lists the settings as redis.conf would.
func wanted() string {
	var lines []string
	for _, d := range demands() {
		lines = append(lines, d.setting+" "+d.value)
	}
	return strings.Join(lines, ", ")
}

// fieldOf finds "name:value" in what INFO says.
func fieldOf(info, name string) string {
	for line := range strings.Lines(info) {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
