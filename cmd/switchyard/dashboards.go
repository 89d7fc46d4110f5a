package main

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v3"

	"switchyard/dashboards"
)

// dashboardsCommand is what watches a contact centre, for those who have Grafana and Prometheus.
func dashboardsCommand() *cli.Command {
	return &cli.Command{
		Name: "dashboards", Usage: "what supervisors and operators watch, for Grafana and Prometheus", Action: needCommand,
		Commands: []*cli.Command{{
			Name: "export", Usage: "write the dashboards, their provisioning, the rules and the alerts", ArgsUsage: "DIR",
			ArgValidator: oneDirectory, Action: failing(exportDashboards),
		}},
	}
}

func oneDirectory(_ context.Context, c *cli.Command) error {
	if c.NArg() != 1 {
		return fmt.Errorf("name one directory to write to; it is made if it is not there")
	}
	return nil
}

func exportDashboards(_ context.Context, c *cli.Command) error {
	dir := c.Args().First()
	if err := dashboards.Export(dir); err != nil {
		return err
	}
	fmt.Fprintf(c.Root().Writer, "Written to %s. Prometheus reads prometheus/, Grafana grafana/.\n", dir)
	return nil
}
