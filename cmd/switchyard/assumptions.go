package main

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"switchyard/actors/routing"
	"switchyard/actors/routing/simulation"
)

// assumptions are what simulate is told about days that have not been recorded.
type assumptions struct {
	start   time.Time
	days    int
	traffic []simulation.Traffic
	needs   simulation.Needs
	hours   []simulation.Hours
}

// readAssumptions reads the flags. Every error is one of usage and says what to write.
func readAssumptions(c *cli.Command, t *routing.Tenant) (assumptions, error) {
	a := assumptions{days: c.Int(flagDays)}
	var err error
	if a.start, err = time.Parse(time.RFC3339, c.String(flagStart)); err != nil {
		return a, usage{fmt.Errorf("--%s %q is no time; write it like 2026-03-02T00:00:00+01:00", flagStart, c.String(flagStart))}
	}
	if a.days < 1 || a.days > 10_000 {
		return a, usage{fmt.Errorf("--%s %d: write 1 to 10000", flagDays, a.days)}
	}
	if !c.IsSet(flagArrivals) {
		return a, usage{fmt.Errorf("--%s or --%s is needed: who comes? Write poisson:120 for 120 conversations an hour at each channel", flagArrivals, flagEvents)}
	}
	if !c.IsSet(flagHandle) {
		return a, usage{fmt.Errorf("--%s is needed: how long does a conversation take? Write exp:300 or lognormal:300,240, in seconds", flagHandle)}
	}
	for _, law := range []struct {
		flag string
		to   *simulation.Law
	}{
		{flagHandle, &a.needs.Handle}, {flagAnswer, &a.needs.Answer}, {flagWrapUp, &a.needs.WrapUp}, {flagPatience, &a.needs.Patience},
	} {
		if *law.to, err = parseLaw(c.String(law.flag)); err != nil {
			return a, usage{fmt.Errorf("--%s: %w", law.flag, err)}
		}
		if endless := simulation.Always(simulation.Endless); *law.to == endless && (law.flag == flagHandle || law.flag == flagAnswer) {
			return a, usage{fmt.Errorf("--%s none would never end; write exp:SECONDS, lognormal:MEAN,SD or fixed:SECONDS", law.flag)}
		}
	}
	for _, shift := range c.StringSlice(flagShifts) {
		h, err := parseHours(shift)
		if err != nil {
			return a, usage{fmt.Errorf("--%s: %w", flagShifts, err)}
		}
		a.hours = append(a.hours, h)
	}
	if len(a.hours) == 0 {
		a.hours = []simulation.Hours{{}}
	}
	if path, ok := strings.CutPrefix(c.StringSlice(flagArrivals)[0], "profile:"); ok {
		a.traffic, err = readProfile(path, t, a.start.Location())
	} else {
		a.traffic, err = parseArrivals(c.StringSlice(flagArrivals), t)
	}
	if err != nil {
		return a, usage{fmt.Errorf("--%s: %w", flagArrivals, err)}
	}
	return a, nil
}

// readProfile takes the traffic of a recorded day, as far as its channels are configured.
func readProfile(path string, t *routing.Tenant, place *time.Location) ([]simulation.Traffic, error) {
	day, err := readDayFile(path)
	if err != nil {
		return nil, err
	}
	traffic := slices.DeleteFunc(day.Traffic(place), func(tr simulation.Traffic) bool {
		_, known := t.Channel(tr.Channel)
		return !known
	})
	if len(traffic) == 0 {
		return nil, fmt.Errorf("nobody writes to a configured channel on the day of %s; take another day", path)
	}
	return traffic, nil
}

// parseLaw reads fixed:SECONDS, exp:SECONDS, lognormal:MEAN,SD or none.
func parseLaw(s string) (simulation.Law, error) {
	name, arguments, _ := strings.Cut(s, ":")
	var numbers []time.Duration
	for word := range strings.SplitSeq(arguments, ",") {
		x, err := strconv.ParseFloat(word, 64)
		if err == nil && x >= 0 && x <= 365*24*3600 {
			numbers = append(numbers, time.Duration(x*float64(time.Second)))
		}
	}
	switch {
	case s == "none":
		return simulation.Always(simulation.Endless), nil
	case name == "fixed" && len(numbers) == 1:
		return simulation.Always(numbers[0]), nil
	case name == "exp" && len(numbers) == 1 && numbers[0] > 0:
		return simulation.Exponential{Mean: numbers[0]}, nil
	case name == "lognormal" && len(numbers) == 2 && numbers[0] > 0:
		return simulation.Lognormal{Mean: numbers[0], Deviation: numbers[1]}, nil
	}
	return nil, fmt.Errorf("%q is not a law of times; write exp:300, lognormal:300,240, fixed:60 or none, in seconds", s)
}

// parseHours reads HH:MM-HH:MM.
func parseHours(s string) (simulation.Hours, error) {
	from, to, _ := strings.Cut(s, "-")
	begins, err := time.Parse("15:04", from)
	ends, err2 := time.Parse("15:04", to)
	if err := errors.Join(err, err2); err != nil {
		return simulation.Hours{}, fmt.Errorf("%q is no shift; write it like 09:00-17:30", s)
	}
	midnight := begins.Truncate(24 * time.Hour)
	return simulation.Hours{From: begins.Sub(midnight), To: ends.Sub(midnight)}, nil
}

// parseArrivals reads poisson:RATE for all channels and CHANNEL=poisson:RATE for one of them, the latter beating the former.
func parseArrivals(given []string, t *routing.Tenant) ([]simulation.Traffic, error) {
	rates := map[routing.ChannelID][]float64{}
	for _, s := range given {
		channel, law, one := strings.Cut(s, "=")
		if !one {
			law = s
		}
		rate, err := parseRates(law)
		if err != nil {
			return nil, err
		}
		switch _, known := t.Channel(routing.ChannelID(channel)); {
		case one && !known:
			return nil, fmt.Errorf("there is no channel %q; write the id of one under channels: %s", channel, listChannels(t))
		case one:
			rates[routing.ChannelID(channel)] = rate
		default:
			for _, c := range t.Channels {
				if !slices.ContainsFunc(given, func(other string) bool { return strings.HasPrefix(other, string(c.ID)+"=") }) {
					rates[c.ID] = rate
				}
			}
		}
	}
	var traffic []simulation.Traffic
	for _, c := range t.Channels {
		if r := rates[c.ID]; r != nil {
			traffic = append(traffic, simulation.Traffic{Channel: c.ID, Rates: r})
		}
	}
	if len(traffic) == 0 {
		return nil, errors.New("the configuration has no channel that customers could write to; list one under channels")
	}
	return traffic, nil
}

// parseRates reads poisson:RATE, conversations an hour, as a day of one slot.
func parseRates(s string) ([]float64, error) {
	if rate, ok := strings.CutPrefix(s, "poisson:"); ok {
		if x, err := strconv.ParseFloat(rate, 64); err == nil && x > 0 && x <= 1e9 && !math.IsNaN(x) {
			return []float64{x / time.Hour.Seconds()}, nil
		}
	}
	return nil, fmt.Errorf("%q does not say who comes; write poisson:120 for 120 conversations an hour", s)
}

func listChannels(t *routing.Tenant) string {
	var ids []string
	for _, c := range t.Channels {
		ids = append(ids, string(c.ID))
	}
	return strings.Join(ids, ", ")
}
