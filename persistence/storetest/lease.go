package storetest

import (
	"strings"

	"switchyard/persistence"
)

func leaseTokensDiffer(f *fixture) {
	seen := make(map[string]bool)
	for range 3 {
		l := f.acquire(0)
		epoch, nonce, found := strings.Cut(l.Token, ":")
		if !found || epoch == "" || nonce == "" {
			f.Errorf("token %q is not epoch:nonce", l.Token)
		}
		if seen[l.Token] {
			f.Errorf("token %q was given twice", l.Token)
		}
		seen[l.Token] = true
		if l.Part != 0 || l.Seq != 0 {
			f.Errorf("lease of an empty partition: %+v", l)
		}
	}
}

func leaseHeld(f *fixture) {
	l := f.acquire(0)
	_, err := f.Acquire(f.ctx, 0, "another node")
	f.want("acquire by another node", err, persistence.ErrHeld)
	if err := f.Renew(f.ctx, l); err != nil {
		f.Errorf("renew after another node was refused: %v", err)
	}
	again := f.acquire(0)
	f.want("renew the lease before the last", f.Renew(f.ctx, l), persistence.ErrLost)
	if err := f.Release(f.ctx, again); err != nil {
		f.Fatalf("release: %v", err)
	}
	other, err := f.Acquire(f.ctx, 0, "another node")
	if err != nil {
		f.Fatalf("acquire by another node after a release: %v", err)
	}
	f.want("renew after another node acquired", f.Renew(f.ctx, again), persistence.ErrLost)
	f.next(other, other.Seq, persistence.Batch{})
}

func leaseRenew(f *fixture) {
	l := f.acquire(0)
	for range 2 {
		if err := f.Renew(f.ctx, l); err != nil {
			f.Errorf("renew: %v", err)
		}
	}
	for name, token := range map[string]string{"empty": "", "longer": l.Token + "0", "of the same epoch": strings.SplitAfter(l.Token, ":")[0] + "x"} {
		f.want("renew with a token that is "+name, f.Renew(f.ctx, persistence.Lease{Part: 0, Token: token}), persistence.ErrLost)
	}
	f.want("renew in another partition", f.Renew(f.ctx, persistence.Lease{Part: 1, Token: l.Token}), persistence.ErrLost)
}

func leaseRelease(f *fixture) {
	first := f.acquire(0)
	second := f.acquire(0)
	if err := f.Release(f.ctx, first); err != nil {
		f.Errorf("release of a lost lease: %v", err)
	}
	if err := f.Renew(f.ctx, second); err != nil {
		f.Errorf("the release of a lost lease took the lease that counts: %v", err)
	}
	for range 2 {
		if err := f.Release(f.ctx, second); err != nil {
			f.Errorf("release: %v", err)
		}
	}
	f.want("renew after release", f.Renew(f.ctx, second), persistence.ErrLost)
	f.want("commit after release", f.Commit(f.ctx, second, persistence.Batch{ID: "a", Seq: 1}), persistence.ErrLost)
	f.want("renew without a token", f.Renew(f.ctx, persistence.Lease{}), persistence.ErrLost)
	f.want("commit without a token", f.Commit(f.ctx, persistence.Lease{}, persistence.Batch{ID: "a", Seq: 1}), persistence.ErrLost)
}

func leaseInvalid(f *fixture) {
	for _, part := range []int{-1, f.Partitions()} {
		l := persistence.Lease{Part: part, Token: "1:x"}
		_, err := f.Acquire(f.ctx, part, "node")
		f.want("acquire", err, persistence.ErrInvalid)
		f.want("renew", f.Renew(f.ctx, l), persistence.ErrInvalid)
		f.want("release", f.Release(f.ctx, l), persistence.ErrInvalid)
		f.want("commit", f.Commit(f.ctx, l, persistence.Batch{ID: "a", Seq: 1}), persistence.ErrInvalid)
		for _, err := range f.Load(f.ctx, l) {
			f.want("load", err, persistence.ErrInvalid)
		}
		for _, err := range f.Inbox(f.ctx, l, "") {
			f.want("inbox", err, persistence.ErrInvalid)
		}
	}
}
