package main

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"
)

// link is a stretch of network on loopback: what connects to its address reaches the target, as long as the link lets it.
// What it holds back arrives when it is let go, as after a partition that heals: late, in order, and by then unwelcome.
type link struct {
	listener net.Listener
	running  sync.WaitGroup

	mu     sync.Mutex
	target string
	ends   map[net.Conn]bool
	delay  time.Duration
	open   chan struct{} // closed while bytes may pass
	shut   bool          // new connections are reset
	gone   chan struct{} // closed at the end
}

// newLink makes a link to an address, until the test's end.
func newLink(t testing.TB, target string) *link {
	t.Helper()
	l := &link{
		listener: loopback(t), target: target, ends: map[net.Conn]bool{}, open: make(chan struct{}), gone: make(chan struct{}),
	}
	close(l.open)
	l.running.Go(l.accept)
	t.Cleanup(func() {
		close(l.gone)
		_ = l.listener.Close() // it only accepts
		l.reset()
		l.running.Wait()
	})
	return l
}

func (l *link) addr() string { return l.listener.Addr().String() }

func (l *link) accept() {
	for {
		near, err := l.listener.Accept()
		if err != nil {
			return
		}
		if l.enter(near) {
			l.running.Go(func() { l.carry(near) })
		}
	}
}

// enter takes a connection's end in, or resets it when the link is cut or over.
func (l *link) enter(end net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.shut || l.over() {
		abort(end)
		return false
	}
	l.ends[end] = true
	return true
}

func (l *link) over() bool {
	select {
	case <-l.gone:
		return true
	default:
		return false
	}
}

func (l *link) leave(end net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.ends, end)
	_ = end.Close() // in order: what was sent arrives, however late
}

// abort ends a connection with a reset: what is still on its way is lost.
func abort(end net.Conn) {
	if tcp, ok := end.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // it may be closed
	}
	_ = end.Close()
}

// carry connects one caller with the target until either end is gone.
func (l *link) carry(near net.Conn) {
	defer l.leave(near)
	l.pass()
	l.mu.Lock()
	target := l.target
	l.mu.Unlock()
	far, err := (&net.Dialer{Timeout: testPatience}).DialContext(context.Background(), "tcp", target)
	if err != nil || !l.enter(far) {
		return
	}
	defer l.leave(far)
	var back sync.WaitGroup
	back.Go(func() {
		l.pump(near, far)
		_ = near.Close()
	})
	l.pump(far, near)
	_ = far.Close()
	back.Wait()
}

// pump moves bytes one way.
func (l *link) pump(to, from net.Conn) {
	chunk := make([]byte, 32<<10)
	for {
		n, err := from.Read(chunk)
		l.pass()
		if n > 0 {
			if _, broken := to.Write(chunk[:n]); broken != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// pass waits until bytes may pass, and as long as the way takes.
func (l *link) pass() {
	l.mu.Lock()
	open, delay := l.open, l.delay
	l.mu.Unlock()
	select {
	case <-open:
	case <-l.gone:
	}
	if delay == 0 {
		return
	}
	under := time.NewTimer(delay)
	defer under.Stop()
	select {
	case <-under.C:
	case <-l.gone:
	}
}

// hold lets nothing pass any more, and tells nobody: a black hole.
func (l *link) hold() {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.open:
		l.open = make(chan struct{})
	default:
	}
}

// cut resets every connection, and each that is tried.
func (l *link) cut() {
	l.mu.Lock()
	l.shut = true
	l.mu.Unlock()
	l.reset()
}

// heal lets everything pass, also what was held back.
func (l *link) heal() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.shut = false
	select {
	case <-l.open:
	default:
		close(l.open)
	}
}

// lag makes the way longer for each piece.
func (l *link) lag(delay time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.delay = delay
}

// reset breaks all present connections; what was on its way is lost.
func (l *link) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for end := range l.ends {
		abort(end)
	}
}

// lead makes the link go to another address, and resets what went to the one before.
func (l *link) lead(target string) {
	l.mu.Lock()
	l.target = target
	l.mu.Unlock()
	l.reset()
}
