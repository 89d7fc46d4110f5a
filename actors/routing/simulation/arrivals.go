package simulation

import (
	"strconv"
	"time"

	"switchyard/actors/routing"
)

// Traffic is how customers come to one channel: as a Poisson process whose rate may change from slot to slot of the day.
type Traffic struct {
	Channel routing.ChannelID
	// Rates are conversations per second, slot by slot; the slots divide the day evenly.
	Rates []float64
}

// Needs is what customers bring along, each drawn anew for everybody.
type Needs struct{ Patience, Answer, Handle, WrapUp Law }

// Streams gives a stream of random numbers for each name, always the same one for the same name. Every channel and every need
// has its own, so that a change of one leaves the others as they are: two configurations that are compared meet the same customers.
type Streams func(name string) Random

// Strangers are customers who come by chance, each for the first and last time, one text each.
type Strangers struct {
	needs    Needs
	channels []*arrivals
	n        int
}

// arrivals are one channel's.
type arrivals struct {
	Traffic
	start                                    time.Time
	slot                                     time.Duration
	next                                     time.Duration // since the start; negative: nobody comes any more
	arrive, patience, answer, handle, wrapUp Random
	again                                    func() time.Duration
}

// NewStrangers begins the traffic at a time at which a day begins.
func NewStrangers(start time.Time, day time.Duration, traffic []Traffic, needs Needs, streams Streams) *Strangers {
	s := &Strangers{needs: needs}
	for _, t := range traffic {
		c := string(t.Channel)
		a := &arrivals{
			Traffic: t, start: start, slot: day / time.Duration(max(1, len(t.Rates))), arrive: streams(c + " arrival"),
			patience: streams(c + " patience"), answer: streams(c + " answer"), handle: streams(c + " handle"),
			wrapUp: streams(c + " wrap-up"),
		}
		later := streams(c + " later answer")
		a.again = func() time.Duration { return needs.Answer.Draw(later) }
		a.step()
		s.channels = append(s.channels, a)
	}
	return s
}

// step finds the next arrival: an exponential time of mean 1, spent slot by slot at the slot's rate.
func (a *arrivals) step() {
	left, idle := a.arrive.ExpFloat64(), 0
	for {
		n := int(a.next / a.slot)
		rate := a.Rates[n%len(a.Rates)]
		ends := time.Duration(n+1) * a.slot
		if room := (ends - a.next).Seconds() * rate; left > room {
			left -= room
			a.next = ends
			if idle++; rate > 0 {
				idle = 0
			}
			if idle > len(a.Rates) {
				a.next = Endless
				return
			}
			continue
		}
		a.next += seconds(left / rate)
		return
	}
}

// Next implements [Source].
func (s *Strangers) Next(c *Customer) bool {
	var first *arrivals
	for _, a := range s.channels {
		if a.next != Endless && (first == nil || a.next < first.next) {
			first = a
		}
	}
	if first == nil {
		return false
	}
	s.n++
	var room [12]byte
	number := strconv.AppendInt(append(room[:0], "+1201"...), int64(1_000_000+s.n%9_000_000), 10)
	*c = Customer{
		At: first.start.Add(first.next), Rank: Unranked, Stranger: true,
		Text:     routing.ReceiveText{Channel: first.Channel, From: string(number), Body: "hello"},
		Patience: s.needs.Patience.Draw(first.patience), Answer: s.needs.Answer.Draw(first.answer),
		Again: first.again, Handle: s.needs.Handle.Draw(first.handle), WrapUp: s.needs.WrapUp.Draw(first.wrapUp),
	}
	first.step()
	return true
}
