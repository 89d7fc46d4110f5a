package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"testing"

	"switchyard/api/carrier/twilio"
)

// rawClient posts signed Twilio webhooks over one connection that is kept, with as little work of its own as can be: it shares
// the machine with what is measured.
type rawClient struct {
	t       testing.TB
	conn    net.Conn
	answer  *bufio.Reader
	host    string
	address string // what is signed
	path    string
	request bytes.Buffer
}

func newRawClient(t testing.TB, base, path string) *rawClient {
	t.Helper()
	host := base[len("http://"):]
	conn, err := net.Dial("tcp", host) //nolint:noctx // lives as long as the benchmark
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &rawClient{t: t, conn: conn, answer: bufio.NewReader(conn), host: host, address: base + path, path: path}
}

// post sends the n-th text, which is the n-th customer's, and returns the status.
func (c *rawClient) post(n int64) int {
	form := url.Values{
		"ToCountry": {"US"}, "ToState": {"CA"}, "SmsMessageSid": {sid(n)}, "NumMedia": {"0"}, "ToCity": {""}, "FromZip": {"94107"},
		"SmsSid": {sid(n)}, "FromState": {"CA"}, "SmsStatus": {"received"}, "FromCity": {"SAN FRANCISCO"},
		"Body": {"Hello, I still have not received my order. Can you look?"}, "FromCountry": {"US"}, "To": {twilioNumber}, "ToZip": {""},
		"NumSegments": {"1"}, "MessageSid": {sid(n)}, "AccountSid": {"AC1"}, "From": {fmt.Sprintf("+1%010d", 2_000_000_000+n)}, "ApiVersion": {"2010-04-01"},
	}
	body := form.Encode()
	c.request.Reset()
	fmt.Fprintf(&c.request, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nX-Twilio-Signature: %s\r\nContent-Length: %d\r\n\r\n%s",
		c.path, c.host, twilio.Sign(testSecret, c.address, form), len(body), body)
	if _, err := c.conn.Write(c.request.Bytes()); err != nil {
		c.t.Error(err)
		return 0
	}
	return c.read()
}

// read reads one answer whole.
func (c *rawClient) read() (status int) {
	length := 0
	for first := true; ; first = false {
		line, err := c.answer.ReadSlice('\n')
		if err != nil {
			c.t.Error(err)
			return 0
		}
		line = bytes.TrimSpace(line)
		switch {
		case first && len(line) > len("HTTP/1.1 200"):
			status, _ = strconv.Atoi(string(line[len("HTTP/1.1 "):len("HTTP/1.1 200")]))
		case len(line) == 0:
			if _, err := io.CopyN(io.Discard, c.answer, int64(length)); err != nil {
				c.t.Error(err)
			}
			return status
		case bytes.HasPrefix(line, []byte("Content-Length: ")):
			length, _ = strconv.Atoi(string(line[len("Content-Length: "):]))
		}
	}
}

func sid(n int64) string { return fmt.Sprintf("SM%032x", n) }
