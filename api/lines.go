package api

import (
	"cmp"
	"net/http"
	"slices"
	"sync"
	"time"

	"switchyard/actors/routing"
)

// glanceTime is for how long a look at the lines serves everybody of a tenant: all its desks ask again and again.
const glanceTime = 2 * time.Second

// lineView is how a queue's line stands, as its agents see it.
type lineView struct {
	ID           routing.QueueID `json:"id"`
	Name         string          `json:"name"`
	Waiting      int             `json:"waiting"`
	WaitingSince stamp           `json:"waiting_since,omitzero"` // of the one who has waited longest
}

// lines remembers the latest look at each tenant's lines.
type lines struct {
	mu     sync.Mutex
	looked map[routing.TenantID]*glance
}

type glance struct {
	mu    sync.Mutex
	at    time.Time
	lines []lineView
}

func newLines() *lines { return &lines{looked: map[routing.TenantID]*glance{}} }

func (l *lines) of(t routing.TenantID) *glance {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.looked[t] == nil {
		l.looked[t] = &glance{}
	}
	return l.looked[t]
}

// deskLines is GET /v1/desk/queues: the lines of the agent's queues, at most two seconds old.
func (s *Server) deskLines(q *call) error {
	self, _ := q.who.home.Tenant.Agent(q.agent())
	all, err := s.lines.of(q.who.tenant).now(q)
	if err != nil {
		return err
	}
	mine := []lineView{}
	for _, line := range all {
		if slices.Contains(self.Queues, line.ID) {
			mine = append(mine, line)
		}
	}
	return q.JSON(http.StatusOK, list[lineView]{Items: mine})
}

// now looks again when the latest look is too old; those who ask meanwhile wait for it.
func (g *glance) now(q *call) ([]lineView, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now := time.Now(); now.Sub(g.at) < glanceTime {
		return g.lines, nil
	}
	open, err := q.records.open(q.ctx)
	if err != nil {
		return nil, err
	}
	var seen []lineView
	for _, queue := range q.who.home.Tenant.Queues {
		view := lineView{ID: queue.ID, Name: cmp.Or(queue.Name, string(queue.ID))}
		for _, c := range open {
			if !c.InLine(queue.ID) {
				continue
			}
			view.Waiting++
			if since := c.Entered(); view.WaitingSince.IsZero() || since.Before(view.WaitingSince.Time) {
				view.WaitingSince = stamp{since}
			}
		}
		seen = append(seen, view)
	}
	g.at, g.lines = time.Now(), seen
	return seen, nil
}
