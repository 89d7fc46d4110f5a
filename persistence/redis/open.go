package redis

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"switchyard/persistence"
)

const (
	// DefaultPartitions is how many partitions a Redis is set up with when nobody says otherwise.
	DefaultPartitions = 16
	// DefaultLeaseTime is how long a lease keeps other nodes away unless [Options.LeaseTime] says otherwise.
	DefaultLeaseTime = 3 * time.Second

	maxPartitions = 4096
)

// Options say how to open a store. The zero value is ready.
type Options struct {
	// Partitions is the number of partitions, at most 4096. It is fixed when the Redis is first used; 0 takes the number that
	// is there, or [DefaultPartitions] in a new one.
	Partitions int
	// Existing refuses to set up a Redis that has no store yet, with [persistence.ErrNotFound] and the Redis as it was.
	Existing bool
	// Logger hears of trouble. Nil is silence.
	Logger *slog.Logger
	// Wait is how many replicas must have confirmed what is written before it counts (Redis' WAIT); 0 asks for none.
	Wait int
	// AllowUnsafe opens a Redis too whose settings may lose what was acknowledged.
	AllowUnsafe bool
	// LeaseTime is how long a lease keeps other nodes away after its last Acquire, Renew or Commit, by Redis' clock, at the
	// least a millisecond; 0 is [DefaultLeaseTime].
	LeaseTime time.Duration
}

// Open connects to the Redis at a URL and sets it up when it is new. The URLs are
//
//	redis://user:password@host:port/database                               one server
//	redis-sentinel://user:password@host:port/database?master_name=NAME     its Sentinels; &addr=host:port names more
//	redis-cluster://user:password@host:port                                a cluster; &addr=host:port names more
//
// and with rediss in place of redis the same over TLS. Behind Sentinel the user is Sentinel's; &username= and &password=
// name the server's. It returns [persistence.ErrInvalid] when URL or options are wrong, [ErrPartitions] when the number of
// partitions is not the one that is there, [persistence.ErrFormat] when a newer version has set the Redis up, [ErrEarlier] when nodes of
// an earlier format still serve it, [ErrUnsafe] when its settings may lose what was acknowledged, and
// [persistence.ErrUnavailable] when it does not answer.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	if o.Partitions < 0 || o.Partitions > maxPartitions {
		return nil, fmt.Errorf("%w: %d partitions, at most %d are possible", persistence.ErrInvalid, o.Partitions, maxPartitions)
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	client, err := connect(url)
	if err != nil {
		return nil, err
	}
	s := &Store{
		client: client, log: o.Logger, wait: max(o.Wait, 0), leaseTime: orElse(o.LeaseTime, DefaultLeaseTime),
		scripts: newScripts(), held: make(map[int]persistence.Lease),
	}
	s.name = rand.Text()
	s.bell = bellBy(s.name)
	s.ctx, s.end = context.WithCancel(context.WithoutCancel(ctx))
	if err := s.open(ctx, o); err != nil {
		s.end()
		return nil, errors.Join(fmt.Errorf("redis %s: %w", Redacted(url), err), s.shut())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, o Options) error {
	if err := s.check(ctx, o.AllowUnsafe); err != nil {
		return err
	}
	if o.Existing {
		if there, err := s.client.Exists(ctx, storeKey).Result(); err != nil || there == 0 {
			return cmp.Or(s.fault(err), fmt.Errorf("%w: there is no store in it", persistence.ErrNotFound))
		}
	}
	n, err := s.setUp(ctx, o.Partitions)
	if err != nil {
		return err
	}
	for part := range n {
		s.parts = append(s.parts, newPartition(part))
	}
	return s.subscribe(ctx)
}

// setUp reads what this Redis was set up as, or sets it up. Who is first decides.
func (s *Store) setUp(ctx context.Context, partitions int) (int, error) {
	if err := s.client.HSetNX(ctx, storeKey, "format", format).Err(); err != nil {
		return 0, s.fault(err)
	}
	if err := s.client.HSetNX(ctx, storeKey, "partitions", orElse(partitions, DefaultPartitions)).Err(); err != nil {
		return 0, s.fault(err)
	}
	found, err := s.client.HMGet(ctx, storeKey, "format", "partitions").Result()
	if err != nil {
		return 0, s.fault(err)
	}
	words := textsOf(found)
	if len(words) != 2 || words[0] != strconv.Itoa(format) && words[0] != earlier {
		return 0, fmt.Errorf("%w (%s says format %v, this version reads %d)", persistence.ErrFormat, storeKey, found[0], format)
	}
	n, err := strconv.Atoi(words[1])
	if err != nil || n < 1 || n > maxPartitions {
		return 0, fmt.Errorf("%w: %s says %q partitions", persistence.ErrDamaged, storeKey, words[1])
	}
	if partitions != 0 && partitions != n {
		return 0, fmt.Errorf("%w (it has %d, not %d)", ErrPartitions, n, partitions)
	}
	if words[0] == earlier {
		return n, s.renewFormat(ctx)
	}
	return n, nil
}

// renewFormat makes a store of the earlier format one of this, unless somebody works on it who knows only the earlier one: that node
// would not see the inputs that we accept, and mark a partition broken where it meets a key that we have written.
func (s *Store) renewFormat(ctx context.Context) error {
	lives, err := s.client.HGetAll(ctx, nodesKey).Result()
	if err != nil {
		return s.fault(err)
	}
	now, err := s.client.Time(ctx).Result()
	if err != nil {
		return s.fault(err)
	}
	for _, life := range lives { // see lua/attend.lua
		until, name, _ := strings.Cut(life, " ")
		if ms, err := strconv.ParseInt(until, 10, 64); err == nil && now.UnixMilli() < ms {
			if now, err := s.client.HGet(ctx, storeKey, "format").Result(); err == nil && now == strconv.Itoa(format) {
				return nil // somebody of this version was quicker, and lives
			}
			return fmt.Errorf("%w (%s, format %s)", ErrEarlier, name[min(2, len(name)):], earlier)
		}
	}
	return s.fault(s.client.HSet(ctx, storeKey, "format", format).Err())
}
