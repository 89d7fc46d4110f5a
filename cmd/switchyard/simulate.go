package main

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"switchyard/actors/routing"
	"switchyard/actors/routing/simulation"
)

// Flags of simulate. --config is that of the tenant, not that of the service.
const (
	flagVersus       = "vs"
	flagVersusAgents = "vs-agents"
	flagEvents       = "events"
	flagArrivals     = "arrivals"
	flagHandle       = "handle"
	flagAnswer       = "answer"
	flagWrapUp       = "wrap-up"
	flagPatience     = "patience"
	flagShifts       = "shifts"
	flagAgents       = "agents"
	flagDays         = "days"
	flagStart        = "start"
	flagSeed         = "seed"
	flagJSON         = "json"
)

const simulateHelp = `The routing core that serves customers is run in virtual time with a configuration of yours, and the measures of each
queue are printed; with --vs those of another configuration too, for the very same customers, and the difference with its
95 % confidence interval over the days.

Customers come by chance (--arrivals with --handle) or as on a recorded day (--events, from "switchyard export --events").

--agents N lets N agents work: those of the configuration in their order and, when they are not enough, copies of them in the
same order: with agents ann and bob, --agents 5 adds ann-2, bob-2 and ann-3, with the queues and skills of the originals.
Without it, those of the configuration work. They work around the clock unless --shifts says when.

Times are in seconds: fixed:60 takes a minute each time, exp:300 is exponential with a mean of 300, lognormal:300,240 has a
mean of 300 and a standard deviation of 240.

A customer who gives up (--patience) cannot hang up: the text stays in the line, and whoever gets it finds nobody there, ends
it at once and wraps nothing up. It counts as abandoned from the moment of giving up.

A recorded day is replayed: customers write when they wrote, agents come and go as they did (copies with their originals), answer
offers as fast, and talk as long. Under the configuration that was in force it is the same day.`

func simulateCommand() *cli.Command {
	return &cli.Command{
		Name: "simulate", Usage: "try a configuration on a synthetic or a recorded day", Description: simulateHelp,
		ArgValidator: noArguments, Action: failing(simulate),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: flagConfig, Usage: "the tenant's configuration `FILE`"},
			&cli.StringFlag{Name: flagVersus, Usage: "another configuration `FILE` to compare with"},
			&cli.StringSliceFlag{
				Name:  flagArrivals,
				Usage: "poisson:`RATE`, conversations an hour at each channel; CHANNEL=poisson:RATE for one; profile:day.jsonl for the channels and quarter hours of a recorded day",
			},
			&cli.StringFlag{Name: flagEvents, Usage: "a recorded day's `FILE`, instead of --arrivals, --handle and what else is assumed"},
			&cli.StringFlag{Name: flagHandle, Usage: "from the accept to the end: `LAW`"},
			&cli.StringFlag{Name: flagAnswer, Value: "fixed:0", Usage: "from the offer to the accept: `LAW`"},
			&cli.StringFlag{Name: flagWrapUp, Value: "none", Usage: "from the end to the end of the wrap-up: `LAW`; none: as long as the queue gives"},
			&cli.StringFlag{Name: flagPatience, Value: "none", Usage: "how long a customer waits before giving up: `LAW`; none: for ever"},
			&cli.StringSliceFlag{Name: flagShifts, Usage: "when agents work: `HH:MM-HH:MM`; of several, the agents take one each in turn"},
			&cli.IntFlag{Name: flagAgents, Usage: "how many agents work: `N`"},
			&cli.IntFlag{Name: flagVersusAgents, Usage: "how many work with the other configuration; without --vs, with the same one: `N`"},
			&cli.IntFlag{Name: flagDays, Value: 20, Usage: "how many days are simulated: `D`"},
			&cli.StringFlag{Name: flagStart, Value: "2026-03-02T00:00:00Z", Usage: "when the first day begins, in RFC 3339: `TIME`; its offset is the shifts' time zone"},
			&cli.Uint64Flag{Name: flagSeed, Value: 1, Usage: "the seed `S`: the same gives the same days"},
			&cli.BoolFlag{Name: flagJSON, Usage: "print JSON"},
		},
	}
}

// scenario is one configuration with what is needed to simulate it.
type scenario struct {
	Name   string
	given  *routing.Tenant // as configured
	tenant *routing.Tenant // with as many agents as are to work
	tally  *simulation.Tally
}

func simulate(_ context.Context, c *cli.Command) error {
	defer debug.SetGCPercent(debug.SetGCPercent(simulation.GCPercent))
	scenarios, err := readScenarios(c)
	if err != nil {
		return err
	}
	day, err := recordedDay(c)
	if err != nil {
		return err
	}
	began := time.Now()
	for i := range scenarios {
		if err := scenarios[i].run(c, day); err != nil {
			return err
		}
	}
	report := newSimulationReport(c, scenarios)
	if c.Bool(flagJSON) {
		return report.json(c.Root().Writer)
	}
	return report.text(c.Root().Writer, time.Since(began))
}

