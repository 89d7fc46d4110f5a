package main

import (
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// demoRun is the demo in a process of its own, on a directory that outlives it.
type demoRun struct {
	*outside
	*child
	dir string
}

// startDemo starts it on free ports and waits until it says that it runs.
func startDemo(t *testing.T, dir string, args ...string) *demoRun {
	t.Helper()
	args = append([]string{"demo", "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0", "--data", dir}, args...)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	d := &demoRun{outside: &outside{t: t, http: &http.Client{Transport: transport}}, child: startChild(t, args...), dir: dir}
	d.eventually("the demo runs", func() bool {
		if !d.running() {
			t.Fatalf("the demo has ended with %d:\n%s", d.exit(), d.stderr.String())
		}
		return strings.Contains(d.stdout.String(), "curl ")
	})
	return d
}

func (d *demoRun) file() demoFile {
	d.t.Helper()
	f, found, err := readDemoFile(d.dir)
	if err != nil || !found {
		d.t.Fatalf("demo.json: %t, %v", found, err)
	}
	return f
}

func (d *demoRun) stop() {
	d.t.Helper()
	d.ask(syscall.SIGTERM)
	if code := d.exit(); code != exitOK {
		d.t.Errorf("exit code %d after SIGTERM, want 0:\n%s", code, d.stderr.String())
	}
}

// TestDemo: what the README promises of the first command, and that a second start is the same contact centre elsewhere.
func TestDemo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := startDemo(t, dir)
	first := d.file()
	if len(first.Agents) < 6 || len(first.Channels) != 2 || first.Tenant != "demo" || first.Supervisor.Token == "" || first.Admin.Password == "" {
		t.Fatalf("demo.json: %+v", first)
	}
	info, err := os.Stat(filepath.Join(dir, demoFileName))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("demo.json: mode %v, %v; want 0600", info.Mode(), err)
	}
	for _, page := range []string{first.BaseURL + "/desk", first.BaseURL + "/phone", first.BaseURL + "/simulated/phone", first.BaseURL + "/openapi.yaml", first.OpsURL + "/metrics"} {
		if _, _, err := newClient(page, "", d.http).raw(t.Context(), http.MethodGet, "", nil, nil); err != nil {
			t.Errorf("%s: %v", page, err)
		}
	}
	d.furnished(first)
	d.base = first.BaseURL
	d.reached(first)
	d.stop()

	again := startDemo(t, dir)
	second := again.file()
	want := first
	want.BaseURL, want.OpsURL = second.BaseURL, second.OpsURL
	if diff := cmp.Diff(want, second); diff != "" || second.BaseURL == first.BaseURL {
		t.Errorf("the second start, at %s after %s, is another contact centre (-first +second):\n%s", second.BaseURL, first.BaseURL, diff)
	}
	again.furnished(second)
	again.reached(second)
	again.stop()
}

// furnished checks the sample records, and that a password signs in.
func (d *demoRun) furnished(f demoFile) {
	t := d.t
	t.Helper()
	admin := newClient(f.BaseURL, f.Admin.Token, d.http)
	if customers := list[struct{ Name string }](t, admin, "/v1/customers?limit=50"); len(customers) != len(acquaintances()) {
		t.Errorf("%d customers, want %d", len(customers), len(acquaintances()))
	}
	for i, s := range stories() {
		path := "/v1/conversations?state=ended&customer_number=%2B" + acquaintances()[i].Numbers[0][1:]
		ended := list[conversationObject](t, admin, path)
		if len(ended) != 1 {
			t.Errorf("%d ended conversations with %s, want 1", len(ended), acquaintances()[i].Name)
			continue
		}
		if told := admin.transcript(t, ended[0].ID); len(told) < 2 || told[0].Text != s.question || told[1].Text != s.answer {
			t.Errorf("history of %s: %+v", acquaintances()[i].Name, told)
		}
	}
	body := map[string]string{"agent": f.Agents[0].ID, "password": f.Agents[0].Password}
	if err := newClient(f.BaseURL, "", d.http).call(t.Context(), http.MethodPost, "/v1/session", "", body, nil); err != nil {
		t.Errorf("sign in by password: %v", err)
	}
}

// reached has a phone text either number, and the text arrive.
func (d *demoRun) reached(f demoFile) {
	t := d.t
	t.Helper()
	network := newClient(f.BaseURL+networkPath, "", d.http)
	for _, ch := range f.Channels {
		var answer struct {
			WebhookStatus int `json:"webhook_status"`
		}
		text := phoneText{From: "+12025550199", To: ch.Number, Text: "hello"}
		if err := network.call(t.Context(), http.MethodPost, "/texts", "", text, &answer); err != nil || answer.WebhookStatus/100 != 2 {
			t.Errorf("text to %s: %v, %+v", ch.ID, err, answer)
		}
	}
}

// TestDemoBots: bots play both sides.
func TestDemoBots(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--bot-agents", "4", "--bot-customers", "20", "--rate", "20")
	f := d.file()
	admin := newClient(f.BaseURL, f.Admin.Token, d.http)
	d.eventually("a bot has answered a bot", func() bool {
		for _, c := range list[conversationObject](t, admin, "/v1/conversations?limit=200") {
			if strings.HasPrefix(c.Agent, "bot-") && c.LastMessage.Direction == "outbound" && c.LastMessage.State == "delivered" {
				return true
			}
		}
		return false
	})
	d.stop()
}

// TestDemoKilledAtBirth: killed at any moment of the very first start, the next one makes the whole contact centre, once.
func TestDemoKilledAtBirth(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	listing := func() (names []string) {
		_ = filepath.WalkDir(dir, func(path string, _ fs.DirEntry, _ error) error {
			names = append(names, path)
			return nil
		})
		return names
	}
	for n := range 6 {
		c := startChild(t, "demo", "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0", "--data", dir)
		o := &outside{t: t}
		// Each time later in the making: by what it has written, and by how often one has looked since.
		begun, looked := listing(), 0
		o.eventually("it has begun", func() bool {
			if len(listing()) != len(begun) || n > 0 {
				looked++
			}
			return looked > 8*n || !c.running() || c.stdout.String() != ""
		})
		c.kill()
	}
	d := startDemo(t, dir)
	d.furnished(d.file())
	d.stop()
}

// TestOpenDirectoryInUse: a second service on the same directory says so and leaves it alone.
func TestOpenDirectoryInUse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := startDemo(t, dir)
	code, _, complaint := command(t, "", "serve", "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0", "--store", "pebble:"+filepath.Join(dir, "store"))
	if code != exitFailure || !strings.Contains(complaint, "in use by another process") {
		t.Errorf("a second service: exit code %d, %q", code, complaint)
	}
	d.furnished(d.file())
	d.stop()
}

// TestOpenDirectoryOfOthers: what is not a store, or not one of this version, is left alone.
func TestOpenDirectoryOfOthers(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"notes.txt": "something of mine", "switchyard-format": "99"} {
		dir := t.TempDir()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		code, _, complaint := command(t, "", "serve", "--store", "pebble:"+dir, "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0")
		if code != exitFailure || !strings.Contains(complaint, "was left as it is") {
			t.Errorf("%s: exit code %d, %q", name, code, complaint)
		}
		if kept, err := os.ReadFile(path); err != nil || string(kept) != text {
			t.Errorf("%s: %q, %v; want it as it was", name, kept, err)
		}
	}
}
