package routing

import (
	"slices"
	"strings"
	"time"
)

// Status is what an agent declares. The system never moves anyone towards available.
type Status string

// The declared statuses (product.md §2).
const (
	Available      Status = "available"
	BusyStopNew    Status = "busy_stop_new" // keeps conversations, gets no more
	OnBreak        Status = "on_break"
	WorkingOffline Status = "working_offline"
	LoggedOut      Status = "logged_out"
)

// Valid says whether s is one of the declared statuses.
func (s Status) Valid() bool {
	switch s {
	case Available, BusyStopNew, OnBreak, WorkingOffline, LoggedOut:
		return true
	}
	return false
}

// ConnectionGrace is how long a lost desktop may stay away before its agent gets no more offers.
const ConnectionGrace = 30 * time.Second

// AgentRecord is what is remembered of an agent: what was declared, and whether a desktop listens. Load is not in it; it
// follows from the conversations.
type AgentRecord struct {
	ID          AgentID   `json:"id"`
	Status      Status    `json:"status"`
	Reason      string    `json:"reason,omitempty"`
	StatusSince time.Time `json:"status_since"`
	// Stream is the desktop that listens now, empty when none does. Up to its first slash it is the life of the process that
	// the desktop is connected to.
	Stream string `json:"stream,omitempty"`
	// StreamSince is when that desktop was opened.
	StreamSince time.Time `json:"stream_since,omitzero"`
	// LostAt is when the last desktop went away; zero while one listens, and for an agent who works without one.
	LostAt time.Time `json:"lost_at,omitzero"`
	// MissedAt is when an offer lapsed at the agent, while that counts; CoolUntil is the end of the timed penalty for it, which is
	// no status; BenchedAt is when misses put the agent on break, until another status is declared.
	MissedAt  time.Time `json:"missed_at,omitzero"`
	CoolUntil time.Time `json:"cool_until,omitzero"`
	BenchedAt time.Time `json:"benched_at,omitzero"`
	// ShiftAt is when the agent became available first since she was logged out; zero while she is.
	ShiftAt time.Time `json:"shift_at,omitzero"`
}

// Gone says whether the agent's desktop has been away longer than the grace.
func (r *AgentRecord) Gone(now time.Time) bool {
	return !r.LostAt.IsZero() && now.Sub(r.LostAt) >= ConnectionGrace
}

// Life is that of the process which the agent's desktop is connected to.
func (r *AgentRecord) Life() string {
	life, _, _ := strings.Cut(r.Stream, "/")
	return life
}

// Decide says what a command changes of the record.
func (r *AgentRecord) Decide(now time.Time, cmd Command) (AgentRecord, error) {
	is := *r
	switch cmd := cmd.(type) {
	case SetStatus:
		if !cmd.Status.Valid() {
			return is, refuse(CodeInvalid, "status must be available, busy_stop_new, on_break, working_offline or logged_out")
		}
		if cmd.Status != is.Status {
			is.StatusSince = now
		}
		is.Status, is.Reason, is.BenchedAt = cmd.Status, cmd.Reason, time.Time{}
		switch {
		case is.Status == LoggedOut:
			is.ShiftAt = time.Time{}
		case is.Status == Available && is.ShiftAt.IsZero():
			is.ShiftAt = now
		}
		if is.Stream == "" && !cmd.ByOther { // who declares a status is there, with a desktop or without
			is.LostAt = time.Time{}
		}
	case Connect:
		if is.Stream != "" && cmd.Opened.Before(is.StreamSince) { // a younger desktop was quicker to say so
			return is, nil
		}
		is.Stream, is.StreamSince, is.LostAt = cmd.Stream, cmd.Opened, time.Time{}
	case Disconnect:
		if is.Stream == cmd.Stream { // a newer desktop may have taken over already
			is.Stream, is.StreamSince, is.LostAt = "", time.Time{}, now
		}
	case ReceiveText, ReceiveReceipt, AcceptOffer, RejectOffer, SendReply, AddNote, MarkRead, AttachCustomer, SaveCase,
		TransferConversation, AssignConversation, PrioritizeConversation, ReleaseConversation, Whisper, TakeOver, ReadConversation,
		EndConversation, ExtendPostProcessing, WrapUp, JudgeOptOut, CreateCustomer, ChangeCustomer, ChangeCase, ReplaceConfig, GrantToken,
		RevokeToken, EraseCustomer:
	}
	return is, nil
}

// Slot is what one of an agent's places is held by.
type Slot string

// The holders of a slot. A reserved slot is promised to a queue that is about to offer.
const (
	SlotReserved Slot = "reserved"
	SlotOffer    Slot = "offer"
	SlotActive   Slot = "active"
	SlotWrap     Slot = "post_processing"
)

// Agent is one agent's slots and readiness. It is a mutable value with one owner, and the only judge of its slots: a queue
// that wants one asks, and at no time are more than the capacity taken.
type Agent struct {
	Profile Profile
	Record  AgentRecord
	// IdleSince is when the last routed conversation's post-processing ended; idle time runs from there (8x8), not from
	// changes of status.
	IdleSince time.Time
	// Turn is when the agent last took or finished a conversation: the order among equals.
	Turn  time.Time
	slots []place
	round round
	told  Seat // what the queues heard last
	said  said // and what one of them heard since, with an answer
}

