package routing

// Mail is what machines tell others, in the order in which they said it. Who hears something answers by adding to the mail that it
// is given. It has one owner; nobody changes what is in it. The zero Mail is empty.
//
// What is said about every conversation has room of its own, so that a mail that is used again takes no memory: a simulation does.
type Mail struct {
	effects   []Effect
	enters    []EnterLine
	leaves    []LeaveLine
	holds     []HoldSlot
	frees     []FreeSlot
	wakes     []Wake
	reserves  []Reserve
	answers   []Reserved
	seats     []SeatChanged
	answered  []Answered
	offers    []MakeOffer
	closings  []Closed
	offeredTo []AgentID // of the leaves
}

// Effects is all that was said, the first first. It is the mail's until that is cleared.
func (m *Mail) Effects() []Effect { return m.effects }

// Len is how much was said.
func (m *Mail) Len() int { return len(m.effects) }

// Add says something, which is the mail's from now on.
func (m *Mail) Add(e Effect) { m.effects = append(m.effects, e) }

// Clear empties the mail, to be used again: nobody looks any more at what was in it.
func (m *Mail) Clear() {
	m.effects = m.effects[:0]
	m.enters, m.leaves, m.offeredTo = m.enters[:0], m.leaves[:0], m.offeredTo[:0]
	m.holds, m.frees, m.wakes = m.holds[:0], m.frees[:0], m.wakes[:0]
	m.reserves, m.answers, m.offers = m.reserves[:0], m.answers[:0], m.offers[:0]
	m.seats, m.answered, m.closings = m.seats[:0], m.answered[:0], m.closings[:0]
}

// in puts a thing into its room. What was said before stays where it is when the room is moved to a larger one.
func in[E any](room *[]E, e E) *E {
	*room = append(*room, e)
	return &(*room)[len(*room)-1]
}

func (m *Mail) enterLine(e EnterLine)     { m.Add(in(&m.enters, e)) }
func (m *Mail) leaveLine(e LeaveLine)     { m.Add(in(&m.leaves, e)) }
func (m *Mail) holdSlot(e HoldSlot)       { m.Add(in(&m.holds, e)) }
func (m *Mail) freeSlot(e FreeSlot)       { m.Add(in(&m.frees, e)) }
func (m *Mail) wake(e Wake)               { m.Add(in(&m.wakes, e)) }
func (m *Mail) reserve(e Reserve)         { m.Add(in(&m.reserves, e)) }
func (m *Mail) reserved(e Reserved)       { m.Add(in(&m.answers, e)) }
func (m *Mail) seatChanged(e SeatChanged) { m.Add(in(&m.seats, e)) }
func (m *Mail) hasAnswered(e Answered)    { m.Add(in(&m.answered, e)) }
func (m *Mail) makeOffer(e MakeOffer)     { m.Add(in(&m.offers, e)) }
func (m *Mail) closed(e Closed)           { m.Add(in(&m.closings, e)) }
