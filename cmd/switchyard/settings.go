package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/urfave/cli/v3"
)

// Flags that serve and demo share.
const (
	flagConfig      = "config"
	flagListen      = "listen"
	flagOpsListen   = "ops-listen"
	flagStore       = "store"
	flagRedisWait   = "redis-wait"
	flagPartitions  = "redis-partitions"
	flagAllowUnsafe = "allow-unsafe"
	flagPublicURL   = "public-url"
	flagPprof       = "pprof"
	flagLogLevel    = "log-level"
	flagDrain       = "drain-seconds"
	flagNative      = "native-histograms"
	flagPerAgent    = "agent-metrics"
)

// fromEnv is the environment variable of a flag: SWITCHYARD_OPS_LISTEN for --ops-listen.
func fromEnv(flag string) cli.ValueSourceChain {
	return cli.EnvVars("SWITCHYARD_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_")))
}

func textFlag(name, value, usage string) *cli.StringFlag {
	return &cli.StringFlag{Name: name, Value: value, Usage: usage, Sources: fromEnv(name)}
}

func countFlag(name string, value int, usage string) *cli.IntFlag {
	return &cli.IntFlag{
		Name: name, Value: value, Usage: usage, Sources: fromEnv(name),
		Validator: func(n int) error {
			if n < 0 {
				return fmt.Errorf("--%s must not be negative", name)
			}
			return nil
		},
	}
}

// storeFlags are the flags of every command that opens a store.
func storeFlags() []cli.Flag {
	return []cli.Flag{
		textFlag(flagStore, "", "where everything is kept: pebble:`DIR`, or redis://HOST:PORT; give a URL with a password in the environment"),
		countFlag(flagRedisWait, 0, "how many replicas of the Redis must have confirmed a text before it counts as accepted"),
		countFlag(flagPartitions, 0, "how many partitions a new Redis is set up with, for ever: about ten for each node there may be (default: 16)"),
		&cli.BoolFlag{Name: flagAllowUnsafe, Usage: "use a Redis too whose settings may lose accepted texts", Sources: fromEnv(flagAllowUnsafe)},
	}
}

// serviceFlags are the flags of every command that runs the service.
func serviceFlags() []cli.Flag {
	return append([]cli.Flag{
		textFlag(flagConfig, "", "`FILE` with flags in YAML, such as \"listen: 127.0.0.1:8080\"; flags and environment go before it"),
		textFlag(flagListen, "127.0.0.1:8080", "`ADDR` of the API and the carriers' webhooks"),
		textFlag(flagOpsListen, "127.0.0.1:9090", "`ADDR` of /metrics, /healthz and /readyz, for operators only"),
		textFlag(flagPublicURL, "", "`URL` under which carriers reach this service (default: http:// and the listen address)"),
		textFlag(flagLogLevel, "info", "the least `LEVEL` that is logged: debug, info, warn or error"),
		countFlag(flagDrain, 20, "how many `SECONDS` may be spent finishing what has begun after SIGTERM"),
		&cli.BoolFlag{Name: flagPprof, Usage: "serve /debug/pprof to operators", Sources: fromEnv(flagPprof)},
		&cli.BoolFlag{
			Name: flagNative, Sources: fromEnv(flagNative),
			Usage: "also show histograms as native ones; a Prometheus before 3 that scrapes these drops the classic ones, which the dashboards need",
		},
		&cli.BoolFlag{Name: flagPerAgent, Usage: "also show three series for each agent", Sources: fromEnv(flagPerAgent)},
	}, storeFlags()...)
}

// readSettings fills the flags that were not given from the file that --config names.
func readSettings(ctx context.Context, c *cli.Command) (context.Context, error) {
	path := c.String(flagConfig)
	if path == "" {
		return ctx, nil
	}
	text, err := os.ReadFile(path) //nolint:gosec // the file that the operator names
	if err != nil {
		return ctx, fmt.Errorf("--%s: %w", flagConfig, err)
	}
	var given map[string]any
	if err := yaml.Unmarshal(text, &given); err != nil {
		return ctx, fmt.Errorf("--%s: %s is not YAML: %w", flagConfig, path, err)
	}
	known := map[string]bool{}
	for _, f := range c.Flags {
		known[f.Names()[0]] = f.IsSet()
	}
	for name, value := range given {
		set, exists := known[name]
		if !exists || name == flagConfig {
			return ctx, fmt.Errorf("--%s: %s: there is no flag %q; `%s --help` lists them", flagConfig, path, name, c.FullName())
		}
		if set {
			continue
		}
		values, several := value.([]any)
		if !several {
			values = []any{value}
		}
		for _, v := range values {
			if err := c.Set(name, fmt.Sprint(v)); err != nil {
				return ctx, fmt.Errorf("--%s: %s: %s: %w", flagConfig, path, name, err)
			}
		}
	}
	return ctx, nil
}
