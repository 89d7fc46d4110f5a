package actors

import (
	"log/slog"
	"runtime/debug"

	"github.com/anthdm/hollywood/actor"
)

// inboxSize is the starting size of an actor's mailbox. Hollywood's default of 1024 costs 28 KB an actor; a mailbox grows by
// itself.
const inboxSize = 4

// guard is the fence around every Receive: no panic may reach Hollywood, which would lose the message and, the fourth time,
// end the process. What an actor does not handle by itself makes its partition start over from what is stored.
func guard(log *slog.Logger, m *metrics, failed func(who string, reason any)) actor.MiddlewareFunc {
	return func(next actor.ReceiveFunc) actor.ReceiveFunc {
		return func(c *actor.Context) {
			defer func() {
				if reason := recover(); reason != nil {
					m.panics.Inc()
					log.Error("an actor panicked; its partition starts over from what is stored",
						slog.String("actor", c.PID().GetID()), slog.Any("reason", reason), slog.String("stack", string(debug.Stack())))
					failed(c.PID().GetID(), reason)
				}
			}()
			next(c)
		}
	}
}
