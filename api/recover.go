package api

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"switchyard/actors/routing"
	"switchyard/api/carrier"
)

const (
	// recoverEvery is how often carriers are asked for texts that did not come, beside right after the start.
	recoverEvery = 5 * time.Minute
	// recoverOverlap is how far before the last look that found everything the next one begins: a carrier may still have been trying then.
	recoverOverlap = time.Hour
)

// recoverTexts finds what carriers received while nobody could take it, on channels whose configuration asks for that. A text that has
// been taken is known by its id and changes nothing.
func (s *Server) recoverTexts() {
	tick := time.NewTicker(recoverEvery)
	defer tick.Stop()
	looked := map[recovered]time.Time{} // when each channel was last seen through
	for {
		for _, t := range s.tenants.now().tenants {
			for i, l := range t.lines {
				hours := time.Duration(t.Tenant.Channels[i].RecoverHours) * time.Hour
				lister, lists := l.dialect.(carrier.Lister)
				if !lists || hours == 0 || l.unready != nil {
					continue
				}
				now, key := time.Now(), recovered{l.tenant, l.channel.ID}
				since := now.Add(-hours)
				if last := looked[key].Add(-recoverOverlap); last.After(since) {
					since = last
				}
				if s.recoverLine(l, lister, since) {
					looked[key] = now
				}
			}
		}
		select {
		case <-s.alive.Done():
			return
		case <-tick.C:
		}
	}
}

// recovered names a channel whose missed texts are looked for.
type recovered struct {
	tenant  routing.TenantID
	channel string
}

// recoverLine says whether all that the carrier lists is taken.
func (s *Server) recoverLine(l *line, lister carrier.Lister, since time.Time) bool {
	h := &hook{server: s, line: l}
	texts, err := lister.Received(s.alive, l.channel, since)
	for _, t := range texts {
		if err = h.recover(s.alive, t); err != nil {
			break
		}
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		s.log.LogAttrs(s.alive, slog.LevelWarn, "texts that may have been missed cannot be looked for", h.attrs(err)...)
	}
	return err == nil
}

// recover takes one text of a list, under the same id as if it had been brought.
func (h *hook) recover(ctx context.Context, t carrier.Text) error {
	cmd, err := h.command(ctx, t)
	if err != nil || string(cmd.Channel) != h.line.channel.ID || h.unwanted(ctx, cmd) != "" {
		return nil //nolint:nilerr // a webhook would not keep it either
	}
	return h.receive(ctx, cmd, cmd.Channel, cmd.CarrierID)
}
