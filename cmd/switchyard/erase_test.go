package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"switchyard/persistence/pebble"
	"switchyard/persistence/redis"
	"switchyard/persistence/redis/redistest"
)

// What is erased in these tests, and must be found nowhere after.
const (
	erasedPhone = "+12025550177"
	erasedWord  = "Quetzalcoatlus"
)

// talkAndErase is a customer's whole story, from the record to its erasure, right before which something else happens.
func talkAndErase(t *testing.T, c *centre, before func()) {
	t.Helper()
	ctx := t.Context()
	agent, admin := c.signIn("agent-0"), c.signIn("alex")
	var ana struct{ ID string }
	body := map[string]any{"name": erasedWord, "numbers": []string{erasedPhone}}
	if err := admin.call(ctx, http.MethodPost, "/v1/customers", "made", body, &ana); err != nil {
		t.Fatal(err)
	}
	stream := c.listenIn(agent)
	if err := agent.setStatus(ctx, "available"); err != nil {
		t.Fatal(err)
	}
	if status := c.text(erasedPhone, simulatedNumber, erasedWord+" is where?"); status/100 != 2 {
		t.Fatalf("webhook: %d", status)
	}
	taken, err := agent.accept(ctx, c.hears(stream, "offer.made", anyEvent).Offer.ID)
	if err != nil {
		t.Fatal(err)
	}
	sent, err := agent.reply(ctx, taken.ID, erasedWord+" is here.", "")
	if err != nil {
		t.Fatal(err)
	}
	c.hears(stream, "message.updated", func(e eventObject) bool { return e.Message.ID == sent.ID && e.Message.State == "delivered" })
	path := "/v1/customers/" + ana.ID
	if err := admin.call(ctx, http.MethodPost, path+"/erase", "", nil, nil); err == nil || !strings.Contains(err.Error(), taken.ID) {
		t.Errorf("with an open conversation: %v", err)
	}
	finish(t, agent, taken.ID)
	before()
	var erased struct{ Conversations, Messages, Cases int }
	if err := admin.call(ctx, http.MethodPost, path+"/erase", "", nil, &erased); err != nil || erased.Conversations != 1 || erased.Cases != 1 {
		t.Fatalf("erased %+v, %v", erased, err)
	}
	if err := admin.call(ctx, http.MethodGet, path, "", nil, nil); err == nil {
		t.Error("the record is still there")
	}
	var is conversationObject
	if err := admin.call(ctx, http.MethodGet, "/v1/conversations/"+taken.ID, "", nil, &is); err != nil || is.State != stateEnded || is.CustomerNumber != "" {
		t.Errorf("what is left: %+v, %v", is, err)
	}
}

// TestErasedFromTheDisk reads the files of a store: not even what Pebble has not cleared away yet holds a word.
func TestErasedFromTheDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store, err := pebble.Open(dir, pebble.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Run("talk and erase", func(t *testing.T) {
		talkAndErase(t, newCentre(t, store, 1, 1), func() { // as if it had been long ago: it is in the tables
			if err := store.Purge(t.Context()); err != nil {
				t.Error(err)
			}
			found := filesWith(t, dir, erasedWord)
			if !slices.ContainsFunc(found, func(name string) bool { return strings.HasSuffix(name, ".sst") }) {
				t.Errorf("before, only %v hold the word", found)
			}
		})
	})
	if store, err = pebble.Open(dir, pebble.Options{}); err != nil { // the log files of before go when it is opened
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if found := filesWith(t, dir, erasedPhone, erasedWord); len(found) > 0 {
		t.Errorf("%v still hold something", found)
	}
}

// filesWith names the files under a directory that hold one of the words.
func filesWith(t *testing.T, dir string, words ...string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(name)
		if slices.ContainsFunc(words, func(w string) bool { return bytes.Contains(content, []byte(w)) }) {
			names = append(names, filepath.Base(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestErasedFromRedis reads every key and value of a Redis.
func TestErasedFromRedis(t *testing.T) {
	t.Parallel()
	server := redistest.New(t, t.TempDir())
	t.Run("talk and erase", func(t *testing.T) {
		store, err := redis.Open(t.Context(), server.URL(), redis.Options{})
		if err != nil {
			t.Fatal(err)
		}
		talkAndErase(t, newCentre(t, store, 1, 1), func() {})
	})
	names, _ := server.Do("keys", "*").([]any)
	for _, name := range names {
		var value any
		switch server.Do("type", name) {
		case "string":
			value = server.Do("get", name)
		case "hash":
			value = server.Do("hgetall", name)
		case "zset":
			value = server.Do("zrange", name, 0, -1)
		case "stream":
			value = server.Do("xrange", name, "-", "+")
		default:
			t.Errorf("%v is of no type that we know", name)
		}
		for _, word := range []string{erasedPhone, erasedWord} {
			if strings.Contains(fmt.Sprint(name, value), word) {
				t.Errorf("%v still holds %s", name, word)
			}
		}
	}
	if len(names) < 10 {
		t.Errorf("only %d keys", len(names))
	}
}
