package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"testing"
)

// ear listens to an agent's stream and remembers everything.
type ear struct {
	mu     sync.Mutex
	events []heardEvent
	end    context.CancelFunc
	ended  sync.WaitGroup
}

type heardEvent struct {
	name string
	said eventObject
}

// listenIn opens an agent's stream from where its desk stands.
func (o *outside) listenIn(agent client) *ear {
	o.t.Helper()
	desk, err := agent.desk(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	e := &ear{}
	var ctx context.Context
	ctx, e.end = context.WithCancel(context.Background())
	e.ended.Go(func() {
		_ = agent.listen(ctx, desk.Cursor, func(ev event) error {
			h := heardEvent{name: ev.name}
			if err := json.Unmarshal(ev.data, &h.said); err != nil {
				return err
			}
			e.mu.Lock()
			defer e.mu.Unlock()
			e.events = append(e.events, h)
			return nil
		})
	})
	o.t.Cleanup(func() {
		e.end()
		e.ended.Wait()
	})
	return e
}

// hears waits for an event.
func (o *outside) hears(e *ear, name string, is func(eventObject) bool) eventObject {
	o.t.Helper()
	var found eventObject
	o.eventually("event "+name, func() bool {
		e.mu.Lock()
		defer e.mu.Unlock()
		for _, h := range e.events {
			if h.name == name && is(h.said) {
				found = h.said
				return true
			}
		}
		return false
	})
	return found
}

func anyEvent(eventObject) bool { return true }

func (c client) transcript(t testing.TB, conversation string) []messageObject {
	t.Helper()
	return list[messageObject](t, c, transcriptOf(conversation))
}

func transcriptOf(conversation string) string {
	return "/v1/conversations/" + conversation + "/transcript?limit=200"
}

// list reads all pages of a list; path already has a query.
func list[T any](t testing.TB, c client, path string) []T {
	t.Helper()
	all, err := pages[T](c, path)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// pages reads all pages of a list; path already has a query.
func pages[T any](c client, path string) ([]T, error) {
	var all []T
	for cursor := ""; ; {
		var page struct {
			Items      []T    `json:"items"`
			NextCursor string `json:"next_cursor"`
		}
		if err := c.call(context.Background(), http.MethodGet, path+"&cursor="+cursor, "", nil, &page); err != nil {
			return nil, fmt.Errorf("GET %s: %w", path, err)
		}
		all = append(all, page.Items...)
		if page.NextCursor == "" {
			return all, nil
		}
		cursor = page.NextCursor
	}
}
