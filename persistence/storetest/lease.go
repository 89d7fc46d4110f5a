package storetest

import (
	"strings"
	"testing"

	"switchyard/persistence"
)

func leaseTokensDiffer(t *testing.T, f *fixture) {
	seen := make(map[string]bool)
	for range 3 {
		l := f.acquire(t, 0)
		epoch, nonce, found := strings.Cut(l.Token, ":")
		if !found || epoch == "" || nonce == "" {
			t.Errorf("token %q is not epoch:nonce", l.Token)
		}
		if seen[l.Token] {
			t.Errorf("token %q was given twice", l.Token)
		}
		seen[l.Token] = true
		if l.Part != 0 || l.Seq != 0 {
			t.Errorf("lease of an empty partition: %+v", l)
		}
	}
}

func leaseHeld(t *testing.T, f *fixture) {
	l := f.acquire(t, 0)
	_, err := f.Acquire(f.ctx, 0, "another node")
	want(t, "acquire by another node", err, persistence.ErrHeld)
	if err := f.Renew(f.ctx, l); err != nil {
		t.Errorf("renew after another node was refused: %v", err)
	}
	again := f.acquire(t, 0)
	want(t, "renew the lease before the last", f.Renew(f.ctx, l), persistence.ErrLost)
	if err := f.Release(f.ctx, again); err != nil {
		t.Fatalf("release: %v", err)
	}
	other, err := f.Acquire(f.ctx, 0, "another node")
	if err != nil {
		t.Fatalf("acquire by another node after a release: %v", err)
	}
	want(t, "renew after another node acquired", f.Renew(f.ctx, again), persistence.ErrLost)
	f.next(t, other, other.Seq, persistence.Batch{})
}

func leaseRenew(t *testing.T, f *fixture) {
	l := f.acquire(t, 0)
	for range 2 {
		if err := f.Renew(f.ctx, l); err != nil {
			t.Errorf("renew: %v", err)
		}
	}
	for name, token := range map[string]string{"empty": "", "longer": l.Token + "0", "of the same epoch": strings.SplitAfter(l.Token, ":")[0] + "x"} {
		want(t, "renew with a token that is "+name, f.Renew(f.ctx, persistence.Lease{Part: 0, Token: token}), persistence.ErrLost)
	}
	want(t, "renew in another partition", f.Renew(f.ctx, persistence.Lease{Part: 1, Token: l.Token}), persistence.ErrLost)
}

func leaseRelease(t *testing.T, f *fixture) {
	first := f.acquire(t, 0)
	second := f.acquire(t, 0)
	if err := f.Release(f.ctx, first); err != nil {
		t.Errorf("release of a lost lease: %v", err)
	}
	if err := f.Renew(f.ctx, second); err != nil {
		t.Errorf("the release of a lost lease took the lease that counts: %v", err)
	}
	for range 2 {
		if err := f.Release(f.ctx, second); err != nil {
			t.Errorf("release: %v", err)
		}
	}
	want(t, "renew after release", f.Renew(f.ctx, second), persistence.ErrLost)
	want(t, "commit after release", f.Commit(f.ctx, second, persistence.Batch{ID: "a", Seq: 1}), persistence.ErrLost)
	want(t, "renew without a token", f.Renew(f.ctx, persistence.Lease{}), persistence.ErrLost)
	want(t, "commit without a token", f.Commit(f.ctx, persistence.Lease{}, persistence.Batch{ID: "a", Seq: 1}), persistence.ErrLost)
}

func leaseInvalid(t *testing.T, f *fixture) {
	for _, part := range []int{-1, f.Partitions()} {
		l := persistence.Lease{Part: part, Token: "1:x"}
		_, err := f.Acquire(f.ctx, part, "node")
		want(t, "acquire", err, persistence.ErrInvalid)
		want(t, "renew", f.Renew(f.ctx, l), persistence.ErrInvalid)
		want(t, "release", f.Release(f.ctx, l), persistence.ErrInvalid)
		want(t, "commit", f.Commit(f.ctx, l, persistence.Batch{ID: "a", Seq: 1}), persistence.ErrInvalid)
		for _, err := range f.Load(f.ctx, l) {
			want(t, "load", err, persistence.ErrInvalid)
		}
		for _, err := range f.Inbox(f.ctx, l, "") {
			want(t, "inbox", err, persistence.ErrInvalid)
		}
	}
}
