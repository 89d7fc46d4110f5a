package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/urfave/cli/v3"

	"switchyard/actors/routing"
	"switchyard/api"
)

// planConfig prints what apply would change, as the service says.
func planConfig(ctx context.Context, c *cli.Command) error {
	d, err := readDocument(c.Args().First(), c.Root().Reader)
	if err != nil {
		return err
	}
	service, err := remoteService(c)
	if err != nil {
		return err
	}
	text, _, err := service.raw(ctx, http.MethodPost, "/v1/config/plan", []byte(d.source), http.Header{"Content-Type": {d.kind}})
	if err != nil {
		return err
	}
	var plan api.Plan
	if err := json.Unmarshal(text, &plan); err != nil {
		return fmt.Errorf("read the plan: %w", err)
	}
	return printPlan(c.Root().Writer, plan)
}

func printPlan(w io.Writer, plan api.Plan) error {
	for _, ch := range plan.Changes {
		if _, err := fmt.Fprintln(w, ch.Change, ch.Path); err != nil {
			return err
		}
		for _, side := range []struct {
			name  string
			value any
		}{{"was", ch.Was}, {"is", ch.Is}} {
			if side.value == nil {
				continue
			}
			text, err := json.Marshal(side.value)
			if err != nil {
				return fmt.Errorf("print the plan: %w", err)
			}
			if _, err := fmt.Fprintf(w, "  %s %s\n", side.name, text); err != nil {
				return err
			}
		}
	}
	if err := printWarnings(w, plan.Warnings); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "%d changes; `config apply` puts them in force\n", len(plan.Changes))
	return err
}

func printWarnings(w io.Writer, warnings []routing.Problem) error {
	for _, warning := range warnings {
		if _, err := fmt.Fprintf(w, "warning: %s: %s\n", warning.Path, warning.Message); err != nil {
			return err
		}
	}
	return nil
}
