package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/urfave/cli/v3"

	"switchyard/actors/measures"
	"switchyard/api/desktop"
)

// openService opens what the flags name: the log, the store (where names one when --store does not) and both listeners.
func openService(ctx context.Context, c *cli.Command, where string) (serviceConfig, error) {
	s := serviceConfig{pages: desktop.New()}
	var err error
	if s.log, err = newLogger(c.Root().ErrWriter, c.String(flagLogLevel)); err != nil {
		return s, err
	}
	store := storeOf(c, s.log)
	store.where = cmp.Or(store.where, where)
	if s.store, err = store.open(ctx); err != nil {
		return s, err
	}
	if s.listener, err = listen(ctx, flagListen, c); err != nil {
		return s, errors.Join(err, s.store.Close())
	}
	if s.ops, err = listen(ctx, flagOpsListen, c); err != nil {
		return s, errors.Join(err, s.listener.Close(), s.store.Close())
	}
	s.publicURL, s.pprof = strings.TrimSuffix(c.String(flagPublicURL), "/"), c.Bool(flagPprof)
	s.metrics = measures.Options{Native: c.Bool(flagNative), PerAgent: c.Bool(flagPerAgent)}
	if s.publicURL == "" {
		s.publicURL = addressOf(s.listener)
	}
	return s, nil
}

// close gives back what was opened, where no service came to own it.
func (s serviceConfig) close() error {
	return errors.Join(s.listener.Close(), s.ops.Close(), s.store.Close())
}

func listen(ctx context.Context, flag string, c *cli.Command) (net.Listener, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", c.String(flag))
	if err != nil {
		return nil, fmt.Errorf("--%s: %w; choose another address, port 0 takes any free one", flag, err)
	}
	return l, nil
}

// addressOf is the URL of a listener as seen from this machine.
func addressOf(l net.Listener) string {
	host, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return "http://" + l.Addr().String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

func isHTTPS(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https"
}
