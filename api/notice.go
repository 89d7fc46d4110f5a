package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// A client waits for between these two before it opens a lost stream again: when a node is gone, its desktops do not come to
// the others all at once.
const (
	soonestReconnect = time.Second
	latestReconnect  = 3 * time.Second
)

// reconnectAfter draws how long one client waits.
func reconnectAfter() time.Duration {
	return soonestReconnect + rand.N(latestReconnect-soonestReconnect) //nolint:gosec // nobody gains by guessing it
}

// eventView is the data of an event: whole objects, so that hearing it twice does no harm.
type eventView struct {
	At           stamp             `json:"at"`
	Rev          int               `json:"rev,omitempty"` // of the conversation
	Offer        *offerView        `json:"offer,omitempty"`
	OfferID      routing.OfferID   `json:"offer_id,omitempty"`
	Outcome      routing.Outcome   `json:"outcome,omitempty"`
	Conversation *conversationView `json:"conversation,omitempty"`
	Message      *messageView      `json:"message,omitempty"`
	Agent        *agentView        `json:"agent,omitempty"`
	ServerTime   stamp             `json:"server_time,omitzero"`
	Code         string            `json:"code,omitempty"`
	Detail       string            `json:"detail,omitempty"`
}

// tell writes one event. The reader has a time for each: one that does not take it is cut off and can resume. The
// reconnection time goes into the first event's block, since some clients take a block of its own for an event.
func (st *stream) tell(event string, id persistence.ID, data any) error {
	body, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("encode event %s: %w", event, err)
	}
	var block bytes.Buffer
	if id != "" {
		block.WriteString("id: " + string(id) + "\n")
	}
	if event == eventHello {
		block.WriteString("retry: " + strconv.FormatInt(reconnectAfter().Milliseconds(), 10) + "\n")
	}
	block.WriteString("event: " + event + "\ndata: ")
	block.Write(body)
	block.WriteString("\n\n")
	control := http.NewResponseController(st.Response().Writer)
	_ = control.SetWriteDeadline(time.Now().Add(writeTime)) // not every writer has deadlines
	if _, err := st.Response().Write(block.Bytes()); err != nil {
		return fmt.Errorf("write event %s: %w", event, err)
	}
	if err := control.Flush(); err != nil {
		return fmt.Errorf("write event %s: %w", event, err)
	}
	st.server.metrics.events.WithLabelValues(event).Inc()
	return nil
}

// tellItem writes what a commit had to say to this desktop. False means that the store did not answer: the same item is to be
// told at the next look. What cannot be read is logged and left out; a stream that stops at it for ever would tell even less.
func (st *stream) tellItem(item persistence.Item) (told bool, err error) {
	n, err := readNotice(item.Value)
	if err != nil {
		st.server.log.LogAttrs(st.ctx, slog.LevelError, "event cannot be read", append(st.attrs(err), slog.String("place", string(item.ID)))...)
		return true, nil
	}
	view, err := st.show(n)
	if err != nil {
		st.server.log.LogAttrs(st.ctx, slog.LevelWarn, "event cannot be shown yet", st.attrs(err)...)
		return false, nil
	}
	if st.live {
		st.server.metrics.delivery.Observe(time.Since(n.At).Seconds())
	}
	if n.Type == routing.NoticeAgentUpdated {
		record, err := st.records.agent(st.ctx, st.agent())
		if err != nil {
			return false, nil //nolint:nilerr // the store does not answer; the same item is told at the next look
		}
		st.giveWay(record)
	}
	return true, st.tell(string(n.Type), item.ID, view)
}

func (st *stream) attrs(err error) []slog.Attr {
	return []slog.Attr{slog.String("tenant", st.records.tenant), slog.String("agent", st.who.by.ID), slog.Any("error", err)}
}

// readNotice decodes a notice and makes sure that it has what its type needs.
func readNotice(value []byte) (routing.Notice, error) {
	var n routing.Notice
	if err := json.Unmarshal(value, &n); err != nil {
		return n, fmt.Errorf("decode notice: %w", err)
	}
	whole := false
	switch n.Type {
	case routing.NoticeOfferMade:
		whole = n.Offer != nil && n.Conversation != nil
	case routing.NoticeOfferEnded:
		whole = n.Offer != nil
	case routing.NoticeConversationUpdated:
		whole = n.Conversation != nil
	case routing.NoticeMessageAdded, routing.NoticeMessageUpdated:
		whole = n.Message != nil
	case routing.NoticeAgentUpdated:
		whole = true
	case routing.NoticeNotice:
		whole = n.Conversation != nil && n.Code != ""
	}
	if !whole {
		return n, fmt.Errorf("decode notice: %q is not known to this program, or not whole", n.Type)
	}
	return n, nil
}

// show completes a notice with what is committed now of customers and agents.
func (st *stream) show(n routing.Notice) (eventView, error) {
	view := eventView{At: stamp{n.At}}
	switch n.Type {
	case routing.NoticeOfferMade:
		offer, err := st.records.showOffer(st.ctx, *n.Offer, *n.Conversation)
		view.Rev, view.Offer = n.Conversation.Rev, &offer
		return view, err
	case routing.NoticeOfferEnded:
		view.OfferID, view.Outcome = n.Offer.ID, n.Outcome
	case routing.NoticeNotice:
		c, err := st.records.showConversation(st.ctx, *n.Conversation)
		view.Rev, view.Conversation, view.Code, view.Detail = n.Conversation.Rev, &c, n.Code, n.Detail
		return view, err
	case routing.NoticeConversationUpdated:
		c, err := st.records.showConversation(st.ctx, *n.Conversation)
		view.Rev, view.Conversation = n.Conversation.Rev, &c
		return view, err
	case routing.NoticeMessageAdded, routing.NoticeMessageUpdated:
		m := viewMessage(*n.Message)
		view.Message = &m
	case routing.NoticeAgentUpdated:
		agent, err := st.self()
		view.Agent = &agent
		return view, err
	}
	return view, nil
}

// self is the stream's agent as committed now.
func (st *stream) self() (agentView, error) {
	record, err := st.records.agent(st.ctx, st.agent())
	if err != nil {
		return agentView{}, err
	}
	profile, _ := st.who.home.Tenant.Agent(st.agent())
	if t, found := st.server.tenants.get(st.ctx, st.who.tenant); found {
		profile, _ = t.Tenant.Agent(st.agent())
	}
	return st.records.showAgent(st.ctx, profile, record)
}
