package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// importBytes is how much is restored at once.
const importBytes = 1 << 20

// importing is one import under way. A note in the store says of each tenant that it is half there, from before its first
// piece until its configuration is written, which comes last and without which nobody serves it.
type importing struct {
	*custody
	*tally
	file    *exportReader
	only    string
	tenants map[string]*newcomer
	waiting map[int][]persistence.Piece // by partition, to be restored together
	bytes   int
	settled bool // tenants are being put into service, so that nothing is taken back
}

// newcomer is a tenant of the export.
type newcomer struct {
	part   int
	there  bool // this very export has brought it already, in an import that was cut off later
	begun  bool
	config []byte // nil when there is none
}

func (i *importing) all(ctx context.Context) error {
	if err := i.expect(ctx); err != nil {
		return err
	}
	for {
		p, err := i.file.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = i.take(ctx, p)
		}
		if err != nil {
			return err
		}
	}
	if err := i.flush(ctx); err != nil {
		return err
	}
	return i.settle(ctx)
}

// expect refuses what can be refused before anything is written.
func (i *importing) expect(ctx context.Context) error {
	i.waiting = map[int][]persistence.Piece{}
	if i.only != "" && !slices.Contains(i.file.Tenants, i.only) {
		return fmt.Errorf("there is no tenant %q in the export; there is %s", i.only, whoseOf(i.file.Tenants))
	}
	left := 0
	for _, tenant := range i.file.Tenants {
		if i.only != "" && tenant != i.only {
			continue
		}
		n, err := i.find(ctx, tenant)
		if err != nil {
			return err
		}
		if !n.there {
			left++
		}
	}
	if left == 0 {
		return errors.New("this very export has been imported already; nothing is left to be done")
	}
	return nil
}

// find looks whether a tenant may be taken in. It is an error when it, or anything of it, is there.
func (i *importing) find(ctx context.Context, tenant string) (*newcomer, error) {
	if n := i.tenants[tenant]; n != nil {
		return n, nil
	}
	n := &newcomer{part: i.of(tenant)}
	note, noted, err := readImportNote(ctx, i.store, tenant)
	if err != nil {
		return nil, err
	}
	n.there = noted && note.Complete && note.Export == i.file.ID
	if !n.there && (!noted || note.Complete) {
		something, err := i.anything(ctx, tenant)
		if err != nil {
			return nil, err
		}
		if something {
			return nil, fmt.Errorf("tenant %q is in this store already; import it into another one, or choose other tenants with --%s", tenant, flagTenant)
		}
	}
	i.tenants[tenant] = n
	return n, nil
}

// anything says whether the store holds anything of a tenant.
func (i *importing) anything(ctx context.Context, tenant string) (bool, error) {
	if _, err := i.store.Get(ctx, i.of(tenant), persistence.ConfigKey(tenant)); !errors.Is(err, persistence.ErrNotFound) {
		return err == nil, err
	}
	for _, err := range i.piecesOf(ctx, tenant) {
		return err == nil, err
	}
	return false, nil
}

// piecesOf yields everything that the store holds of a tenant, but for the note.
func (i *importing) piecesOf(ctx context.Context, tenant string) func(func(persistence.Piece, error) bool) {
	return func(yield func(persistence.Piece, error) bool) {
		its := func(name string) bool {
			return persistence.TenantOf(name) == tenant && name != persistence.ImportKey(tenant) && !persistence.IsOnce(name)
		}
		for p, err := range i.store.Dump(ctx, i.lease(i.of(tenant)), its) {
			if err == nil && ownerOf(p) != tenant {
				continue
			}
			if !yield(p, err) {
				return
			}
		}
	}
}

// take adds one piece.
func (i *importing) take(ctx context.Context, p persistence.Piece) error {
	tenant := ownerOf(p)
	if i.only != "" && tenant != i.only {
		return nil
	}
	n, err := i.find(ctx, tenant)
	if err != nil || n.there {
		return err
	}
	if !n.begun {
		if err := i.begin(ctx, tenant, n); err != nil {
			return err
		}
	}
	i.add(ctx, p)
	if r, ok := p.(persistence.Record); ok && r.Key == persistence.ConfigKey(tenant) {
		n.config = r.Value
		return nil
	}
	if i.bytes+persistence.SizeOf(p) > importBytes {
		if err := i.flush(ctx); err != nil {
			return err
		}
	}
	i.waiting[n.part] = append(i.waiting[n.part], p)
	i.bytes += persistence.SizeOf(p)
	return nil
}

// begin notes that the tenant is half there, and takes away what an import that was cut off has left.
func (i *importing) begin(ctx context.Context, tenant string, n *newcomer) error {
	n.begun = true
	if err := i.note(ctx, tenant, n, persistence.Batch{}, importNote{Export: i.file.ID}); err != nil {
		return err
	}
	return i.clear(ctx, tenant, n)
}

