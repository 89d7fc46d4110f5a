package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"switchyard/persistence"
)

func exportCommand() *cli.Command {
	return &cli.Command{
		Name: "export", Usage: "copy one tenant, or everything, out of a store that is not being served, into a file", ArgsUsage: "FILE",
		Description: "The store stays as it is. The file holds customers' texts and numbers and can be read by its owner alone;\n" +
			"it is compressed when its name ends in .gz. - is standard output.\n" +
			"With --events it is a tenant's recorded day instead, without what agents wrote.",
		Flags: append(movingFlags(), recordingFlags()...), ArgValidator: oneExport, Action: failing(export),
	}
}

// export copies a store's content into a file.
func export(ctx context.Context, c *cli.Command) (err error) {
	ctx, stop := untilSignal(ctx)
	defer stop()
	switch {
	case c.Bool(flagEvents):
		return exportEvents(ctx, c)
	case c.String(flagFrom) != "" || c.String(flagTo) != "":
		return usage{fmt.Errorf("--%s and --%s belong to --%s; a store is exported whole", flagFrom, flagTo, flagEvents)}
	}
	store, log, err := openForMoving(ctx, c, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	out, err := newExportFile(c.Args().First(), c.Root().Writer)
	if err != nil {
		return err
	}
	kind, _, _ := strings.Cut(c.String(flagStore), ":")
	done, err := exportStore(ctx, store, kind, c.String(flagTenant), out, log)
	if err != nil {
		return errors.Join(err, out.abandon())
	}
	if err := out.keep(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.Root().ErrWriter, "exported %s: %s\n", done.whose, done.tally)
	return err
}

// exported is what an export came to.
type exported struct {
	whose string
	*tally
}

// whoseOf names tenants for the operator.
func whoseOf(tenants []string) string {
	if len(tenants) == 1 {
		return "tenant " + tenants[0]
	}
	return fmt.Sprintf("%d tenants (%s)", len(tenants), strings.Join(tenants, ", "))
}

// exportStore writes what the store holds of one tenant, or of all when that is empty.
func exportStore(ctx context.Context, store persistence.Archive, kind, only string, out io.Writer, log *slog.Logger) (exported, error) {
	hands, ctx, err := takeCustody(ctx, store, "export")
	if err != nil {
		return exported{}, err
	}
	defer hands.giveBack(ctx)
	e := &exporting{custody: hands, only: only, tally: newTally(log)}
	err = e.all(ctx, kind, out)
	return exported{whoseOf(e.tenants), e.tally}, interrupted(ctx, err)
}

// exporting is one export under way.
type exporting struct {
	*custody
	*tally
	only    string
	tenants []string
	out     *exportWriter
}

func (e *exporting) all(ctx context.Context, kind string, out io.Writer) (err error) {
	if e.tenants, err = e.find(ctx); err != nil {
		return err
	}
	e.out, err = newExportWriter(out, exportHeader{
		ID: rand.Text(), At: time.Now().UTC().Truncate(time.Millisecond), Store: kind, Partitions: e.store.Partitions(), Tenants: e.tenants,
	})
	if err != nil {
		return err
	}
	for part := range e.store.Partitions() {
		if e.only != "" && part != e.of(e.only) {
			continue
		}
		if err := e.partition(ctx, part); err != nil {
			return fmt.Errorf("partition %d: %w", part, err)
		}
	}
	if err := e.alone(ctx); err != nil {
		return err
	}
	return e.out.end()
}

// find lists the tenants that are wanted, sorted. It is an error when there is none, or one is only half there.
func (e *exporting) find(ctx context.Context) ([]string, error) {
	tenants, err := tenantsIn(ctx, e.store, persistence.ConfigPrefix)
	if err != nil {
		return nil, err
	}
	noted, err := tenantsIn(ctx, e.store, persistence.ImportPrefix)
	if err != nil {
		return nil, err
	}
	wanted := func(tenant string) bool { return e.only == "" || tenant == e.only }
	for _, tenant := range noted {
		if err := refuseHalf(ctx, e.store, tenant); wanted(tenant) && err != nil {
			return nil, err
		}
	}
	found := slices.DeleteFunc(slices.Clone(tenants), func(tenant string) bool { return !wanted(tenant) })
	switch {
	case len(tenants) == 0:
		return nil, errors.New("there is no tenant in the store; look whether --store names the right one")
	case len(found) == 0:
		return nil, fmt.Errorf("there is no tenant %q in the store; there is %s", e.only, whoseOf(tenants))
	}
	return found, nil
}

// tenantsIn lists the tenants that have a record with a prefix, sorted.
func tenantsIn(ctx context.Context, store persistence.Store, prefix string) ([]string, error) {
	const atOnce = 200
	var tenants []string
	for part := range store.Partitions() {
		for after := ""; ; {
			page, err := store.Scan(ctx, part, prefix, after, atOnce)
			if err != nil {
				return nil, err
			}
			for _, r := range page {
				tenants, after = append(tenants, strings.TrimPrefix(r.Key, prefix)), r.Key
			}
			if len(page) < atOnce {
				break
			}
		}
	}
	slices.Sort(tenants)
	return tenants, nil
}

// partition writes what is wanted of one partition.
func (e *exporting) partition(ctx context.Context, part int) error {
	for p, err := range e.store.Dump(ctx, e.lease(part), e.wants) {
		if err != nil {
			return err
		}
		if _, input := p.(persistence.Entry); input && !e.wantsOf(ownerOf(p)) {
			continue
		}
		if err := e.out.piece(p); err != nil {
			return err
		}
		e.add(ctx, p)
	}
	return ctx.Err()
}

// wants says whether a name is exported: not what cannot be of use elsewhere.
func (e *exporting) wants(name string) bool {
	return !strings.HasPrefix(name, persistence.ImportPrefix) && !persistence.IsOnce(name) && e.wantsOf(persistence.TenantOf(name))
}

func (e *exporting) wantsOf(tenant string) bool { return e.only == "" || tenant == e.only }
