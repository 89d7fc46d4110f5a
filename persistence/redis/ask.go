package redis

import (
	"context"
	"errors"

	"github.com/redis/go-redis/v9"

	"switchyard/persistence"
)

// questionsAtOnce is how many questions go to Redis in one round trip.
const questionsAtOnce = 128

// question is something small that is read, and where its answer goes.
type question struct {
	put      func(redis.Pipeliner) // adds its command
	answered chan struct{}
}

// ask reads something small, together with what others ask of the partition at the same time. Put keeps the command that it
// adds, which has its answer when ask returns nil.
func (s *Store) ask(ctx context.Context, p *partition, put func(redis.Pipeliner)) error {
	q := &question{put: put, answered: make(chan struct{})}
	if !p.questions.join(s, q, func() { s.askAll(p) }) {
		return persistence.ErrClosed
	}
	select {
	case <-q.answered:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// askAll asks group after group until nobody waits.
func (s *Store) askAll(p *partition) {
	for {
		group := p.questions.take(questionsAtOnce, questionsAtOnce, func(*question) int { return 1 })
		if len(group) == 0 {
			return
		}
		pipe := s.client.Pipeline()
		for _, q := range group {
			q.put(pipe)
		}
		_, _ = pipe.Exec(s.ctx) // each command knows
		for _, q := range group {
			close(q.answered)
		}
	}
}

// askScript runs a script that only reads a little.
func (s *Store) askScript(ctx context.Context, p *partition, lua script, keys []string, args []any) ([]any, error) {
	var asked *redis.Cmd
	if err := s.ask(ctx, p, func(pipe redis.Pipeliner) { asked = pipe.EvalSha(s.ctx, lua.Hash(), keys, args...) }); err != nil {
		return nil, err
	}
	answer, err := asked.Slice()
	if redis.HasErrorPrefix(err, "NOSCRIPT") {
		return s.run(ctx, lua, keys, args...)
	}
	return answer, s.fault(err)
}

// field reads one field of a hash of a partition.
func (s *Store) field(ctx context.Context, p *partition, hash, field string) ([]byte, error) {
	var found *redis.StringCmd
	if err := s.ask(ctx, p, func(pipe redis.Pipeliner) { found = pipe.HGet(s.ctx, hash, field) }); err != nil {
		return nil, err
	}
	value, err := found.Result()
	if errors.Is(err, redis.Nil) {
		return nil, persistence.ErrNotFound
	}
	if err != nil {
		return nil, s.fault(err)
	}
	return []byte(value), nil
}
