package main

import (
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"
)

// outgoingDialer connects to carriers and identity providers: to any address but those of the own link, where machines in clouds are told
// their credentials. An address is looked at when it is resolved, so no name hides it. Private addresses are allowed: gateways and
// providers stand there.
func outgoingDialer() *net.Dialer {
	return &net.Dialer{Timeout: 5 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("address %s: %w", address, err)
		}
		if at := to.Addr().Unmap(); at.IsLinkLocalUnicast() || at.IsMulticast() || at.IsUnspecified() {
			return fmt.Errorf("%s is no address of a carrier or an identity provider", at)
		}
		return nil
	}}
}
