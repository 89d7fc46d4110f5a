package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"text/template"

	"switchyard/actors/routing"
	"switchyard/persistence"
	"switchyard/persistence/redis/redistest"
)

const (
	gatewayLine   = "gateway"
	gatewayNumber = "+18005550177"
	gatewaySecret = "a-secret-word"
)

// gateway is a Kannel of a test's own, between a carrier and a Switchyard.
type gateway struct {
	*centre
	carrier *child
	stdin   io.Writer // the fake carrier's: a text a line
	phoned  int       // texts written to it so far
	control string    // the SMPP carrier's address for orders
	boxes   []*child
}

// gatewayPorts are free ports of the loopback address, by what they are for in the configuration.
type gatewayPorts struct {
	Admin, Boxes, SendSMS, Fake, SMPP, Control string
	Webhook, Secret                            string
}

// newGateway starts a Switchyard with a channel at a Kannel, and that Kannel, with its own fake carrier or one that speaks SMPP.
func newGateway(t *testing.T, store persistence.Store, overSMPP bool) *gateway {
	t.Helper()
	ports := gatewayPorts{Admin: redistest.FreePort(t), Boxes: redistest.FreePort(t), SendSMS: redistest.FreePort(t), Secret: gatewaySecret}
	if overSMPP {
		ports.SMPP, ports.Control = redistest.FreePort(t), redistest.FreePort(t)
	} else {
		ports.Fake = redistest.FreePort(t)
	}
	g := &gateway{centre: newCentre(t, store, 1, 1)}
	g.addLine("http://127.0.0.1:" + ports.SendSMS)
	ports.Webhook = g.base + "/webhooks/kannel/" + gatewayLine
	dir := t.TempDir()
	conf := filepath.Join(dir, "kannel.conf")
	f, err := os.Create(conf)
	if err != nil {
		t.Fatal(err)
	}
	if err := template.Must(template.ParseFiles("testdata/kannel.conf")).Execute(f, ports); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if overSMPP {
		g.startSMPP(ports)
	}
	g.box(dir, "bearerbox", conf, ports.Boxes)
	g.box(dir, "smsbox", conf, ports.SendSMS)
	if overSMPP {
		g.eventually("Kannel is bound to the carrier", func() bool { return g.order("/bound") == http.StatusOK })
	} else {
		g.startFake(ports)
	}
	return g
}

// addLine adds the gateway's channel to the tenant.
func (g *gateway) addLine(sendSMS string) {
	g.t.Helper()
	g.tenant.Channels = append(g.tenant.Channels, routing.Channel{
		ID: gatewayLine, Carrier: "kannel", Number: gatewayNumber, Queue: "support", Account: "switchyard", APIKey: gatewaySecret, Secret: gatewaySecret,
		APIBase: sendSMS, KeywordReplies: routing.RepliesEngine, SegmentsPerSecond: testRate,
	})
	was, _, err := g.service.config(g.t.Context(), g.tenant.ID)
	if err == nil {
		err = g.service.install(g.t.Context(), g.tenant, documentOf(g.t, g.tenant), was.ETag)
	}
	if err != nil {
		g.t.Fatal(err)
	}
}

// box starts one of Kannel's processes and waits until it listens.
func (g *gateway) box(dir, name, conf, port string) {
	g.t.Helper()
	process := exec.CommandContext(context.Background(), "/usr/sbin/"+name, "-v", "1", conf)
	process.Dir = dir
	box := startProcess(g.t, process)
	g.boxes = append(g.boxes, box)
	g.listens(name+" (the Debian package kannel; .ci/install installs it)", box, port)
}

func (g *gateway) listens(what string, c *child, port string) {
	g.t.Helper()
	g.eventually(what+" listens", func() bool {
		if !c.running() {
			g.t.Fatalf("%s has ended:\n%s%s", what, &c.stdout, &c.stderr)
		}
		conn, err := (&net.Dialer{}).DialContext(g.t.Context(), "tcp", "127.0.0.1:"+port)
		if err != nil {
			return false
		}
		return conn.Close() == nil
	})
}

// startFake starts Kannel's fake carrier. What is written to it are texts from phones; what it prints are texts to them.
func (g *gateway) startFake(ports gatewayPorts) {
	g.t.Helper()
	process := exec.CommandContext(context.Background(), "stdbuf", "-oL", "-eL", "/usr/lib/kannel/test/fakesmsc", "-v", "0", "-H", "127.0.0.1", "-r", ports.Fake, "-i", "0.05")
	stdin, err := process.StdinPipe()
	if err != nil {
		g.t.Fatal(err)
	}
	g.carrier, g.stdin = startProcess(g.t, process), stdin
}

// startSMPP starts a carrier that speaks SMPP.
func (g *gateway) startSMPP(ports gatewayPorts) {
	g.t.Helper()
	libraries, err := filepath.Abs(filepath.Join(repositoryRoot, "api/carrier/carriertest/testdata/vendors/node_modules"))
	if err != nil {
		g.t.Fatal(err)
	}
	process := exec.CommandContext(context.Background(), "node", "testdata/smsc.cjs", ports.SMPP, ports.Control)
	process.Env = append(os.Environ(), "NODE_PATH="+libraries)
	g.carrier, g.control = startProcess(g.t, process), "http://127.0.0.1:"+ports.Control
	g.listens("the SMPP carrier (.ci/install installs what it needs)", g.carrier, ports.Control)
}

// order tells the SMPP carrier what to do.
func (g *gateway) order(path string, parameters ...string) int {
	g.t.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(parameters); i += 2 {
		values.Set(parameters[i], parameters[i+1])
	}
	req, err := http.NewRequestWithContext(g.t.Context(), http.MethodGet, g.control+path+"?"+values.Encode(), nil)
	if err != nil {
		g.t.Fatal(err)
	}
	resp, err := g.http.Do(req)
	if err != nil {
		g.t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// phone has a phone send a text over the fake carrier, which takes one line at a time. Kind is text, or ucs2 or udh-text with escapes in
// what is written.
func (g *gateway) phone(from, kind, text string) {
	g.t.Helper()
	if _, err := fmt.Fprintf(g.stdin, "%s %s %s %s\n", from, gatewayNumber, kind, text); err != nil {
		g.t.Fatal(err)
	}
	g.phoned++
	sent := fmt.Sprintf("sent message %d\n", g.phoned)
	g.eventually("the fake carrier has "+sent, func() bool { return strings.Contains(g.carrier.stderr.String(), sent) })
}

// delivered is what the carrier has got for phones so far, one text or part a line.
func (g *gateway) delivered() []string {
	var got []string
	for line := range strings.Lines(g.carrier.stderr.String() + g.carrier.stdout.String()) {
		if _, text, ok := strings.Cut(line, "Got message "); ok {
			_, text, _ = strings.Cut(text, ": ")
			got = append(got, strings.TrimSpace(text))
		} else if strings.HasPrefix(line, "{") {
			got = append(got, strings.TrimSpace(line))
		}
	}
	return got
}

// metrics is what the operator reads.
func (c *centre) metrics() string {
	answer := httptest.NewRecorder()
	c.service.opsHTTP.Handler.ServeHTTP(answer, httptest.NewRequestWithContext(c.t.Context(), http.MethodGet, "/metrics", nil))
	return answer.Body.String()
}
