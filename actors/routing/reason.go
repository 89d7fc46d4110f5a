package routing

import "fmt"

// StatusReason is a code that agents choose from when they declare a status, such as lunch for on_break.
type StatusReason struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Statuses are those that the reason is offered with; empty: every one but available.
	Statuses []Status `json:"statuses,omitempty"`
}

func (c *checker) statusReason(path string, r StatusReason) {
	c.id(path+".id", "status reason", r.ID)
	c.present(path+".name", r.Name, "write what agents choose from, such as Lunch")
	for i, s := range r.Statuses {
		if !s.Valid() {
			c.add(fmt.Sprintf("%s.statuses[%d]", path, i), "%q is no status; write available, busy_stop_new, on_break, working_offline or logged_out", s)
		}
	}
}
