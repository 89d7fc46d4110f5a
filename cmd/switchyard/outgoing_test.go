package main

import (
	"net"
	"strings"
	"testing"
)

// TestOutgoingDialer: what clouds tell machines their credentials by is not reached, by whatever name; what listens here is.
func TestOutgoingDialer(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"169.254.169.254:80", "[::ffff:169.254.169.254]:80", "[fe80::1%lo]:80", "0.0.0.0:80", "[::]:80", "224.0.0.1:80"} {
		_, err := outgoingDialer().DialContext(t.Context(), "tcp", address)
		if err == nil || !strings.Contains(err.Error(), "is no address of a carrier") {
			t.Errorf("%s: %v", address, err)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it is closed below
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := outgoingDialer().DialContext(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_ = c.Close()
}
