package api

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// The rhythm of a stream.
const (
	pingEvery    = 15 * time.Second // proxies and desktops take 30 s of silence for a dead line
	lookEvery    = 5 * time.Second  // bells may be lost
	writeTime    = 10 * time.Second // for a slow reader to take what is written
	partingTime  = time.Second      // the same once the server is closing
	engineTime   = 5 * time.Second  // for the engine to take note of a desktop
	eventsAtOnce = 100
)

// The events that come from the connection, and not from what happened.
const (
	eventHello      = "hello"
	eventPing       = "ping"
	eventReset      = "reset"
	eventSuperseded = "superseded"
	eventLogout     = "logout"
	eventFloor      = "floor" // of a wallboard
)

// streamType is the content type of a stream.
const streamType = "text/event-stream"

// events is GET /v1/desk/events.
func (s *Server) events(q *call) error {
	st := &stream{
		call: q, name: persistence.DeskStream(q.records.tenant, q.who.by.ID), id: s.life + "/" + rand.Text(),
		woken: make(chan struct{}, 1), superseded: make(chan struct{}),
	}
	st.item = st.tellItem
	if err := st.find(); err != nil {
		return err
	}
	if !s.desks.enter(st) {
		return comeBack(codeUnavailable, "the server is being restarted", time.Second)
	}
	defer func() { // whether or not the engine hears of the end, the client must
		go func() {
			defer s.desks.leave(st)
			st.disconnect()
		}()
	}()
	s.metrics.streams.Inc()
	defer s.metrics.streams.Dec()
	defer q.beginStream()()
	if err := st.run(); err != nil { // a failed write has ended the request's context too
		s.metrics.unsent.Inc()
		s.log.LogAttrs(q.ctx, slog.LevelInfo, "stream cut", st.attrs(err)...)
	}
	return nil
}

// beginStream says that events follow. Once the server is closing, what is written has little time; stop ends the watch for that.
func (q *call) beginStream() (stop func() bool) {
	h := q.Response().Header()
	h.Set(echo.HeaderContentType, streamType)
	h.Set(echo.HeaderCacheControl, "no-store, no-transform")
	h.Set("X-Accel-Buffering", "no")
	q.Response().WriteHeader(http.StatusOK)
	control := http.NewResponseController(q.Response().Writer)
	return context.AfterFunc(q.server.alive, func() { _ = control.SetWriteDeadline(time.Now().Add(partingTime)) })
}

// find decides where the stream begins: after what the client says it has seen, or with what comes next.
func (st *stream) find() error {
	newest, err := st.server.store.Last(st.ctx, st.records.part, st.name)
	if err != nil {
		return err
	}
	asked := persistence.ID(st.Request().Header.Get("Last-Event-ID"))
	given := asked != "" || st.QueryParams().Has("after")
	if asked == "" {
		asked = persistence.ID(st.QueryParam("after"))
	}
	if !given {
		st.cursor = newest
		return nil
	}
	look := 1
	if asked == "" {
		look = persistence.StreamKeep
	}
	kept, err := st.server.store.Range(st.ctx, st.records.part, st.name, asked, look)
	foreign := asked != "" && !visible(string(asked))          // would not be one line of the stream
	worn := asked == "" && len(kept) == persistence.StreamKeep // the beginning may be trimmed, which the store does not tell
	st.cursor, st.lost = asked, foreign || worn || asked > newest || unknownPlace(err)
	result := resumed
	if st.lost {
		result, st.cursor = eventReset, ""
	} else if err != nil {
		return err
	}
	st.server.metrics.resumes.WithLabelValues(result).Inc()
	return nil
}

// unknownPlace says that the store cannot go on from the place that was asked for.
func unknownPlace(err error) bool {
	return errors.Is(err, persistence.ErrTrimmed) || errors.Is(err, persistence.ErrInvalid)
}

// run writes until the client goes, another desktop takes over, the session ends, the server does, or the store has not answered
// for two pings: then another node may know more. An error is a write that failed.
func (st *stream) run() error {
	look, ping := time.NewTicker(lookEvery), time.NewTicker(pingEvery)
	defer look.Stop()
	defer ping.Stop()
	if err := st.tell(eventHello, st.cursor, eventView{At: stamp{time.Now()}}); err != nil {
		return err
	}
	st.connect()
	for {
		if err := st.catchUp(); err != nil {
			return err
		}
		select {
		case <-st.ctx.Done():
			return nil
		case <-st.server.alive.Done():
			return nil
		case <-st.superseded:
			return st.tell(eventSuperseded, "", eventView{At: stamp{time.Now()}})
		case <-st.woken:
		case now := <-look.C:
			if st.revoked() {
				return st.tell(eventLogout, "", eventView{At: stamp{now}})
			}
			st.connect()
		case now := <-ping.C:
			if st.checkSeat(); st.deaf > 1 {
				return nil
			}
			if err := st.tell(eventPing, "", eventView{At: stamp{now}, ServerTime: stamp{now}}); err != nil {
				return err
			}
		}
	}
}

