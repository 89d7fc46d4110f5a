package actors

import (
	"log/slog"
	"time"

	"switchyard/actors/routing"
)

// hold keeps a channel's texts back while its carrier takes none of them, for a reason that is not the text's: it is away, it refuses our
// credentials, it fails, or it is in a hurry. Then one text at a time is tried, less and less often, and the others wait for its luck.
type hold struct {
	class string // why; empty: nothing is held back
	until time.Time
	tries int // without luck, one after the other
}

const (
	// holdMost is how long at most until the next text is tried.
	holdMost = time.Minute
	// unknownsBorne is how many texts in a row of unknown fate are bad luck; from the next one on it is the carrier. Such a text is not
	// sent again, so a carrier that fails would use up one after the other.
	unknownsBorne = 2
)

// tried lets nothing follow the text that is tried before it is known what became of it.
func (h *hold) tried(now time.Time) {
	if h.class != "" {
		h.until = now.Add(callPatience)
	}
}

// heed draws conclusions from how a call ended. A text that was surely not taken, and may be tried again, tells of the carrier and not of
// itself; one that was taken, or refused for what it is, shows that the carrier works.
func (c *courier) heed(now time.Time, f *routing.SendFailure) {
	if f == nil || !f.Retryable && !f.Unknown {
		c.release()
		return
	}
	c.hold.tries++
	if f.Unknown && c.hold.tries <= unknownsBorne {
		return
	}
	if class := classOf(&f.Failure); c.hold.class != class {
		c.begin(class, f.Detail)
	}
	c.hold.until = now.Add(max(min(time.Second<<min(c.hold.tries-1, 6), holdMost), min(f.After, holdMost)))
}

// begin says that the channel's texts are held back, or that it is for another reason now.
func (c *courier) begin(class, detail string) {
	if c.hold.class != "" {
		c.tenure.metrics.held.WithLabelValues(string(c.channel.ID), c.hold.class).Dec()
	}
	c.hold.class = class
	c.tenure.metrics.held.WithLabelValues(string(c.channel.ID), class).Inc()
	level := slog.LevelError
	if class == classRate {
		level = slog.LevelWarn // it passes by itself
	}
	c.tenure.log.LogAttrs(c.tenure.ctx, level, "a carrier takes no texts of a channel; they wait", slog.String("tenant", string(c.house.tenant)),
		slog.String("channel", string(c.channel.ID)), slog.String("class", class), slog.String("detail", detail))
}

// classRate is the class of a carrier that is in a hurry.
const classRate = "rate"

// release lets the texts go again.
func (c *courier) release() {
	if c.hold.class == "" {
		c.hold = hold{}
		return
	}
	c.tenure.metrics.held.WithLabelValues(string(c.channel.ID), c.hold.class).Dec()
	c.tenure.log.Info("a channel's texts go on", slog.String("tenant", string(c.house.tenant)), slog.String("channel", string(c.channel.ID)))
	c.hold = hold{}
}
