// Command switchyard routes SMS in a contact centre. It is the only room that knows all the others: it turns flags, files and
// signals into a running service. serve runs it, demo runs it with a sample contact centre and a simulated carrier, config
// reads and writes configurations, export and import carry a contact centre from one store to another, dashboards writes what watches it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	_ "time/tzdata" // schedules name zones, and not every machine knows them

	"github.com/urfave/cli/v3"

	"switchyard/persistence/redis"
)

// Exit codes, which clients' scripts rely on.
const (
	exitOK      = 0
	exitFailure = 1
	exitUsage   = 2
)

func main() {
	redis.Quiet()
	os.Exit(run(context.Background(), os.Args, os.Stdin, os.Stdout, os.Stderr))
}

// run runs one command and returns the exit code. What a command tells goes to stdout; logs and complaints go to stderr.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	err := program(stdin, stdout, stderr).Run(ctx, args)
	if err == nil {
		return exitOK
	}
	fmt.Fprintln(stderr, "switchyard:", err)
	if failed := (failure{}); errors.As(err, &failed) {
		return exitFailure
	}
	return exitUsage
}

// program is the command line. Errors that a command returns while it runs are failures; all others are errors of usage.
func program(stdin io.Reader, stdout, stderr io.Writer) *cli.Command {
	return &cli.Command{
		Name: "switchyard", Usage: "routes SMS in a contact centre", Reader: stdin, Writer: stdout, ErrWriter: stderr,
		HideVersion: true, Suggest: true,
		ExitErrHandler: func(context.Context, *cli.Command, error) {},
		Commands: []*cli.Command{
			serveCommand(), demoCommand(), configCommand(), simulateCommand(), exportCommand(), importCommand(), dashboardsCommand(), versionCommand(),
		},
		Action: needCommand,
	}
}

// needCommand is what a command does that only has others below it.
func needCommand(_ context.Context, c *cli.Command) error {
	if name := c.Args().First(); name != "" {
		return fmt.Errorf("there is no command %q; `%s --help` lists them", name, c.FullName())
	}
	return fmt.Errorf("name a command; `%s --help` lists them", c.FullName())
}

// failure is an error of something that was rightly asked for.
type failure struct{ error }

// Unwrap lets errors.Is look inside.
func (f failure) Unwrap() error { return f.error }

// failing marks the errors of an action as failures, unless they say that they are of usage.
func failing(action cli.ActionFunc) cli.ActionFunc {
	return func(ctx context.Context, c *cli.Command) error {
		err := action(ctx, c)
		if wrong := (usage{}); err == nil || errors.As(err, &wrong) {
			return err
		}
		return failure{err}
	}
}

// usage is an error of how a command was called.
type usage struct{ error }
