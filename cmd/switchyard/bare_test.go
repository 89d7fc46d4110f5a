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
	db     *pebble.DB
	writes chan bareWrite
	line   carrier.Channel
}

type bareWrite struct {
	key, value []byte
	done       chan error
}

const barePath = "/webhooks/twilio/" + twilioLine

func newBare(b *testing.B) *bare {
	b.Helper()
	db, err := pebble.Open(b.TempDir(), &pebble.Options{MemTableSize: 32 << 20, Logger: silent{}})
	if err != nil {
		b.Fatal(err)
	}
	l := loopback(b)
	s := &bare{base: addressOf(l), db: db, writes: make(chan bareWrite, 1024), line: carrier.Channel{Secrets: []string{testSecret}}}
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
		if err := db.Close(); err != nil {
			b.Error(err)
		}
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

// commit writes what has gathered in one batch with one sync.
func (s *bare) commit() {
	for w := range s.writes {
		group := []bareWrite{w}
		batch := s.db.NewBatch()
		for more := true; more; {
			_ = batch.Set(group[len(group)-1].key, group[len(group)-1].value, nil) // fails at its commit
			select {
			case w, more = <-s.writes:
				if more {
					group = append(group, w)
				}
			default:
				more = false
			}
		}
		err := batch.Commit(pebble.Sync)
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
