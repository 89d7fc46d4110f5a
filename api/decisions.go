package api

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// decidedView is the data of an event of the decisions' stream: whom the match chose for a conversation and why, that one waits anew
// or has become a case, or that a queue holds its offers back.
type decidedView struct {
	At           stamp                  `json:"at"`
	Conversation routing.ConversationID `json:"conversation,omitempty"`
	Decision     *decisionView          `json:"decision,omitempty"`
	Move         *moveView              `json:"move,omitempty"`
	Queue        routing.QueueID        `json:"queue,omitempty"`
	Agents       int                    `json:"agents,omitempty"`
	Until        stamp                  `json:"until,omitzero"`
}

// decisions is GET /v1/decisions/events: every decision of the tenant's queues, as it was committed.
func (s *Server) decisions(q *call) error {
	st := &stream{call: q, name: persistence.DecisionStream(q.records.tenant)}
	st.item = st.tellDecision
	if err := st.find(); err != nil {
		return err
	}
	if s.alive.Err() != nil {
		return comeBack(codeUnavailable, "the server is being restarted", time.Second)
	}
	defer q.beginStream()()
	if err := st.follow(); err != nil {
		s.log.LogAttrs(q.ctx, slog.LevelInfo, "decisions cut", st.attrs(err)...)
	}
	return nil
}

// follow writes what is decided until the client goes, the session ends or the server does. An error is a write that failed.
func (st *stream) follow() error {
	look, ping := time.NewTicker(floorEvery), time.NewTicker(pingEvery)
	defer look.Stop()
	defer ping.Stop()
	if err := st.tell("hello", st.cursor, eventView{At: stamp{time.Now()}}); err != nil {
		return err
	}
	for {
		if err := st.catchUp(); err != nil {
			return err
		}
		select {
		case <-st.ctx.Done():
			return nil
		case <-st.server.alive.Done():
			return nil
		case <-look.C:
		case at := <-ping.C:
			if st.revoked() {
				return st.tell("logout", "", eventView{At: stamp{at}})
			}
			if err := st.tell("ping", "", eventView{At: stamp{at}, ServerTime: stamp{at}}); err != nil {
				return err
			}
		}
	}
}

// tellDecision writes what a commit had to say. What cannot be read is logged and left out.
func (st *stream) tellDecision(item persistence.Item) (told bool, err error) {
	event, view, err := readDecision(item.Value)
	if err != nil {
		st.server.log.LogAttrs(st.ctx, slog.LevelError, "decision cannot be read", append(st.attrs(err), slog.String("place", string(item.ID)))...)
		return true, nil
	}
	return true, st.tell(event, item.ID, view)
}

// readDecision decodes an item of the stream: the event of an offer, a move, or a hold.
func readDecision(value []byte) (event string, view decidedView, err error) {
	var hold routing.Hold
	if err := json.Unmarshal(value, &hold); err == nil && hold.Queue != "" {
		return "queue.held", decidedView{At: stamp{hold.At}, Queue: hold.Queue, Agents: hold.Agents, Until: stamp{hold.Until}}, nil
	}
	var moved routing.Moved
	if err := json.Unmarshal(value, &moved); err == nil && moved.Move.Reason != "" {
		move := viewMove(moved.Move)
		return "conversation.moved", decidedView{At: move.At, Conversation: moved.Conversation, Move: &move}, nil
	}
	var e routing.Envelope
	if err := json.Unmarshal(value, &e); err != nil {
		return "", view, fmt.Errorf("decode decision: %w", err)
	}
	made, ok := e.Event.(routing.OfferMade)
	if !ok {
		return "", view, fmt.Errorf("decode decision: an event %s is none", e.Type)
	}
	decision := viewDecision(made.Decision)
	return "decision.made", decidedView{At: stamp{e.At}, Conversation: e.Conversation, Decision: &decision}, nil
}
