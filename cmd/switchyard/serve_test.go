package main

import (
	"sync"
	"testing"

	"switchyard/persistence/memory"
)

// TestInstallMissing: of nodes that start at once with the same document one installs it, and none takes that for a failure.
func TestInstallMissing(t *testing.T) {
	t.Parallel()
	c := newCentre(t, memory.New(1), 1, 1)
	d := document{tenant: c.tenant}
	d.tenant.ID = "another"
	d.source = documentOf(t, d.tenant)
	var starting sync.WaitGroup
	for range 8 {
		starting.Go(func() {
			if err := c.service.installMissing(t.Context(), d); err != nil {
				t.Error(err)
			}
		})
	}
	starting.Wait()
}
