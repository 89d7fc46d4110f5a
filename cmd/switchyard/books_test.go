package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"switchyard/actors/routing"
	"switchyard/persistence"
	"switchyard/persistence/redis"
	"switchyard/persistence/redis/redistest"
)

// books is what the store holds of one contact centre and its partition, read behind the service's back.
type books struct {
	// log is everything that happened to its conversations, in the order in which it was committed.
	log []logged
	// stored are the records of its conversations, open and ended ones; more than one of a conversation is one too many.
	stored map[string][]json.RawMessage
	// streams are the places in the agents' streams that the store keeps.
	streams map[string][]string
	// inbox is how many inputs are not worked off, dead how many were set aside.
	inbox, dead int
	// orphans are the reports that are kept though their text is known by the carrier's id.
	orphans []string
	// commits are the numbers of the partition's commits that the store remembers, in the order in which they were made.
	commits []uint64
	// accounts are what it holds for reports.
	accounts accounts
}

// logged is an event, and its place among all of the partition.
type logged struct {
	place persistence.ID
	routing.Envelope
}

// reading says where a contact centre's books are.
type reading struct {
	server *redistest.Server
	part   int
}

// audit opens the books and copies them.
func (r reading) audit(t testing.TB, tenant routing.Tenant) *books {
	t.Helper()
	store, err := redis.Open(t.Context(), r.server.URL(), redis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	id := string(tenant.ID)
	b := &books{stored: map[string][]json.RawMessage{}, streams: map[string][]string{}}
	for _, prefix := range []string{persistence.HotConversationPrefix(id), persistence.ConversationPrefix(id)} {
		b.readRecords(t, store, r.part, prefix)
	}
	own := "switchyard:{p" + strconv.Itoa(r.part) + "}:"
	b.readLogs(t, store, r.part, r.lists(own+"list:"+persistence.LogList(id, "")))
	for _, a := range tenant.Agents {
		name := persistence.DeskStream(id, string(a.ID))
		for _, it := range readList(t, store, r.part, name) {
			b.streams[string(a.ID)] = append(b.streams[string(a.ID)], string(it.ID))
		}
	}
	b.readOrphans(t, store, r.part)
	b.accounts = readAccounts(t, store, r.part, id)
	b.dead = len(readList(t, store, r.part, persistence.DeadList(id)))
	b.inbox, _ = strconv.Atoi(fmt.Sprint(r.server.Do("zcard", own+"waiting")))
	r.server.Written(func(c []string) {
		if len(c) > 3 && strings.EqualFold(c[0], "hset") && c[1] == own+"own" && c[2] == "seq" {
			n, err := strconv.ParseUint(c[3], 10, 64)
			if err != nil {
				t.Error(err)
			}
			b.commits = append(b.commits, n)
		}
	})
	return b
}

func (b *books) readRecords(t testing.TB, store persistence.Store, part int, prefix string) {
	t.Helper()
	const page = 1000
	for after := ""; ; {
		some, err := store.Scan(context.Background(), part, prefix, after, page)
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range some {
			after = record.Key
			id := strings.TrimPrefix(record.Key, prefix)
			b.stored[id] = append(b.stored[id], record.Value)
		}
		if len(some) < page {
			return
		}
	}
}

func (b *books) readOrphans(t testing.TB, store persistence.Store, part int) {
	t.Helper()
	kept, err := store.Scan(context.Background(), part, persistence.OrphanPrefix, "", 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for _, record := range kept {
		known := "carried/" + strings.TrimPrefix(record.Key, persistence.OrphanPrefix)
		if _, err := store.Get(context.Background(), part, known); err == nil {
			b.orphans = append(b.orphans, record.Key)
		}
	}
}

// lists are the names after a prefix of all lists that there are.
func (r reading) lists(prefix string) []string {
	var names []string
	found, _ := r.server.Do("keys", prefix+"*").([]any)
	for _, key := range found {
		names = append(names, strings.TrimPrefix(fmt.Sprint(key), prefix[:strings.Index(prefix, "list:")+len("list:")]))
	}
	return names
}

func (b *books) readLogs(t testing.TB, store persistence.Store, part int, names []string) {
	t.Helper()
	var mu sync.Mutex
	var reading sync.WaitGroup
	for n := range readers {
		reading.Go(func() {
			for i := n; i < len(names); i += readers {
				items := readList(t, store, part, names[i])
				mu.Lock()
				for _, it := range items {
					l := logged{place: it.ID}
					if err := json.Unmarshal(it.Value, &l.Envelope); err != nil {
						t.Error(err)
					}
					b.log = append(b.log, l)
				}
				mu.Unlock()
			}
		})
	}
	reading.Wait()
	slices.SortFunc(b.log, func(x, y logged) int { return cmp.Compare(x.place, y.place) })
}

// readList reads a list whole, or all that is kept of a stream.
func readList(t testing.TB, store persistence.Store, part int, name string) []persistence.Item {
	items, err := store.Range(context.Background(), part, name, "", 1<<20)
	if err != nil {
		t.Error(err)
	}
	return items
}
