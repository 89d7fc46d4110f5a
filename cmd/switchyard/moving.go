package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/urfave/cli/v3"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// What export and import have in common.

// progressEvery is how often a long export or import says how far it is.
const progressEvery = 10 * time.Second

// movingFlags are the flags of both; the tenant's has no environment variable, since serve's of that name is a file.
func movingFlags() []cli.Flag {
	return append(storeFlags(),
		&cli.StringFlag{Name: flagTenant, Usage: "`ID` of the only tenant that is meant (default: everything)"},
		textFlag(flagLogLevel, "info", "the least `LEVEL` that is logged: debug, info, warn or error"))
}

func oneExport(_ context.Context, c *cli.Command) error {
	if c.NArg() != 1 {
		return fmt.Errorf("name one file; - is standard input or output")
	}
	return nil
}

// openForMoving opens the store that the flags name; existing says that none is made.
func openForMoving(ctx context.Context, c *cli.Command, existing bool) (persistence.Archive, *slog.Logger, error) {
	log, err := newLogger(c.Root().ErrWriter, c.String(flagLogLevel))
	if err != nil {
		return nil, nil, err
	}
	config := storeOf(c, log)
	config.existing = existing
	store, err := config.open(ctx)
	return store, log, err
}

// ownerOf is the tenant that a piece belongs to; empty when it is no tenant's.
func ownerOf(p persistence.Piece) string {
	switch p := p.(type) {
	case persistence.Record:
		return persistence.TenantOf(p.Key)
	case persistence.Entries:
		return persistence.TenantOf(p.Name)
	case persistence.Known:
		return persistence.TenantOf(p.Key)
	case persistence.Entry:
		if tenant := persistence.TenantOf(p.Key); tenant != "" {
			return tenant
		}
		return string(routing.TenantOfInput(p.Body))
	}
	return ""
}

// tally counts what is moved.
type tally struct {
	records, entries, keys, inputs int

	log  *slog.Logger
	next time.Time
}

func newTally(log *slog.Logger) *tally { return &tally{log: log, next: time.Now().Add(progressEvery)} }

func (t *tally) add(ctx context.Context, p persistence.Piece) {
	switch p := p.(type) {
	case persistence.Record:
		t.records++
	case persistence.Entries:
		t.entries += len(p.Items)
	case persistence.Known:
		t.keys++
	case persistence.Entry:
		t.inputs++
	}
	if now := time.Now(); now.After(t.next) {
		t.next = now.Add(progressEvery)
		t.log.LogAttrs(ctx, slog.LevelInfo, "moving", slog.Int("records", t.records), slog.Int("entries", t.entries),
			slog.Int("keys", t.keys), slog.Int("inputs", t.inputs))
	}
}

// String is the sum, for the operator.
func (t *tally) String() string {
	return fmt.Sprintf("%d records, %d entries of lists and streams, %d keys of earlier inputs, %d inputs to be worked off",
		t.records, t.entries, t.keys, t.inputs)
}

// importNote is what is kept under [persistence.ImportKey].
type importNote struct {
	Export   string `json:"export"`
	Complete bool   `json:"complete"`
}

// readImportNote reads a tenant's note; false when there is none.
func readImportNote(ctx context.Context, store persistence.Store, tenant string) (importNote, bool, error) {
	var n importNote
	raw, err := store.Get(ctx, persistence.PartitionOf(tenant, store.Partitions()), persistence.ImportKey(tenant))
	if errors.Is(err, persistence.ErrNotFound) {
		return n, false, nil
	}
	if err == nil {
		err = json.Unmarshal(raw, &n)
	}
	if err != nil {
		return n, false, fmt.Errorf("note about the import of tenant %q: %w", tenant, err)
	}
	return n, true, nil
}

// warnOfHalves tells which tenants are there and not served.
func warnOfHalves(ctx context.Context, store persistence.Store, log *slog.Logger) error {
	tenants, err := tenantsIn(ctx, store, persistence.ImportPrefix)
	for _, tenant := range tenants {
		if half := refuseHalf(ctx, store, tenant); half != nil {
			log.LogAttrs(ctx, slog.LevelWarn, "a tenant is not served", slog.String("tenant", tenant), slog.Any("error", half))
		}
	}
	return err
}

// refuseHalf is an error while a tenant's import has not come to its end.
func refuseHalf(ctx context.Context, store persistence.Store, tenant string) error {
	n, found, err := readImportNote(ctx, store, tenant)
	if err == nil && found && !n.Complete {
		err = fmt.Errorf("tenant %q is only half here, since its import was cut off; run `switchyard import` again, which begins it anew", tenant)
	}
	return err
}
