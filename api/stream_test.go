package api

import (
	"testing"
	"testing/synctest"
	"time"

	"switchyard/actors/routing"
	"switchyard/persistence"
	"switchyard/persistence/faulty"
	"switchyard/persistence/memory"
)

// TestResetIsNotMissed guards the word that events are gone against a cut right after hello, and against a store that does not
// answer just then.
func TestResetIsNotMissed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouseOn(t, faulty.New(memory.New(2), faulty.Fail(faulty.Last, 2)))
		h.notify(t, acme, "ann", routing.Notice{Type: routing.NoticeAgentUpdated, At: noon})
		l := h.listen(t, "ann", "?after=ffffffffffffffff")
		if hello := l.next(t); hello.event != "hello" || hello.id != "" {
			t.Errorf("a client that resumes after %+v never hears of the reset", hello)
		}
		if e := l.next(t); e.event != "reset" || e.id == "" {
			t.Errorf("then comes %+v", e)
		}
	})
}

// TestBeginningIsTrimmed guards a client that saw the desk before anything ever happened there, and comes back much later.
func TestBeginningIsTrimmed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		for range 3*persistence.StreamKeep/200 + 1 {
			h.notify(t, acme, "ann", make([]routing.Notice, 200)...)
		}
		l := h.listen(t, "ann", "?after=")
		if got := l.names(t, 2); got[1] != "reset" {
			t.Errorf("events are %q", got)
		}
	})
}

// TestForgottenDesktopIsAnnouncedAgain guards against an older desktop's end that the engine hears last.
func TestForgottenDesktopIsAnnouncedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.put(t, acme, persistence.AgentKey(string(acme), "ann"), routing.AgentRecord{ID: "ann", Status: routing.Available})
		l := h.listen(t, "ann", "")
		l.names(t, 3) // hello and two pings
		if n := len(h.engine.commands()); n < 2 {
			t.Errorf("after 30 s the desktop has been announced %d times", n)
		}
	})
}

// TestStreamOfRevokedSessionEndsSoon is the reference's 5 s.
func TestStreamOfRevokedSessionEndsSoon(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		l := h.listen(t, "ann", "")
		l.next(t)
		_, id, _, _ := parseToken(h.token("ann"))
		h.remove(t, acme, persistence.TokenKey(string(acme), id))
		began := time.Now()
		if e := l.next(t); e.event != "logout" || time.Since(began) > 5*time.Second {
			t.Errorf("%v after the end of the session comes %+v", time.Since(began), e)
		}
	})
}

// TestStreamEndsInTheMiddle guards the end of a stream whose reader takes each event slowly.
func TestStreamEndsInTheMiddle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.notify(t, acme, "ann", make10()...)
		l := h.listenAt(t, make(chan string), "ann", "?after=")
		l.names(t, 2)
		closed := make(chan struct{})
		go func() { defer close(closed); h.server.Close() }()
		synctest.Wait()
		if got := l.names(t, 3); got[2] != "end of the stream" {
			t.Errorf("a closing server goes on to tell %q", got)
		}
		<-closed
	})
}

// TestStreamGivesWayToAYoungerOneElsewhere: of two desktops of one agent on two nodes the younger has the agent, whichever the
// engine heard of last.
func TestStreamGivesWayToAYoungerOneElsewhere(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		opened time.Duration // of the other one, after this one
		wakes  bool          // this one hears of it; otherwise it is told when it announces itself
		want   string
	}{
		"a younger one comes":            {time.Second, true, "superseded"},
		"a younger one was there before": {time.Second, false, "superseded"},
		"an older one comes":             {-time.Second, true, "ping"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t)
				other := routing.AgentRecord{ID: "ann", Status: routing.Available, Stream: "another life/s", StreamSince: time.Now().Add(row.opened)}
				h.engine.on("connect", func(asked) (routing.Answer, error) {
					if row.wakes {
						return routing.Answer{}, nil
					}
					return routing.Answer{Agent: &other}, nil
				})
				l := h.listen(t, "ann", "")
				l.next(t)
				if row.wakes {
					synctest.Wait()
					h.put(t, acme, persistence.AgentKey(string(acme), "ann"), other)
					h.notify(t, acme, "ann", routing.Notice{Type: routing.NoticeAgentUpdated, At: noon})
					if e := l.next(t); e.event != "agent.updated" {
						t.Fatalf("the change of the agent is told as %+v", e)
					}
				}
				if e := l.next(t); e.event != row.want {
					t.Errorf("then comes %+v, want %s", e, row.want)
				}
			})
		})
	}
}

// TestStreamResumesOnlyWhereItWas guards against a place that the stream has not: it was lost in a failover, and what came
// after it may be other than what was told.
func TestStreamResumesOnlyWhereItWas(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.notify(t, acme, "bob", make10()...)
		h.notify(t, acme, "ann", make10()...)
		l := h.listen(t, "ann", "?after=0000000000000003") // bob's
		if got := l.names(t, 2); got[1] != "reset" {
			t.Errorf("events are %q", got)
		}
	})
}

// TestDesktopsEndIsAnnouncedForSure lets the store be away when a desktop goes.
func TestDesktopsEndIsAnnouncedForSure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		refusals, announced := 3, make(chan struct{})
		h.engine.on("disconnect", func(asked) (routing.Answer, error) {
			if refusals--; refusals >= 0 {
				return routing.Answer{}, routing.ErrUnavailable
			}
			close(announced)
			return routing.Answer{}, nil
		})
		l := h.listen(t, "ann", "")
		l.next(t)
		l.leave()
		<-announced
	})
}

// TestEndIsAnnouncedUntilAnswered: the end of a desktop is announced again until there is an answer, and a refusal is one.
func TestEndIsAnnouncedUntilAnswered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		announced := 0
		h.engine.on("disconnect", func(asked) (routing.Answer, error) {
			if announced++; announced == 1 {
				return routing.Answer{}, routing.ErrTimeout
			}
			return routing.Answer{Refusal: &routing.Error{Code: routing.CodeNotFound, Detail: "there is no such agent in the configuration"}}, nil
		})
		l := h.listen(t, "ann", "")
		l.next(t)
		l.leave()
		<-l.ended
		<-time.After(time.Minute)
		synctest.Wait()
		if announced != 2 {
			t.Errorf("its end was announced %d times", announced)
		}
	})
}

// TestStreamGivesWayWithoutTheNews: a reset may go over the news that the agent has a younger desktop.
func TestStreamGivesWayWithoutTheNews(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		l := h.listen(t, "ann", "")
		l.next(t)
		synctest.Wait()
		h.put(t, acme, persistence.AgentKey(string(acme), "ann"),
			routing.AgentRecord{ID: "ann", Status: routing.Available, Stream: "another life/s", StreamSince: time.Now().Add(time.Second)})
		if got := l.names(t, 2); got[0] != "ping" || got[1] != "superseded" {
			t.Errorf("then comes %q", got)
		}
	})
}

// TestStreamOfACutOffNodeEnds: a desktop whose node no longer hears the store is to look for another one.
func TestStreamOfACutOffNodeEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := faulty.New(memory.New(2))
		h := newHouseOn(t, store)
		l := h.listen(t, "ann", "")
		l.next(t)
		for n := range 200 {
			store.Add(faulty.Fail(faulty.Get, store.Calls(faulty.Get)+1+n), faulty.Fail(faulty.Range, store.Calls(faulty.Range)+1+n))
		}
		if got := l.names(t, 2); got[0] != "ping" || got[1] != "end of the stream" {
			t.Errorf("a desktop that is cut off hears %q", got)
		}
	})
}
