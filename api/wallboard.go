package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"time"

	"switchyard/actors/routing"
)

// floorEvery is how often a wallboard looks at the floor. What has not changed is not told again.
const floorEvery = time.Second

// floorView is the whole floor at one moment.
type floorView struct {
	At            stamp          `json:"at"`
	Queues        []queueView    `json:"queues"`
	Agents        []watchedView  `json:"agents"`
	Conversations []standingView `json:"conversations"`
}

// standingView is how an open conversation stands, without what is said in it.
type standingView struct {
	ID              routing.ConversationID `json:"id"`
	State           routing.State          `json:"state"`
	Queue           routing.QueueID        `json:"queue"`
	Agent           routing.AgentID        `json:"agent,omitempty"`
	TakenOver       bool                   `json:"taken_over,omitempty"`
	CustomerNumber  string                 `json:"customer_number"`
	Priority        int                    `json:"priority"`
	WaitsIn         routing.QueueID        `json:"waits_in,omitempty"` // whose line it is in, those that ring included
	WaitingSince    stamp                  `json:"waiting_since,omitzero"`
	StateSince      stamp                  `json:"state_since"`
	UnansweredSince stamp                  `json:"unanswered_since,omitzero"`
	Rev             int                    `json:"rev"`
}

// wallboard is GET /v1/wallboard/events: the whole floor as it changes. There is no cursor: whoever comes back hears all of it.
func (s *Server) wallboard(q *call) error {
	if s.alive.Err() != nil {
		return comeBack(codeUnavailable, "the server is being restarted", time.Second)
	}
	defer q.beginStream()()
	if err := q.watchFloor(); err != nil && !errors.Is(err, context.Canceled) {
		s.log.LogAttrs(q.ctx, slog.LevelInfo, "wallboard cut", slog.String("tenant", q.records.tenant), slog.Any("error", err))
	}
	return nil
}

// watchFloor writes until the client goes, the session ends or the server does. An error is a write that failed.
func (q *call) watchFloor() error {
	st := &stream{call: q}
	look, ping := time.NewTicker(floorEvery), time.NewTicker(pingEvery)
	defer look.Stop()
	defer ping.Stop()
	if err := st.tell(eventHello, "", eventView{At: stamp{time.Now()}}); err != nil {
		return err
	}
	var told []byte
	for {
		floor, err := q.lookAtFloor()
		if key := floor.key(); err == nil && !bytes.Equal(key, told) { // a store that does not answer is no news
			told = key
			if err := st.tell(eventFloor, "", floor); err != nil {
				return err
			}
		}
		select {
		case <-q.ctx.Done():
			return nil
		case <-q.server.alive.Done():
			return nil
		case <-look.C:
		case at := <-ping.C:
			if st.revoked() {
				return st.tell(eventLogout, "", eventView{At: stamp{at}})
			}
			if err := st.tell(eventPing, "", eventView{At: stamp{at}, ServerTime: stamp{at}}); err != nil {
				return err
			}
		}
	}
}

// lookAtFloor reads the floor as it is committed now.
func (q *call) lookAtFloor() (floorView, error) {
	open, agents, err := q.floor()
	if err != nil {
		return floorView{}, err
	}
	view := floorView{At: stamp{time.Now()}, Agents: q.watched(agents), Conversations: []standingView{}}
	if view.Queues, err = q.standings(open, agents); err != nil {
		return floorView{}, err
	}
	for _, c := range open {
		standing := standingView{
			ID: c.ID, State: c.State, Queue: c.Queue, Agent: c.Agent, TakenOver: c.TakenOver, CustomerNumber: c.CustomerNumber,
			Priority: c.Priority, StateSince: stamp{c.StateSince}, UnansweredSince: stamp{c.UnansweredSince}, Rev: c.Rev,
		}
		for _, queue := range view.Queues {
			if c.InLine(queue.ID) {
				standing.WaitsIn, standing.WaitingSince = queue.ID, stamp{c.Entered()}
			}
		}
		view.Conversations = append(view.Conversations, standing)
	}
	return view, nil
}

// key is what makes the floor another one: all of it but how late it is.
func (f floorView) key() []byte {
	f.At, f.Queues = stamp{}, slices.Clone(f.Queues)
	for i := range f.Queues {
		f.Queues[i].OldestWaitingSeconds = 0
	}
	key, _ := json.Marshal(f) // numbers and strings always encode
	return key
}
