package main

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"switchyard/persistence"
	"switchyard/persistence/pebble"
)

// openStore opens the store that --store names.
func openStore(where string, log *slog.Logger) (persistence.Store, error) {
	kind, dir, _ := strings.Cut(where, ":")
	switch {
	case where == "":
		return nil, usage{fmt.Errorf("--%s is needed: pebble:DIR keeps everything in the directory DIR", flagStore)}
	case kind == "redis" || kind == "rediss":
		return nil, usage{fmt.Errorf("--%s: this version cannot keep its data in Redis yet; use pebble:DIR", flagStore)}
	case kind != "pebble" || dir == "":
		return nil, usage{fmt.Errorf("--%s: %q is no store; use pebble:DIR", flagStore, where)}
	}
	store, err := pebble.Open(dir, pebble.Options{Logger: log})
	if errors.Is(err, persistence.ErrInUse) || errors.Is(err, persistence.ErrFormat) || errors.Is(err, persistence.ErrDamaged) {
		return nil, fmt.Errorf("data directory %s was left as it is: %w", dir, err)
	}
	if err != nil {
		return nil, fmt.Errorf("data directory %s: %w", dir, err)
	}
	return store, nil
}
