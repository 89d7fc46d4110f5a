package faulty

import "slices"

// Method is a method of the port that can be made to fail.
type Method string

// The methods of [persistence.Archive] that can be made to fail.
const (
	Ingest  Method = "Ingest"
	Attend  Method = "Attend"
	Acquire Method = "Acquire"
	Renew   Method = "Renew"
	Release Method = "Release"
	Load    Method = "Load"
	Inbox   Method = "Inbox"
	Commit  Method = "Commit"
	Get     Method = "Get"
	Scan    Method = "Scan"
	Range   Method = "Range"
	Last    Method = "Last"
	Answer  Method = "Answer"
	Ping    Method = "Ping"
	Dump    Method = "Dump"
	Restore Method = "Restore"
	Remove  Method = "Remove"
)

// Fault is what happens to one call. Make it with [Fail], [Unknown], [Lose] or [Hold]. Calls of each method are counted
// from 1, from the making of the store on.
type Fault struct {
	method Method
	nth    int
	kind   kind
	gate   *Gate
}

type kind int

const (
	fail kind = iota
	unknown
	lose
	hold
)

// Fail has the nth call fail before it reaches the store, with [persistence.ErrUnavailable].
func Fail(m Method, nth int) Fault { return Fault{method: m, nth: nth, kind: fail} }

// Unknown has the nth call done, and its caller told [ErrUnknown]: the reply got lost. For Load, Inbox and Dump, whose
// replies are many, the first is handed over and then the sequence fails.
func Unknown(m Method, nth int) Fault { return Fault{method: m, nth: nth, kind: unknown} }

// Lose has the nth call find its lease lost: the lease is released in the store, so that every other use of it fails
// too, and the call returns [persistence.ErrLost]. It is for Renew, Load, Inbox, Commit, Dump, Restore and Remove.
func Lose(m Method, nth int) Fault { return Fault{method: m, nth: nth, kind: lose} }

// Hold has the nth call wait before it reaches the store, until the gate is opened or the call's context ends.
func Hold(m Method, nth int, g *Gate) Fault { return Fault{method: m, nth: nth, kind: hold, gate: g} }

// Gate holds calls. Make it with [NewGate].
type Gate struct {
	reached, opened chan struct{}
}

// NewGate makes a gate that is shut.
func NewGate() *Gate { return &Gate{reached: make(chan struct{}, 1), opened: make(chan struct{})} }

// Reached is received from when a call has come to the gate.
func (g *Gate) Reached() <-chan struct{} { return g.reached }

// Open lets everybody through from now on. It must be called once at the most.
func (g *Gate) Open() { close(g.opened) }

func (g *Gate) arrive() {
	select {
	case g.reached <- struct{}{}:
	default:
	}
}

// leased says whether a method is called with a lease, so that it can lose it.
func (m Method) leased() bool {
	return slices.Contains([]Method{Renew, Load, Inbox, Commit, Dump, Restore, Remove}, m)
}
