package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/urfave/cli/v3"

	"switchyard/persistence"
)

func importCommand() *cli.Command {
	return &cli.Command{
		Name: "import", Usage: "take what export has written into a store that is not being served", ArgsUsage: "FILE",
		Description: "Each tenant is taken in whole or not at all, and none that the store has already. An import that was cut off\n" +
			"is begun anew by running it again. - is standard input.",
		Flags: movingFlags(), ArgValidator: oneExport, Action: failing(importFile),
	}
}

// importFile takes an export's content into a store.
func importFile(ctx context.Context, c *cli.Command) (err error) {
	ctx, stop := untilSignal(ctx)
	defer stop()
	in, err := openExport(c.Args().First(), c.Root().Reader)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	file, err := newExportReader(in) // before a store is made for nothing
	if err != nil {
		return err
	}
	store, log, err := openForMoving(ctx, c, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	done, err := importInto(ctx, store, c.String(flagTenant), file, log)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.Root().Writer, "imported %s: %s\n", done.whose, done.tally)
	return err
}

func openExport(path string, stdin io.Reader) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(stdin), nil
	}
	file, err := os.Open(path) //nolint:gosec // the file that the operator names
	if err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	return file, nil
}

// importInto takes an export, or one tenant of it, into a store. After an error the store is as it was, or says itself that
// it is not.
func importInto(ctx context.Context, store persistence.Archive, only string, file *exportReader, log *slog.Logger) (exported, error) {
	hands, ctx, err := takeCustody(ctx, store, "import")
	if err != nil {
		return exported{}, err
	}
	defer hands.giveBack(ctx)
	i := &importing{custody: hands, tally: newTally(log), file: file, only: only, tenants: map[string]*newcomer{}}
	if err := i.all(ctx); err != nil {
		return exported{}, i.undo(context.WithoutCancel(ctx), interrupted(ctx, err))
	}
	return exported{whoseOf(i.moved()), i.tally}, nil
}
