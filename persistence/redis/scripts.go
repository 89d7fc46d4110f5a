package redis

import (
	"context"
	_ "embed" // the scripts
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// Each script's head says what it is given and what it answers. Scripts go by their hash: the text is its version, so
// that old and new nodes live together.
var (
	//go:embed lua/seen.lua
	seenText string // put before some of the others
	//go:embed lua/ingest.lua
	ingestText string
	//go:embed lua/answer.lua
	answerText string
	//go:embed lua/attend.lua
	attendText string
	//go:embed lua/acquire.lua
	acquireText string
	//go:embed lua/renew.lua
	renewText string
	//go:embed lua/release.lua
	releaseText string
	//go:embed lua/commit.lua
	commitText string
	//go:embed lua/scan.lua
	scanText string
	//go:embed lua/range.lua
	rangeText string
	//go:embed lua/waiting.lua
	waitingText string
	//go:embed lua/restore.lua
	restoreText string
	//go:embed lua/remove.lua
	removeText string
)

// script is a Lua script with its text, which a pipeline needs when Redis has forgotten the script.
type script struct {
	*redis.Script
	text string
}

type scripts struct {
	ingest, answer, attend, acquire, renew, release, commit, scan, entries, waiting, restore, remove script
}

func newScripts() scripts {
	of := func(text string) script { return script{redis.NewScript(text), text} }
	return scripts{
		ingest: of(seenText + ingestText), answer: of(seenText + answerText), attend: of(attendText), acquire: of(acquireText), renew: of(renewText), release: of(releaseText),
		commit: of(seenText + commitText), scan: of(scanText), entries: of(rangeText),
		waiting: of(waitingText), restore: of(seenText + restoreText), remove: of(removeText),
	}
}

// waitTime is how long a write waits for the replicas that [Options.Wait] asks for.
const waitTime = time.Second

// run runs a script over keys of one partition. Redis may have forgotten it, then it gets the text.
func (s *Store) run(ctx context.Context, lua script, keys []string, args ...any) ([]any, error) {
	answer, err := lua.Run(ctx, s.client, keys, args...).Slice()
	return answer, s.fault(err)
}

// runSafely is run, and waits for the replicas too. What they did not confirm has been written all the same: the outcome
// is open, and the same call again settles it.
func (s *Store) runSafely(ctx context.Context, lua script, keys []string, args ...any) ([]any, error) {
	if s.wait == 0 {
		return s.run(ctx, lua, keys, args...)
	}
	node, err := s.master(ctx, keys[0])
	if err != nil {
		return nil, s.fault(err)
	}
	answer, confirmed, err := waited(ctx, node, s.wait, func(pipe redis.Pipeliner) *redis.Cmd {
		return pipe.EvalSha(ctx, lua.Hash(), keys, args...)
	})
	if redis.HasErrorPrefix(err, "NOSCRIPT") {
		answer, confirmed, err = waited(ctx, node, s.wait, func(pipe redis.Pipeliner) *redis.Cmd {
			return pipe.Eval(ctx, lua.text, keys, args...)
		})
	}
	if err != nil {
		return nil, s.fault(err)
	}
	if confirmed < int64(s.wait) {
		return nil, fmt.Errorf("redis: written, but only %d of the %d replicas asked for have confirmed it within %v; "+
			"the same call may be repeated", confirmed, s.wait, waitTime)
	}
	return answer, nil
}

// waited sends a command and WAIT over one connection, since WAIT vouches for that connection's writes alone.
func waited(ctx context.Context, node *redis.Client, replicas int, command func(redis.Pipeliner) *redis.Cmd) ([]any, int64, error) {
	pipe := node.Pipeline()
	done := command(pipe)
	confirmed := pipe.Do(ctx, "wait", replicas, waitTime.Milliseconds())
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, 0, err
	}
	answer, err := done.Slice()
	if err != nil {
		return nil, 0, err
	}
	n, err := confirmed.Int64()
	return answer, n, err
}

// master is the client of the primary that a key lives on.
func (s *Store) master(ctx context.Context, key string) (*redis.Client, error) {
	if cluster, ok := s.client.(*redis.ClusterClient); ok {
		return cluster.MasterForKey(ctx, key)
	}
	return s.client.(*redis.Client), nil // connect makes one of the two
}
