package main

// hearing is what an agent's stream has brought since the desk was read, over however many connections and nodes.
type hearing struct {
	from  string   // the cursor of the desk
	ids   []string // of the events, in the order in which they came
	reset bool     // the last thing heard is that the desk is to be read anew
}

func (w *seatWitness) begin(cursor string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hearings[w.agent] = append(w.hearings[w.agent], hearing{from: cursor})
}

func (w *seatWitness) hear(e event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := w.hearings[w.agent]
	if len(all) == 0 {
		return
	}
	switch h := &all[len(all)-1]; {
	case e.name == "reset":
		h.reset = true
	case e.id != "" && e.name != "hello": // which repeats the cursor
		h.ids = append(h.ids, e.id)
	}
}
