package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/labstack/echo/v4"

	"switchyard/api/carrier"
	"switchyard/api/carrier/twilio"
)

// bare is the least program that could stand in Switchyard's place: an Echo handler that checks Twilio's signature and makes
// the body durable by one write, grouped with those of the requests that come at the same time.
type bare struct {
	base   string
	store  func([]bareWrite) error // makes a group durable
	writes chan bareWrite
	line   carrier.Channel
}

type bareWrite struct {
	key, value []byte
	done       chan error
}

const barePath = "/webhooks/twilio/" + twilioLine

// barePebble makes groups durable in a directory.
func barePebble(b *testing.B) func([]bareWrite) error {
	b.Helper()
	db, err := pebble.Open(b.TempDir(), &pebble.Options{MemTableSize: 32 << 20, Logger: silent{}})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	return func(group []bareWrite) error {
		batch := db.NewBatch()
		for _, w := range group {
			_ = batch.Set(w.key, w.value, nil) // fails at its commit
		}
		return batch.Commit(pebble.Sync)
	}
}

func newBare(b *testing.B, store func([]bareWrite) error) *bare {
	b.Helper()
	l := loopback(b)
	s := &bare{base: addressOf(l), store: store, writes: make(chan bareWrite, 1024), line: carrier.Channel{Secrets: []string{testSecret}}}
	e := echo.New()
	e.POST(barePath, s.serve)
	server := &http.Server{Handler: e}
	stopped := make(chan struct{})
	go func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			b.Error(err)
		}
	}()
	go func() {
		s.commit()
		close(stopped)
	}()
	b.Cleanup(func() {
		if err := server.Shutdown(context.Background()); err != nil {
			b.Error(err)
		}
		close(s.writes)
		<-stopped
	})
	return s
}

func (s *bare) serve(c echo.Context) error {
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return err
	}
	address, err := url.Parse(s.base + barePath)
	if err != nil {
		return err
	}
	r := carrier.Request{Method: http.MethodPost, URL: address, Header: c.Request().Header, Body: body}
	if err := (twilio.Carrier{}).Verify(s.line, r); err != nil {
		return c.NoContent(http.StatusForbidden)
	}
	texts, err := (twilio.Carrier{}).Inbound(s.line, r)
	if err != nil {
		return err
	}
	w := bareWrite{key: []byte(texts[0].CarrierID), value: body, done: make(chan error, 1)}
	s.writes <- w
	if err := <-w.done; err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "text/xml", []byte(`<?xml version="1.0" encoding="UTF-8"?><Response/>`))
}

// commit writes what has gathered as one group.
func (s *bare) commit() {
	for w := range s.writes {
		group := []bareWrite{w}
		for more := true; more; {
			select {
			case w, more = <-s.writes:
				if more {
					group = append(group, w)
				}
			default:
				more = false
			}
		}
		err := s.store(group)
		for _, w := range group {
			w.done <- err
		}
	}
}

// silent is Pebble's logger that says nothing.
type silent struct{}

func (silent) Infof(string, ...any)  {}
func (silent) Errorf(string, ...any) {}
func (silent) Fatalf(string, ...any) {}
