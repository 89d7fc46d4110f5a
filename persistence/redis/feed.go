package redis

import "switchyard/persistence"

// feed is what one call has put into an inbox, for the readers in this process, who need not ask Redis for it.
type feed struct {
	before  persistence.ID // the newest entry that was there before, empty when there was none
	entries []persistence.Entry
}

// feedsKept is how many feeds wait for a reader at the most. One that is further behind asks Redis.
const feedsKept = 64

func (p *partition) feedReaders(f feed) {
	if len(f.entries) == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for r := range p.readers {
		r.feed(f)
	}
}

func (r *reader) feed(f feed) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.feeds) == feedsKept {
		r.feeds = nil
		ring(r.bell)
	}
	r.feeds = append(r.feeds, f)
	ring(r.fed)
}

// next is what has been fed that follows on a place, nothing when nothing has; false when others have put something in between, which
// Redis is to be asked for.
func (r *reader) next(after persistence.ID) ([]persistence.Entry, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.feeds) > 0 {
		f := r.feeds[0]
		r.feeds = r.feeds[1:]
		if f.entries[len(f.entries)-1].ID <= after { // read already
			continue
		}
		return f.entries, f.before <= after
	}
	return nil, true
}
