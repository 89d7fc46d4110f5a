package main

import (
	"fmt"
	"slices"
)

// checkStreams: over all its connections each agent hears what its stream in the store has, in order and without a gap, or
// that it is to read its desk anew. What the store keeps no more is not compared.
func (h history) checkStreams() []string {
	if h.books == nil {
		return nil
	}
	var wrong []string
	for agent, hearings := range h.hearings {
		kept := h.books.streams[agent]
		for i, heard := range hearings {
			if fault := heard.compare(kept, i == len(hearings)-1); fault != "" {
				wrong = append(wrong, agent+" "+fault)
			}
		}
	}
	return wrong
}

// compare says what is wrong with a hearing; the last one must have come to the stream's end.
func (h hearing) compare(kept []string, last bool) string {
	if !slices.IsSorted(h.ids) || len(slices.Compact(slices.Clone(h.ids))) < len(h.ids) {
		return "hears events out of order, or twice"
	}
	begin := h.from
	if len(kept) > 0 {
		begin = max(begin, kept[0])
	}
	heard := slices.DeleteFunc(slices.Clone(h.ids), func(id string) bool { return id <= begin })
	should := slices.DeleteFunc(slices.Clone(kept), func(id string) bool { return id <= begin })
	for n, id := range heard {
		if n < len(should) && should[n] == id {
			continue
		}
		if h.reset && !slices.Contains(should, id) {
			return "" // a failover has dropped it, and what came after; the agent was told
		}
		return fmt.Sprintf("hears %s, where its stream has %v", id, should[min(n, len(should)):min(n+1, len(should))])
	}
	if last && len(heard) < len(should) {
		return fmt.Sprintf("has not heard the last %d events, from %s on", len(should)-len(heard), should[len(heard)])
	}
	return ""
}
