package redis

import (
	"context"

	"github.com/redis/go-redis/v9"

	"switchyard/persistence"
)

// questionsAtOnce is how many questions go to Redis in one round trip.
const questionsAtOnce = 128

// question is something small that is read, and where its answer goes: records, which are read by one command with everybody
// else's, or what another command tells.
type question struct {
	records  []string
	values   []any // of the records: a string, or nil where there is none
	err      error // why there are no values
	put      func(redis.Pipeliner)
	answered chan struct{}
}

// ask reads something small, together with what others ask of the partition at the same time. Put keeps the command that it
// adds, which has its answer when ask returns nil.
func (s *Store) ask(ctx context.Context, p *partition, put func(redis.Pipeliner)) error {
	return s.await(ctx, p, &question{put: put})
}

func (s *Store) await(ctx context.Context, p *partition, q *question) error {
	q.answered = make(chan struct{})
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
		var records []string
		for _, q := range group {
			records = append(records, q.records...)
			if q.put != nil {
				q.put(pipe)
			}
		}
		var found *redis.SliceCmd
		if len(records) > 0 {
			found = pipe.HMGet(s.ctx, p.keys.records, records...)
		}
		_, _ = pipe.Exec(s.ctx) // each command knows
		for _, q := range group {
			if n := len(q.records); n > 0 {
				if q.err = found.Err(); q.err == nil {
					q.values = found.Val()[:n]
					found.SetVal(found.Val()[n:])
				}
			}
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
