package routing

import "time"

// opened is how many of the agent's slots are open so far in a shift that began then, and when the next one is; 0 and zero: all are.
// The first to come in the morning is not to get the whole night's backlog at once.
func (p *Profile) opened(shift, now time.Time) (slots int, next time.Time) {
	every := time.Duration(p.RampUpSeconds) * time.Second
	if every == 0 || shift.IsZero() {
		return 0, time.Time{}
	}
	steps := max(0, int(now.Sub(shift)/every))
	if 1+steps >= p.Slots() {
		return 0, time.Time{}
	}
	return 1 + steps, shift.Add(time.Duration(steps+1) * every)
}
