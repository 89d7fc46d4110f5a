package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/urfave/cli/v3"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

const flagTenant = "tenant"

func serveCommand() *cli.Command {
	return &cli.Command{
		Name: "serve", Usage: "run the service",
		Flags: append(serviceFlags(), &cli.StringSliceFlag{
			Name: flagTenant, Sources: fromEnv(flagTenant),
			Usage: "`FILE` with a tenant's configuration, loaded when the store has none of that tenant; may be given several times",
		}),
		Before: readSettings, ArgValidator: noArguments, Action: failing(serve),
	}
}

// serve runs the service until a signal.
func serve(ctx context.Context, c *cli.Command) error {
	ctx, stop := untilSignal(ctx)
	defer stop()
	documents, err := readDocuments(c.StringSlice(flagTenant))
	if err != nil {
		return err
	}
	tuneMemory()
	parts, err := openService(ctx, c, "")
	if err != nil {
		return err
	}
	s, err := newService(parts)
	if err != nil {
		return errors.Join(err, parts.close())
	}
	return s.run(ctx, drainTime(c), func() error {
		for _, d := range documents {
			if err := s.installMissing(ctx, d); err != nil {
				return err
			}
		}
		if err := warnOfHalves(ctx, s.store, s.log); err != nil {
			return err
		}
		s.log.LogAttrs(ctx, slog.LevelInfo, "ready", slog.String("version", version()),
			slog.String("listen", s.listener.Addr().String()), slog.String("ops_listen", s.ops.Addr().String()), slog.String("public_url", s.publicURL))
		return nil
	})
}

func drainTime(c *cli.Command) time.Duration { return time.Duration(c.Int(flagDrain)) * time.Second }

// run starts the service, does what belongs to the start, and stops it when ctx ends or something fails.
func (s *service) run(ctx context.Context, drain time.Duration, begin func() error) error {
	err := s.start(ctx, begin)
	if ctx.Err() != nil { // asked to stop before it was ready: no failure
		err = nil
	}
	if err == nil {
		<-ctx.Done()
		s.log.LogAttrs(ctx, slog.LevelInfo, "stopping")
	}
	finish, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	return errors.Join(err, s.stop(finish))
}

// installMissing installs a document unless the store has a configuration of its tenant. Of several nodes that are started at
// once on an empty store one installs it.
func (s *service) installMissing(ctx context.Context, d document) error {
	_, found, err := s.config(ctx, d.tenant.ID)
	if err != nil || found {
		return err
	}
	err = s.install(ctx, d.tenant, d.source, "")
	if no := (*routing.Error)(nil); errors.As(err, &no) && no.Code == routing.CodePreconditionFailed {
		return nil
	}
	return err
}

// storedConfig reads a tenant's configuration in force; false when there is none.
func storedConfig(ctx context.Context, store persistence.Store, tenant routing.TenantID) (routing.Config, bool, error) {
	var c routing.Config
	raw, err := store.Get(ctx, persistence.PartitionOf(string(tenant), store.Partitions()), persistence.ConfigKey(string(tenant)))
	if errors.Is(err, persistence.ErrNotFound) {
		return c, false, nil
	}
	if err == nil {
		err = decodeConfig(raw, &c)
	}
	return c, err == nil, err
}
