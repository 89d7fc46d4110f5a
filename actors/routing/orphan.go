package routing

import (
	"cmp"
	"slices"
	"time"
)

// Bounds of what is kept of orphans. A report that overtakes the answer to its text's call is early by seconds; one of a text whose
// outcome is unknown waits for whoever finds out what the carrier calls that text.
const (
	OrphanPatience = 24 * time.Hour // since the first report came
	OrphansMost    = 1000           // of one channel's webhook; the oldest make room
)

// Orphan is a delivery report that names its text by the carrier's id alone, and whose text is not known by that id (yet): the report
// overtook the answer to the call, the call was never answered, or somebody else sent the text over the account.
type Orphan struct {
	Channel   ChannelID    `json:"channel"` // whose webhook brought it; the text may be another channel's of the carrier's
	Carrier   string       `json:"carrier"`
	CarrierID string       `json:"carrier_id"`
	State     MessageState `json:"state"`
	Failure   *Failure     `json:"failure,omitempty"`
	At        time.Time    `json:"at"` // when the first report on the text came
}

// Hear is the orphan after one more report on the same text, the zero Orphan's after the first: states only move forward. A report of a
// state that is none a carrier can tell leaves it as it was.
func (o Orphan) Hear(at time.Time, cmd ReceiveReceipt) Orphan {
	if o.State == "" {
		o = Orphan{Channel: cmd.Channel, Carrier: cmd.Carrier, CarrierID: cmd.CarrierID, State: MessageUnknown, At: at}
	}
	if o.State.Advances(cmd.State) {
		o.State, o.Failure = cmd.State, cmd.Failure
	}
	return o
}

// Naming says what a carrier calls a text.
type Naming struct {
	Message   MessageID
	CarrierID string
	// New says that it was not known before, Final that no report can change the text's state any more.
	New, Final bool
}

// Namings are those that the events, which happened to c, are the first to tell, and those of texts whose fate they make final.
func (c *Conversation) Namings(events []Event) []Naming {
	var named []Naming
	for _, e := range events {
		ev, ok := e.(MessageAdvanced)
		out, known := c.OutgoingAt(ev.Seq)
		if !ok || !known {
			continue
		}
		n := Naming{Message: out.ID, CarrierID: cmp.Or(ev.CarrierID, out.CarrierID), Final: ev.State.Final()}
		n.New = n.CarrierID != out.CarrierID
		if i := slices.IndexFunc(named, func(before Naming) bool { return before.Message == n.Message }); i >= 0 {
			named[i].Final = n.Final
		} else if n.New || n.Final && n.CarrierID != "" {
			named = append(named, n)
		}
	}
	return named
}

// Heed adds to events that happen to c what orphans make happen after them: those whose texts have got the carrier's id with the events.
func (c *Conversation) Heed(now time.Time, p Policy, events []Event, orphans []Orphan) []Event {
	is := *c
	for _, e := range events {
		ApplyTo(&is, now, e)
	}
	for _, o := range orphans {
		for _, out := range is.Outbox {
			if out.CarrierID != o.CarrierID {
				continue
			}
			more := is.receiveReceipt(now, &p, ReceiveReceipt{Message: out.ID, CarrierID: o.CarrierID, State: o.State, Failure: o.Failure})
			for _, e := range more {
				ApplyTo(&is, now, e)
			}
			events = append(events, more...)
			break
		}
	}
	return events
}
