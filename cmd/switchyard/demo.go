package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/urfave/cli/v3"

	"switchyard/actors/routing"
	"switchyard/api/carrier/simulated"
)

// Flags of the demo alone.
const (
	flagData         = "data"
	flagBotAgents    = "bot-agents"
	flagBotCustomers = "bot-customers"
	flagRate         = "rate"
)

// Where the simulated carrier is mounted, and the page of its phones.
const (
	networkPath = "/simulated"
	phonePath   = "/phone"
)

func demoCommand() *cli.Command {
	return &cli.Command{
		Name: "demo", Usage: "run a sample contact centre with a simulated carrier, on this machine alone",
		Flags: append(
			serviceFlags(),
			textFlag(flagData, "", "`DIR` in which the demo lives (default: switchyard/demo in the user's cache directory)"),
			countFlag(flagBotAgents, 0, "how many agents are played by bots"),
			countFlag(flagBotCustomers, 0, "how many customers are played by bots"),
			&cli.FloatFlag{Name: flagRate, Value: 1, Usage: "texts per second from the customers played by bots", Sources: fromEnv(flagRate)},
		),
		Before: readSettings, ArgValidator: noArguments, Action: failing(demo),
	}
}

// demo runs the sample contact centre until a signal.
func demo(ctx context.Context, c *cli.Command) error {
	if rate := c.Float(flagRate); !(rate > 0 && rate <= 10_000) {
		return usage{fmt.Errorf("--%s: %v texts per second cannot be kept up; use more than 0 and at most 10000", flagRate, rate)}
	}
	ctx, stop := untilSignal(ctx)
	defer stop()
	dir, err := demoDir(c.String(flagData))
	if err != nil {
		return err
	}
	tuneMemory()
	parts, err := openService(ctx, c, "pebble:"+filepath.Join(dir, "store"))
	if err != nil {
		return err
	}
	d, err := newDemonstration(ctx, dir, parts, c.Int(flagBotAgents))
	if err != nil {
		return errors.Join(err, parts.close())
	}
	defer d.http.CloseIdleConnections()
	defer d.network.Close()
	playing, end := context.WithCancel(ctx)
	var bots sync.WaitGroup
	defer bots.Wait()
	defer end()
	return d.service.run(ctx, drainTime(c), func() error {
		if err := d.begin(ctx); err != nil {
			return err
		}
		d.play(playing, &bots, c.Int(flagBotAgents), c.Int(flagBotCustomers), c.Float(flagRate))
		return d.announce(c.Root().Writer)
	})
}

func demoDir(given string) (string, error) {
	dir := given
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("there is no cache directory to keep the demo in; name a directory with --%s: %w", flagData, err)
		}
		dir = filepath.Join(cache, "switchyard", "demo")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("make the demo's directory: %w", err)
	}
	return dir, nil
}

// demonstration is the sample contact centre in service, with the phone network that it is reached through.
type demonstration struct {
	sample
	dir     string
	local   string // the service's URL on this machine
	service *service
	network *simulated.Network
	http    *http.Client
}

// newDemonstration makes everything but starts nothing. On an error the caller still owns the parts.
func newDemonstration(ctx context.Context, dir string, parts serviceConfig, botAgents int) (*demonstration, error) {
	d := &demonstration{dir: dir, local: addressOf(parts.listener)}
	d.http = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: outgoingConnections}}
	var err error
	if d.sample, err = d.settle(ctx, parts); err != nil {
		return nil, err
	}
	if err := d.staffBots(botAgents); err != nil {
		return nil, err
	}
	if d.network, err = simulated.NewNetwork(simulated.Config{Channels: d.lines(parts.publicURL), Logger: parts.log}); err != nil {
		return nil, err
	}
	parts.mounts = map[string]http.Handler{
		networkPath: d.network, phonePath: parts.pages.Phone(),
		networkPath + phonePath: http.RedirectHandler(phonePath, http.StatusMovedPermanently), // where it was in earlier versions
	}
	if d.service, err = newService(parts); err != nil {
		d.network.Close()
		return nil, err
	}
	return d, nil
}