// said is how an agent stood when it answered a queue.
type said struct {
	to   QueueID
	seat Seat
}

// place is one taken slot; the ticket is that of a reservation.
type place struct {
	conversation ConversationID
	slot         Slot
	ticket       Ticket
}

// NewAgent makes an agent with all slots free.
func NewAgent(p Profile, r AgentRecord, idleSince time.Time) *Agent {
	return &Agent{Profile: p, Record: r, IdleSince: idleSince, Turn: idleSince}
}

// Load is how many slots are taken.
func (a *Agent) Load() int { return len(a.slots) }

// Slots lists the conversations that hold a slot, and how.
func (a *Agent) Slots() map[ConversationID]Slot {
	slots := make(map[ConversationID]Slot, len(a.slots))
	for _, p := range a.slots {
		slots[p.conversation] = p.slot
	}
	return slots
}

// place is where the conversation's slot stands in slots; -1: it has none.
func (a *Agent) place(c ConversationID) int {
	return slices.IndexFunc(a.slots, func(p place) bool { return p.conversation == c })
}

// take lets a conversation hold a slot, or hold the one that it has in another way. It says whether that shows in the seat.
func (a *Agent) take(p place) (shows bool) {
	at := a.place(p.conversation)
	if at < 0 {
		a.slots = append(a.slots, p)
		return true
	}
	was := a.slots[at].slot
	a.slots[at] = p
	return (was == SlotWrap) != (p.slot == SlotWrap)
}

// Ready says whether the agent may be offered a conversation now.
func (a *Agent) Ready(now time.Time) bool {
	seat := a.Seat(now)
	return seat.Free() > 0
}

// Hold says that conversation c holds a slot, by its own commit. It cannot be refused. What it answers is whether the agent stands
// otherwise now, and has something to announce.
func (a *Agent) Hold(c ConversationID, s Slot) bool { return a.take(place{conversation: c, slot: s}) }

// Free says that conversation c holds its slot no longer. Worked tells an ended conversation from an offer that came to
// nothing: only the former starts the idle time anew.
func (a *Agent) Free(c ConversationID, worked bool, at time.Time) {
	held := a.place(c)
	if held < 0 {
		return
	}
	a.slots = slices.Delete(a.slots, held, held+1)
	if worked {
		a.IdleSince, a.Turn = at, at
	}
}

// Seat is how the agent stands, as its queues need to know it.
func (a *Agent) Seat(now time.Time) Seat {
	seat := Seat{
		Agent: a.Profile.ID, Status: a.Record.Status, Gone: a.Record.Gone(now), Capacity: a.Profile.Slots(), Load: a.Load(),
		IdleSince: a.IdleSince, Turn: a.Turn, CoolingUntil: a.Record.Cooling(now),
	}
	if a.Profile.RampUpSeconds != 0 {
		seat.Open, seat.OpensAt = a.Profile.opened(a.Record.ShiftAt, now)
	}
	for _, p := range a.slots {
		if p.slot == SlotWrap {
			seat.Wrapping++
		}
	}
	return seat
}

// Configure replaces the agent's profile. What it holds stays, also beyond a capacity that has shrunk. New queues have not heard
// of this agent, and former ones will not answer it: what is announced next is announced as if for the first time.
func (a *Agent) Configure(p Profile) {
	a.Profile, a.told, a.said = p, Seat{}, said{}
	a.round.cease()
}

// Seat is an agent's standing in its queues' eyes.
type Seat struct {
	Agent    AgentID
	Status   Status
	Gone     bool
	Capacity int
	Load     int
	Wrapping int // how many of the load are being wrapped up
	// CoolingUntil is until when the agent gets no offers because of a miss, zero when it does.
	CoolingUntil time.Time
	// Open is how many slots are open so far at the beginning of a shift, and OpensAt when the next one is; 0 and zero: all are.
	Open      int
	OpensAt   time.Time
	IdleSince time.Time
	Turn      time.Time
}

// View is what an agent is doing, for those who watch: the declared status, with busy and post-processing told apart from
// available. It is derived and never declared.
type View string

// The views that are no statuses.
const (
	ViewBusy           View = "busy"            // available, with at least one conversation
	ViewPostProcessing View = "post_processing" // available, and wrapping up all that is held
)

// Views lists all views.
func Views() []View {
	return []View{
		View(Available), ViewBusy, ViewPostProcessing, View(BusyStopNew), View(OnBreak), View(WorkingOffline), View(LoggedOut),
	}
}

// View is what the agent is doing.
func (s *Seat) View() View {
	switch {
	case s.Status != Available || s.Load == 0:
		return View(s.Status)
	case s.Wrapping == s.Load:
		return ViewPostProcessing
	}
	return ViewBusy
}

// Staffed says whether somebody sits there who takes conversations, full or not.
func (s *Seat) Staffed() bool { return s.Status == Available && !s.Gone }

// Free is how many conversations more the agent can take.
func (s *Seat) Free() int {
	if !s.Staffed() || !s.CoolingUntil.IsZero() {
		return 0
	}
	open := s.Capacity
	if s.Open != 0 {
		open = min(open, s.Open)
	}
	return max(0, open-s.Load)
}
