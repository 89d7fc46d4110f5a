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
