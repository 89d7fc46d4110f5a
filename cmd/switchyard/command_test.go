package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// command runs the command line in this process.
func command(t testing.TB, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, complaints bytes.Buffer
	code = run(t.Context(), append([]string{"switchyard"}, args...), strings.NewReader(stdin), &out, &complaints)
	return code, out.String(), complaints.String()
}

func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestExitCodes: 2 and a way out for what was called wrongly, 1 for what could not be done.
func TestExitCodes(t *testing.T) {
	t.Parallel()
	store := "pebble:" + t.TempDir()
	bad := file(t, "bad.yaml", "id: Bad Name\nqueues: []\nchannels: []\nagents: []\n")
	for _, row := range []struct {
		args      []string
		want      int
		complaint string
	}{
		{nil, exitUsage, "name a command"},
		{[]string{"dance"}, exitUsage, `no command "dance"`},
		{[]string{"serve", "--dance"}, exitUsage, "dance"},
		{[]string{"serve", "now"}, exitUsage, `"now" is too much`},
		{[]string{"serve"}, exitUsage, "--store is needed"},
		{[]string{"serve", "--store", "redis:127.0.0.1"}, exitUsage, "no URL of a Redis"},
		{[]string{"serve", "--store", "paper"}, exitUsage, "is no store"},
		{[]string{"serve", "--store", store, "--log-level", "shout"}, exitUsage, "is no level"},
		{[]string{"serve", "--store", store, "--drain-seconds", "soon"}, exitUsage, "drain-seconds"},
		{[]string{"serve", "--config", file(t, "c.yaml", "dance: true")}, exitUsage, `no flag "dance"`},
		{[]string{"serve", "--config", file(t, "c.yaml", "{")}, exitUsage, "is not YAML"},
		{[]string{"serve", "--config", filepath.Join(t.TempDir(), "none")}, exitUsage, "no such file"},
		{[]string{"serve", "--store", store, "--listen", "nowhere"}, exitFailure, "choose another address"},
		{[]string{"serve", "--store", store, "--tenant", bad}, exitFailure, "id: line 1"},
		{[]string{"serve", "--store", store, "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0", "--public-url", "here"}, exitFailure, "public url"},
		{[]string{"demo", "--rate", "-1"}, exitUsage, "--rate"},
		{[]string{"demo", "--bot-agents", "-1"}, exitUsage, "negative"},
		{[]string{"config"}, exitUsage, "name a command"},
		{[]string{"config", "validate"}, exitUsage, "name one configuration file"},
		{[]string{"config", "validate", bad}, exitFailure, "Bad Name"},
		{[]string{"config", "validate", filepath.Join(t.TempDir(), "none")}, exitFailure, "no such file"},
		{[]string{"config", "show"}, exitUsage, "--token is needed"},
		{[]string{"config", "show", "--token", "x", "--url", "http://127.0.0.1:1"}, exitFailure, "call the service"},
		{[]string{"config", "password"}, exitFailure, "a password needs"},
		{[]string{"export"}, exitUsage, "name one file"},
		{[]string{"export", "--from", "2026-03-02T00:00:00Z", "-"}, exitUsage, "belong to --events"},
		{[]string{"export", "--events", "-"}, exitUsage, "--tenant is needed"},
		{[]string{"export", "--events", "--tenant", "acme", "--from", "monday", "-"}, exitUsage, "is no time"},
		{[]string{"export", "--events", "--tenant", "acme", "--store", "pebble:" + t.TempDir(), "-"}, exitFailure, "there is no store"},
	} {
		code, _, stderr := command(t, "", row.args...)
		if code != row.want || !strings.Contains(stderr, row.complaint) {
			t.Errorf("%v: exit code %d, %q; want %d and %q", row.args, code, stderr, row.want, row.complaint)
		}
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	code, stdout, _ := command(t, "", "version")
	if code != exitOK || !strings.HasPrefix(stdout, "switchyard ") {
		t.Errorf("version: %d, %q", code, stdout)
	}
}

func TestConfigPassword(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := command(t, "opensesame\n", "config", "password")
	if code != exitOK || !strings.HasPrefix(stdout, "pbkdf2-sha256$") {
		t.Errorf("config password: %d, %q, %q", code, stdout, stderr)
	}
}

// TestConfigCommands: validate, show and apply against a running service.
func TestConfigCommands(t *testing.T) {
	t.Parallel()
	c := newCentre(t, nil, 1, 1)
	token := c.signIn("alex").token
	remote := []string{"--url", c.base, "--token", token}
	code, before, stderr := command(t, "", append([]string{"config", "show"}, remote...)...)
	if code != exitOK || before != documentOf(t, c.tenant) {
		t.Fatalf("config show: %d, %q, %q", code, before, stderr)
	}
	tenant := c.tenant
	tenant.Name = "Renamed"
	tenant.Skills = append(slices.Clip(tenant.Skills), "juggling")
	path := file(t, "tenant.json", documentOf(t, tenant))
	code, plan, stderr := command(t, "", append(append([]string{"config", "plan"}, remote...), path)...)
	wanted := []string{"changed name\n  was \"Test\"\n  is \"Renamed\"\n", "added skills[juggling]\n", "warning: skills[", "nobody has juggling", "2 changes;"}
	if code != exitOK || slices.ContainsFunc(wanted, func(w string) bool { return !strings.Contains(plan, w) }) {
		t.Errorf("config plan: %d, %q, %q", code, plan, stderr)
	}
	if _, same, _ := command(t, "", append([]string{"config", "show"}, remote...)...); same != before {
		t.Errorf("after config plan the service has %q", same)
	}
	if code, stdout, stderr := command(t, "", "config", "validate", path); code != exitOK || !strings.Contains(stdout, "tenant test: 2 queues") {
		t.Errorf("config validate: %d, %q, %q", code, stdout, stderr)
	}
	if code, _, stderr := command(t, "", append(append([]string{"config", "apply"}, remote...), path)...); code != exitOK {
		t.Fatalf("config apply: %d, %q", code, stderr)
	}
	if _, after, _ := command(t, "", append([]string{"config", "show"}, remote...)...); after != documentOf(t, tenant) {
		t.Errorf("after config apply the service has %q", after)
	}
	tenant.ID = "another"
	path = file(t, "tenant.json", documentOf(t, tenant))
	if code, _, stderr := command(t, "", append(append([]string{"config", "apply"}, remote...), path)...); code != exitFailure || !strings.Contains(stderr, "another tenant's") {
		t.Errorf("config apply of another tenant's document: %d, %q", code, stderr)
	}
}

// TestSettingsFile: flags go before the environment, and that before the file.
func TestSettingsFile(t *testing.T) {
	t.Setenv("SWITCHYARD_LOG_LEVEL", "quiet")
	settings := file(t, "settings.yaml", "log-level: whisper\nstore: paper\n")
	if _, _, stderr := command(t, "", "serve", "--config", settings); !strings.Contains(stderr, `"quiet" is no level`) {
		t.Errorf("the environment did not go before the file: %q", stderr)
	}
	if _, _, stderr := command(t, "", "serve", "--config", settings, "--log-level", "shout"); !strings.Contains(stderr, `"shout" is no level`) {
		t.Errorf("the flag did not go before the environment: %q", stderr)
	}
	if _, _, stderr := command(t, "", "serve", "--config", settings, "--log-level", "info"); !strings.Contains(stderr, `"paper" is no store`) {
		t.Errorf("the file was not read: %q", stderr)
	}
}