// readScenarios reads the configurations: the one to judge, and the other to compare it with, if any.
func readScenarios(c *cli.Command) ([]scenario, error) {
	path := c.String(flagConfig)
	if path == "" {
		return nil, usage{errors.New("--config is needed: the tenant's configuration, such as docs/tenant.yaml")}
	}
	first, err := readScenario(c, path, flagAgents)
	if err != nil {
		return nil, err
	}
	other, agents := c.String(flagVersus), flagVersusAgents
	if other == "" && !c.IsSet(flagVersusAgents) {
		return []scenario{first}, nil
	}
	if other == "" {
		other = path
	}
	if !c.IsSet(flagVersusAgents) {
		agents = flagAgents
	}
	second, err := readScenario(c, other, agents)
	return []scenario{first, second}, err
}

func readScenario(c *cli.Command, path, agents string) (scenario, error) {
	d, err := readDocument(path, c.Root().Reader)
	if err != nil {
		return scenario{}, err
	}
	s := scenario{Name: path, given: &d.tenant, tenant: &d.tenant}
	if !c.IsSet(agents) {
		return s, nil
	}
	n := c.Int(agents)
	switch {
	case n < 1:
		return s, usage{fmt.Errorf("--%s %d: write how many agents work, 1 or more", agents, n)}
	case len(d.tenant.Agents) == 0:
		return s, usage{fmt.Errorf("--%s: %s has no agent to make others of; write one under agents", agents, path)}
	}
	s.tenant = simulation.Staffed(&d.tenant, n)
	s.Name = fmt.Sprintf("%s with %d agents", path, n)
	return s, nil
}

const simulatedDay = 24 * time.Hour

// recordedDay reads the day that is to be replayed; nil: customers come by chance.
func recordedDay(c *cli.Command) (*simulation.Recording, error) {
	path := c.String(flagEvents)
	if path == "" {
		return nil, nil
	}
	for _, flag := range []string{flagArrivals, flagHandle, flagAnswer, flagWrapUp, flagPatience, flagShifts, flagDays, flagStart, flagSeed} {
		if c.IsSet(flag) {
			return nil, usage{fmt.Errorf("--%s and --%s do not go together: all of that is recorded; leave out one of them", flagEvents, flag)}
		}
	}
	return readDayFile(path)
}

// run simulates the recorded day, or without one the days that the flags ask for.
func (s *scenario) run(c *cli.Command, day *simulation.Recording) error {
	if day != nil {
		if day.Tenant != s.tenant.ID {
			return fmt.Errorf("%s is the configuration of tenant %s, and the day is %s's; take one of the same tenant", s.Name, s.tenant.ID, day.Tenant)
		}
		if gone := strangers(day, s.given); len(gone) > 0 {
			fmt.Fprintf(c.Root().ErrWriter, "%s has not all who worked on that day; left out: %s\n", s.Name, strings.Join(gone, ", "))
		}
		if gone := goneFrom(day, s.given); len(gone) > 0 {
			fmt.Fprintf(c.Root().ErrWriter, "%s has not all channels and queues of that day; left out with what came there: %s\n", s.Name, strings.Join(gone, ", "))
		}
		s.tally = simulation.Run(simulation.Plan{Tenant: s.tenant, Recorded: day.Staffed(s.given, len(s.tenant.Agents))})
		return nil
	}
	a, err := readAssumptions(c, s.tenant)
	if err != nil {
		return err
	}
	tenant := simulation.Attentive(s.tenant)
	s.tally = simulation.Run(simulation.Plan{
		Tenant: tenant, Opens: a.start, Start: a.start, Each: simulatedDay, Days: a.days,
		Source: simulation.NewStrangers(a.start, simulatedDay, a.traffic, a.needs, randomStreams(c.Uint64(flagSeed))),
		Shifts: simulation.Rota(tenant, a.hours, a.start, a.days),
	})
	return nil
}

// strangers lists those who worked on the recorded day and are not in the configuration.
func strangers(day *simulation.Recording, t *routing.Tenant) []string {
	var ids []string
	for _, f := range day.Facts {
		if f.Shift == nil {
			continue
		}
		id := routing.AddresseeOf(f.Shift.Command).Agent
		if _, known := t.Agent(id); !known && !slices.Contains(ids, string(id)) {
			ids = append(ids, string(id))
		}
	}
	return ids
}

// goneFrom lists the channels by which texts came on the day, and the queues in which it began, that the tenant does not have.
func goneFrom(day *simulation.Recording, t *routing.Tenant) []string {
	var gone []string
	note := func(what string) {
		if !slices.Contains(gone, what) {
			gone = append(gone, what)
		}
	}
	for _, f := range day.Facts {
		if f.Event == nil {
			continue
		}
		started, ok := f.Event.Event.(routing.Started)
		if !ok {
			continue
		}
		if _, known := t.Channel(started.Channel); !known {
			note("channel " + string(started.Channel))
		}
		if _, known := t.Queue(started.Queue); !known && f.Event.At.Before(day.From) {
			note("queue " + string(started.Queue))
		}
	}
	return gone
}

// randomStreams makes streams that are independent of each other and the same each time.
func randomStreams(seed uint64) simulation.Streams {
	return func(name string) simulation.Random {
		h := fnv.New64a()
		_, _ = h.Write([]byte(name))                  // never fails
		return rand.New(rand.NewPCG(seed, h.Sum64())) //nolint:gosec // the same days each time are wanted
	}
}
