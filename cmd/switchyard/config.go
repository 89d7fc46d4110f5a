package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/urfave/cli/v3"

	"switchyard/api"
)

// Flags of the commands that talk to a running service.
const (
	flagURL   = "url"
	flagToken = "token"
)

func configCommand() *cli.Command {
	remote := func() []cli.Flag {
		return []cli.Flag{
			textFlag(flagURL, "http://127.0.0.1:8080", "`URL` of the service"),
			textFlag(flagToken, "", "an administrator's `TOKEN`"),
		}
	}
	return &cli.Command{
		Name: "config", Usage: "check, read and replace a tenant's configuration", Action: needCommand,
		Commands: []*cli.Command{
			{
				Name: "validate", Usage: "check a configuration file; nothing is changed", ArgsUsage: "FILE",
				ArgValidator: oneFile, Action: failing(validateConfig),
			},
			{
				Name: "show", Usage: "print the configuration in force", Flags: remote(),
				ArgValidator: noArguments, Action: failing(showConfig),
			},
			{
				Name: "plan", Usage: "print what apply would change, and what in it asks for care; nothing is changed", ArgsUsage: "FILE", Flags: remote(),
				ArgValidator: oneFile, Action: failing(planConfig),
			},
			{
				Name: "apply", Usage: "replace the configuration in force by a file's", ArgsUsage: "FILE", Flags: remote(),
				ArgValidator: oneFile, Action: failing(applyConfig),
			},
			{
				Name: "password", Usage: "read a password from standard input and print what a configuration keeps of it",
				ArgValidator: noArguments, Action: failing(hashPassword),
			},
		},
	}
}

func noArguments(_ context.Context, c *cli.Command) error {
	if extra := c.Args().First(); extra != "" {
		return fmt.Errorf("%q is too much; `%s --help` says what can be given", extra, c.FullName())
	}
	return nil
}

func oneFile(_ context.Context, c *cli.Command) error {
	if c.NArg() != 1 {
		return fmt.Errorf("name one configuration file; - is standard input")
	}
	return nil
}

func validateConfig(_ context.Context, c *cli.Command) error {
	d, err := readDocument(c.Args().First(), c.Root().Reader)
	if err != nil {
		return err
	}
	if err := printWarnings(c.Root().Writer, api.Lint(d.tenant, carriers(nil)...)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.Root().Writer, "tenant %s: %d queues, %d channels, %d agents; the configuration is valid\n",
		d.tenant.ID, len(d.tenant.Queues), len(d.tenant.Channels), len(d.tenant.Agents))
	return err
}

func showConfig(ctx context.Context, c *cli.Command) error {
	service, err := remoteService(c)
	if err != nil {
		return err
	}
	text, _, err := service.raw(ctx, http.MethodGet, "/v1/config", nil, http.Header{"Accept": {"application/yaml"}})
	if err != nil {
		return err
	}
	_, err = c.Root().Writer.Write(text)
	return err
}

func applyConfig(ctx context.Context, c *cli.Command) error {
	d, err := readDocument(c.Args().First(), c.Root().Reader)
	if err != nil {
		return err
	}
	service, err := remoteService(c)
	if err != nil {
		return err
	}
	_, header, err := service.raw(ctx, http.MethodGet, "/v1/config", nil, http.Header{"Accept": {"application/yaml"}})
	if err != nil {
		return err
	}
	header = http.Header{"If-Match": {header.Get("ETag")}, "Content-Type": {d.kind}}
	if _, _, err := service.raw(ctx, http.MethodPut, "/v1/config", []byte(d.source), header); err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.Root().Writer, "the configuration of tenant %s is in force\n", d.tenant.ID)
	return err
}

func remoteService(c *cli.Command) (client, error) {
	if c.String(flagToken) == "" {
		return client{}, usage{fmt.Errorf("--%s is needed: an administrator makes one by POST /v1/tokens", flagToken)}
	}
	return newClient(c.String(flagURL), c.String(flagToken), http.DefaultClient), nil
}

func hashPassword(_ context.Context, c *cli.Command) error {
	line, err := bufio.NewReader(c.Root().Reader).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the password: %w", err)
	}
	hash, err := api.HashPassword(strings.TrimRight(line, "\r\n"))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(c.Root().Writer, hash)
	return err
}
