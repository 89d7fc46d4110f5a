package redis

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"switchyard/persistence"
)

// Attend implements [persistence.Store].
func (s *Store) Attend(ctx context.Context, n persistence.Node) ([]persistence.Node, error) {
	if _, err := s.enter(ctx, 0); err != nil {
		return nil, err
	}
	leaving := "0"
	if n.Leaving {
		leaving = "1"
	}
	answer, err := s.run(ctx, s.scripts.attend, []string{nodesKey}, n.Life, n.Name, leaving, s.leaseTime.Milliseconds(), nodesKey)
	if err != nil {
		return nil, err
	}
	words := textsOf(answer)
	if len(words) != len(answer) || len(words)%3 != 0 {
		return nil, fmt.Errorf("%w: %s", persistence.ErrDamaged, nodesKey)
	}
	living := make([]persistence.Node, 0, len(words)/3)
	for one := range slices.Chunk(words, 3) {
		living = append(living, persistence.Node{Life: one[0], Name: one[1], Leaving: one[2] == "1"})
	}
	slices.SortFunc(living, func(a, b persistence.Node) int { return cmp.Compare(a.Life, b.Life) })
	return living, nil
}

// Depart implements [persistence.Store].
func (s *Store) Depart(ctx context.Context, life string) error {
	if _, err := s.enter(ctx, 0); err != nil {
		return err
	}
	if err := s.client.HDel(ctx, nodesKey, life).Err(); err != nil {
		return s.fault(err)
	}
	return s.fault(s.client.Publish(ctx, nodesKey, "").Err())
}

// ringOwners says in every partition that nodes have come or gone.
func (s *Store) ringOwners() {
	for _, p := range s.parts {
		p.bells.Ring(persistence.Bell{Owners: true})
	}
}