func (i *importing) note(ctx context.Context, tenant string, n *newcomer, b persistence.Batch, note importNote) error {
	raw, err := json.Marshal(note)
	if err != nil {
		return fmt.Errorf("note the import: %w", err)
	}
	if b.Put == nil {
		b.Put = map[string][]byte{}
	}
	b.Put[persistence.ImportKey(tenant)] = raw
	return i.commit(ctx, n.part, b)
}

// clear takes away everything of a tenant that nobody serves.
func (i *importing) clear(ctx context.Context, tenant string, n *newcomer) error {
	var some []persistence.Piece
	size := 0
	remove := func() error {
		err := i.store.Remove(ctx, i.lease(n.part), some)
		some, size = some[:0], 0
		return err
	}
	for p, err := range i.piecesOf(ctx, tenant) {
		if err != nil {
			return err
		}
		some, size = append(some, p), size+persistence.SizeOf(p)
		if size > importBytes {
			if err := remove(); err != nil {
				return err
			}
		}
	}
	return remove()
}

// flush restores what waits.
func (i *importing) flush(ctx context.Context) error {
	for part, pieces := range i.waiting {
		if err := i.store.Restore(ctx, i.lease(part), pieces); err != nil {
			return err
		}
	}
	clear(i.waiting)
	i.bytes = 0
	return ctx.Err()
}

// settle puts the tenants into service, each by one commit.
func (i *importing) settle(ctx context.Context) error {
	if err := i.check(ctx); err != nil {
		return err
	}
	i.settled = true
	for _, tenant := range slices.Sorted(maps.Keys(i.tenants)) {
		n := i.tenants[tenant]
		if !n.begun {
			continue
		}
		b := persistence.Batch{}
		if n.config != nil {
			b.Put = map[string][]byte{persistence.ConfigKey(tenant): n.config}
		}
		if err := i.note(ctx, tenant, n, b, importNote{Export: i.file.ID, Complete: true}); err != nil {
			return err
		}
	}
	return nil
}

// check refuses an export without the configuration of a tenant, which nobody could serve, and a channel that another tenant
// of the store has: channel ids are unique over an installation. A configuration that this program cannot read is left to
// the one that can.
func (i *importing) check(ctx context.Context) error {
	owners := map[routing.ChannelID]string{}
	there, err := tenantsIn(ctx, i.store, persistence.ConfigPrefix)
	if err != nil {
		return err
	}
	for _, tenant := range there {
		c, found, err := storedConfig(ctx, i.store, routing.TenantID(tenant))
		if err == nil && found {
			for _, ch := range c.Tenant.Channels {
				owners[ch.ID] = tenant
			}
		}
	}
	for tenant, n := range i.tenants {
		var c routing.Config
		switch {
		case n.there:
			continue
		case n.config == nil && slices.Contains(i.file.Tenants, tenant):
			return i.file.damaged("tenant " + tenant + " has no configuration in it")
		case n.config == nil || decodeConfig(n.config, &c) != nil:
			continue
		}
		for _, ch := range c.Tenant.Channels {
			if owner, taken := owners[ch.ID]; taken {
				return fmt.Errorf("channel %s of tenant %s is tenant %s's in this store already; rename one of them", ch.ID, tenant, owner)
			}
		}
	}
	return nil
}

// undo takes back what has been begun, and says what came of it.
func (i *importing) undo(ctx context.Context, why error) error {
	const again = "run the same import again, which begins anew what is half there; until then nobody serves it"
	if i.settled {
		return fmt.Errorf("%w; some tenants may be in service; %s", why, again)
	}
	for _, tenant := range slices.Sorted(maps.Keys(i.tenants)) {
		if n := i.tenants[tenant]; n.begun {
			if err := i.takeBack(ctx, tenant, n); err != nil {
				return fmt.Errorf("%w; what had been begun could not be taken back (%w); %s", why, err, again)
			}
		}
	}
	return fmt.Errorf("%w; nothing was imported", why)
}

func (i *importing) takeBack(ctx context.Context, tenant string, n *newcomer) error {
	if err := i.again(ctx, n.part); err != nil {
		return err
	}
	if err := i.clear(ctx, tenant, n); err != nil {
		return err
	}
	return i.commit(ctx, n.part, persistence.Batch{Del: []string{persistence.ImportKey(tenant)}})
}

// moved lists the tenants that have come.
func (i *importing) moved() []string {
	var tenants []string
	for tenant, n := range i.tenants {
		if n.config != nil {
			tenants = append(tenants, tenant)
		}
	}
	slices.Sort(tenants)
	return tenants
}