// revoked says whether the credential has ended. A store that does not answer revokes nobody.
func (st *stream) revoked() bool {
	_, err := st.server.verify(st.ctx, identity{tenant: st.who.tenant, token: st.who.token, secret: st.who.secret})
	return err != nil && problemOf(err).Status == http.StatusUnauthorized
}

// connect tells the engine that the desktop listens, until the engine has taken note.
func (st *stream) connect() {
	if st.connected {
		return
	}
	ctx, cancel := context.WithTimeout(st.ctx, engineTime)
	defer cancel()
	answer, err := st.server.do(ctx, st.who, routing.Connect{Agent: st.agent(), Stream: st.id, Opened: st.opened}, "", "")
	st.connected = err == nil
	if err != nil {
		st.server.log.LogAttrs(st.ctx, slog.LevelWarn, "desktop not announced yet", st.attrs(err)...)
	} else if answer.Agent != nil {
		st.giveWay(*answer.Agent)
	}
}

// giveWay ends this stream when the agent has a younger one, be it on another node.
func (st *stream) giveWay(record routing.AgentRecord) {
	if record.Stream != "" && record.Stream != st.id && record.StreamSince.After(st.opened) {
		st.supersede()
	}
}

// checkSeat looks whether the engine still knows of this desktop: an older one's announcement may have come late, and its end
// after it. It may know of a younger one, too, when a reset went over the news.
func (st *stream) checkSeat() {
	record, err := st.records.agent(st.ctx, st.agent())
	if err != nil {
		st.deaf++
		return
	}
	st.deaf = 0
	st.connected = st.connected && record.Stream != ""
	st.giveWay(record)
}

// disconnect tells it that the desktop is gone, until there is an answer (a refusal is one: the agent may be gone as well) or this
// node goes, which the others notice. The request's own time is over by then.
func (st *stream) disconnect() {
	ctx := context.WithoutCancel(st.ctx)
	for told := false; !told; {
		closing := st.server.alive.Err() != nil
		patience, cancel := context.WithTimeout(ctx, engineTime)
		parting := context.AfterFunc(st.server.alive, func() { time.AfterFunc(partingTime, cancel) })
		_, err := st.server.engine.Do(patience, st.who.tenant, st.who.by, routing.Disconnect{Agent: st.agent(), Stream: st.id}, "", "")
		parting()
		cancel()
		told = err == nil || closing
		if err != nil {
			st.server.log.LogAttrs(ctx, slog.LevelWarn, "desktop's end not announced yet", st.attrs(err)...)
			select {
			case <-st.server.alive.Done():
			case <-time.After(lookEvery):
			}
		}
	}
}

// over says that the stream has to end, however much is left to be told.
func (st *stream) over() bool {
	select {
	case <-st.superseded:
		return true
	default:
		return st.ctx.Err() != nil || st.server.alive.Err() != nil
	}
}

// catchUp tells everything after the cursor. While the store does not answer there is nothing to tell.
func (st *stream) catchUp() error {
	for {
		if st.lost {
			return st.reset()
		}
		items, err := st.server.store.Range(st.ctx, st.records.part, st.name, st.cursor, eventsAtOnce)
		if unknownPlace(err) {
			return st.reset()
		}
		for _, item := range items {
			if st.over() {
				return nil
			}
			if told, err := st.item(item); err != nil || !told {
				return err
			}
			st.cursor = item.ID
		}
		if err != nil || len(items) < eventsAtOnce {
			st.live = st.live || err == nil
			return nil
		}
	}
}

// reset tells the client to fetch its desk anew and goes on from what is newest.
func (st *stream) reset() error {
	newest, err := st.server.store.Last(st.ctx, st.records.part, st.name)
	if err != nil {
		st.lost = true
		return nil //nolint:nilerr // the store does not answer; the next look tries again
	}
	st.cursor, st.lost = newest, false
	return st.tell(eventReset, newest, eventView{At: stamp{time.Now()}})
}
