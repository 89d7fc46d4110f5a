package main

import (
	"context"
	"sync"
	"testing"

	"switchyard/persistence"
	"switchyard/persistence/memory"
)

// meeting is a store where all who look for a configuration have to have looked before any of them hears.
type meeting struct {
	persistence.Store
	key    string
	looked sync.WaitGroup
}

// Get implements [persistence.Store].
func (m *meeting) Get(ctx context.Context, part int, key string) ([]byte, error) {
	value, err := m.Store.Get(ctx, part, key)
	if key == m.key && err != nil {
		m.looked.Done()
		m.looked.Wait()
	}
	return value, err
}

// TestInstallMissing: of nodes that start at once with the same document one installs it, and none takes that for a failure.
func TestInstallMissing(t *testing.T) {
	t.Parallel()
	const nodes = 3
	c := newCentre(t, memory.New(1), 1, 1)
	d := document{tenant: c.tenant}
	d.tenant.ID = "another"
	d.source = documentOf(t, d.tenant)
	store := &meeting{Store: c.service.store, key: persistence.ConfigKey("another")}
	store.looked.Add(nodes)
	s := &service{serviceConfig: serviceConfig{store: store}, engine: c.service.engine}
	var starting sync.WaitGroup
	for range nodes {
		starting.Go(func() {
			if err := s.installMissing(t.Context(), d); err != nil {
				t.Error(err)
			}
		})
	}
	starting.Wait()
}
