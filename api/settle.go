package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"switchyard/actors/routing"
	"switchyard/actors/sms"
	"switchyard/api/carrier"
	"switchyard/persistence"
)

const (
	// settleEvery is how often it is looked for reports whose texts are to be asked for. Of one text the carrier is asked again when the
	// report has become twice as old.
	settleEvery = time.Minute
	// settleMost bounds how many texts of a tenant carriers are asked for at once.
	settleMost = 20
	// settlePast is how many conversations of a customer may hold the text, the latest.
	settlePast = 20
)

// settleTexts has carriers tell which texts reports are on that nobody knows by the carrier's id: a text whose call was never answered
// finds its report so.
func (s *Server) settleTexts() {
	tick := time.NewTicker(settleEvery)
	defer tick.Stop()
	next := map[string]time.Time{} // by the orphan's key, when its carrier is asked again
	for {
		kept := map[string]time.Time{}
		for _, t := range s.tenants.now().tenants {
			if err := s.settleTenant(t, next, kept); err != nil && s.alive.Err() == nil {
				s.log.LogAttrs(s.alive, slog.LevelWarn, "texts of reports cannot be asked for", slog.String("tenant", string(t.Tenant.ID)), slog.Any("error", err))
			}
		}
		next = kept
		select {
		case <-s.alive.Done():
			return
		case <-tick.C:
		}
	}
}

// settleTenant asks for the texts of a tenant's reports, as far as it is their time, and notes in kept when each is to be asked for again.
func (s *Server) settleTenant(t *tenant, next, kept map[string]time.Time) error {
	if !slices.ContainsFunc(t.lines, func(l *line) bool { return l.finder() != nil }) {
		return nil
	}
	r, asked := recordsOf(s.store, t.Tenant.ID), 0
	return r.scan(s.alive, persistence.OrphanPrefix+string(t.Tenant.ID)+"/", "", func(record persistence.Record) (bool, error) {
		var o routing.Orphan
		if err := json.Unmarshal(record.Value, &o); err != nil {
			return false, err
		}
		now := time.Now()
		if kept[record.Key] = next[record.Key]; now.Before(next[record.Key]) || asked == settleMost {
			return true, nil
		}
		i := slices.IndexFunc(t.lines, func(l *line) bool { return l.channel.ID == string(o.Channel) && l.finder() != nil })
		if i < 0 {
			return true, nil
		}
		asked++
		kept[record.Key] = now.Add(max(settleEvery, now.Sub(o.At)))
		return true, s.settle(r, t, t.lines[i], o)
	})
}

// finder is the line's carrier where it can be asked for a text; else nil.
func (l *line) finder() carrier.Finder {
	if f, finds := l.dialect.(carrier.Finder); finds && l.unready == nil {
		return f
	}
	return nil
}

// settle asks for the text of a report, and says what its carrier calls it if it is ours. The report then finds it.
func (s *Server) settle(r records, t *tenant, l *line, o routing.Orphan) error {
	sent, err := l.finder().Sent(s.alive, l.channel, o.CarrierID)
	if no, is := errors.AsType[*carrier.SendError](err); is && !no.Unknown && !no.Retryable && no.Class != carrier.ClassAuth {
		return nil // the carrier does not know it in this account
	}
	if err != nil {
		return err
	}
	id := routing.MessageID(sent.Message)
	if conversation, _ := id.Conversation(); conversation == "" {
		if id, err = r.unanswered(s.alive, t, o.Carrier, sent); id == "" || err != nil {
			return err
		}
	}
	h := &hook{server: s, line: l}
	cmd := routing.ReceiveReceipt{Message: id, CarrierID: o.CarrierID, State: routing.MessageSent}
	return h.receive(s.alive, cmd, o.Channel, "f/"+o.CarrierID)
}

// unanswered is our id of a text that a carrier has: of those whose fate nobody knows, between the same numbers, the one that says the
// same. Empty when there is none, or more than one.
func (r records) unanswered(ctx context.Context, t *tenant, name string, sent carrier.Outbound) (routing.MessageID, error) {
	i := slices.IndexFunc(t.Tenant.Channels, func(c routing.Channel) bool { return c.Carrier == name && c.Number == sent.From })
	number, err := sms.Number(sent.To)
	if i < 0 || err != nil {
		return "", nil //nolint:nilerr // somebody else's
	}
	talks, err := r.names(ctx, persistence.PastPrefix(r.tenant, number))
	if err != nil {
		return "", err
	}
	var same []routing.MessageID
	for _, id := range talks[max(0, len(talks)-settlePast):] {
		c, _, err := r.conversation(ctx, routing.ConversationID(id))
		if err != nil {
			return "", err
		}
		for _, out := range c.Outbox {
			open := (out.State == routing.MessageSending || out.State == routing.MessageUnknown) && out.CarrierID == ""
			if open && c.Channel == t.Tenant.Channels[i].ID && strings.TrimSpace(out.Text) == strings.TrimSpace(sent.Body) {
				same = append(same, out.ID)
			}
		}
	}
	if len(same) != 1 {
		return "", nil
	}
	return same[0], nil
}
