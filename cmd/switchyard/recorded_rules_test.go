package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"switchyard/actors/routing"
	"switchyard/actors/routing/simulation"
)

// TestReplayKnowsTheCustomer: the rules of a channel look at the records of those who wrote.
func TestReplayKnowsTheCustomer(t *testing.T) {
	t.Parallel()
	day, err := readDayFile(recordedDayFile)
	if err != nil {
		t.Fatal(err)
	}
	config, err := readDocument(recordedConfigFile, nil)
	if err != nil {
		t.Fatal(err)
	}
	day.Attributes = map[routing.CustomerID]map[string]string{"cu_1": {"tier": "vip"}}
	for _, f := range day.Facts {
		if f.Event == nil {
			continue
		}
		if started, ok := f.Event.Event.(routing.Started); ok && strings.HasSuffix(started.CustomerNumber, "1") {
			started.Customer = "cu_1"
			f.Event.Event = started
		}
	}
	entered := func(rules ...routing.ChannelRule) int {
		tenant := config.tenant
		tenant.Channels = append([]routing.Channel(nil), tenant.Channels...)
		tenant.Channels[0].Rules = rules
		tally := simulation.Run(simulation.Plan{Tenant: &tenant, Recorded: day})
		total := tally.Queue("sales").Total()
		return total.Entered
	}
	none := entered()
	vip := entered(routing.ChannelRule{Attribute: &routing.AttributeIs{Name: "tier", Is: "VIP"}, Queue: "sales"})
	gold := entered(routing.ChannelRule{Attribute: &routing.AttributeIs{Name: "tier", Is: "gold"}, Queue: "sales"})
	if vip <= none || gold != none {
		t.Errorf("%d enter sales, %d with the rule for VIPs, %d with one for nobody", none, vip, gold)
	}
}

// TestReplayWithoutAChannel: a configuration that lacks a channel or a queue of the day is compared on what is left, and says so.
func TestReplayWithoutAChannel(t *testing.T) {
	t.Parallel()
	sound, err := os.ReadFile(recordedConfigFile)
	if err != nil {
		t.Fatal(err)
	}
	at := strings.Index(string(sound), "  - {id: shop")
	end := at + strings.Index(string(sound[at:]), "\n") + 1
	path := filepath.Join(t.TempDir(), "other.yaml")
	if err := os.WriteFile(path, append(append([]byte(nil), sound[:at]...), sound[end:]...), 0o600); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := command(t, "", "simulate", "--config", recordedConfigFile, "--events", recordedDayFile, "--vs", path)
	if code != exitOK || !strings.Contains(stderr, "left out with what came there: channel shop\n") || !strings.Contains(stdout, "difference") {
		t.Errorf("exit code %d: %s%s", code, stdout, stderr)
	}

	day, err := readDayFile(recordedDayFile)
	if err != nil {
		t.Fatal(err)
	}
	day.From = day.From.Add(day.To.Sub(day.From) / 2)
	config, err := readDocument(recordedConfigFile, nil)
	if err != nil {
		t.Fatal(err)
	}
	tenant := config.tenant
	tenant.Queues, tenant.Channels = tenant.Queues[:1], tenant.Channels[:1]
	tenant.Agents = append([]routing.Profile(nil), tenant.Agents...)
	for i := range tenant.Agents {
		tenant.Agents[i].Queues = []routing.QueueID{"support"}
	}
	if gone := goneFrom(day, &tenant); strings.Join(gone, ", ") != "channel shop, queue sales" && strings.Join(gone, ", ") != "queue sales, channel shop" {
		t.Errorf("left out are %v", gone)
	}
	tally := simulation.Run(simulation.Plan{Tenant: &tenant, Recorded: day})
	if total := tally.Queues[0].Total(); total.Entered == 0 {
		t.Error("nothing is left of the day")
	}
}