// settle finds the contact centre of an earlier start, and corrects where its carrier is reached if the address is another
// now; or makes a new one.
func (d *demonstration) settle(ctx context.Context, parts serviceConfig) (sample, error) {
	file, found, err := readDemoFile(d.dir)
	if err != nil {
		return sample{}, err
	}
	stored, installed, err := storedConfig(ctx, parts.store, "demo")
	if err != nil {
		return sample{}, err
	}
	if !found || !installed {
		s, err := newSample(d.local + networkPath)
		s.replaces = stored.ETag
		return s, err
	}
	s := sample{
		document:    document{tenant: stored.Tenant, source: stored.Source, kind: "application/yaml"},
		credentials: file.credentials(), replaces: stored.ETag,
	}
	was := networkOf(stored.Tenant)
	if was == "" || was == d.local+networkPath {
		return s, nil
	}
	return s, s.write(strings.ReplaceAll(stored.Source, was, d.local+networkPath))
}

// networkOf is where a stored contact centre reaches the simulated carrier, empty when it does not.
func networkOf(t routing.Tenant) string {
	for _, ch := range t.Channels {
		if ch.Carrier == simulated.Name && strings.HasSuffix(ch.APIBase, networkPath) {
			return ch.APIBase
		}
	}
	return ""
}

// lines are the channels that the simulated carrier serves.
func (d *demonstration) lines(publicURL string) []simulated.Line {
	var lines []simulated.Line
	for _, ch := range d.tenant.Channels {
		if !strings.HasPrefix(ch.APIBase, d.local+networkPath) {
			continue
		}
		hook := publicURL + "/webhooks/" + ch.Carrier + "/" + string(ch.ID)
		lines = append(lines, simulated.Line{
			ID: string(ch.ID), Carrier: ch.Carrier, Number: ch.Number, Account: ch.Account, Secret: d.secrets[string(ch.ID)],
			WebhookURL: hook, ReceiptURL: hook + "/receipts",
		})
	}
	return lines
}

// begin puts the contact centre in force and furnishes it, as far as that has not been done.
func (d *demonstration) begin(ctx context.Context) error {
	if d.changed {
		if err := d.service.install(ctx, d.tenant, d.source, d.replaces); err != nil {
			return err
		}
	}
	if err := d.grant(ctx, d.service); err != nil {
		return err
	}
	if d.fresh {
		if err := d.furnish(ctx); err != nil {
			return fmt.Errorf("sample records: %w", err)
		}
	}
	return d.file(d.local, addressOf(d.service.ops)).write(d.dir)
}

// announce tells what to open, and what to type next.
func (d *demonstration) announce(w io.Writer) error {
	people := d.file(d.local, "")
	agent, supervisor, admin := d.tenant.Agents[0], people.Supervisor, people.Admin
	_, err := fmt.Fprintf(w, `Switchyard's sample contact centre is running.

  Agent desktop        %[1]s%[7]s (sign in as %[8]s, password %[9]s)
  Wallboard            %[1]s%[10]s (sign in as %[11]s, password %[12]s)
  Administration       %[1]s%[13]s (sign in as %[14]s, password %[15]s)
  Customers' phones    %[1]s%[2]s
  API                  %[1]s/v1 (described by %[1]s/openapi.yaml)
  Metrics              %[3]s/metrics
  Who is who           %[4]s

Next, let %[5]s be available for texts, on the desktop or by curl:

  curl -X PUT %[1]s/v1/desk/status -H 'Content-Type: application/json' \
    -H 'Authorization: Bearer %[6]s' -d '{"status":"available"}'

Stop with Ctrl+C; everything is still there at the next start.
`, d.local, phonePath, addressOf(d.service.ops), filepath.Join(d.dir, demoFileName), agent.Name, d.tokens[string(agent.ID)],
		deskPath, agent.ID, d.passwords[string(agent.ID)], boardPath, supervisor.ID, d.passwords[supervisor.ID],
		adminPath, admin.ID, d.passwords[admin.ID])
	if err != nil {
		return fmt.Errorf("tell that the demo runs: %w", err)
	}
	return nil
}
