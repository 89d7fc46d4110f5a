package api

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
)

// maxID is the longest request id or idempotency key that is taken from a client.
const maxID = 128

// observe gives every answer its request id and security headers, and counts it.
func (s *Server) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		began := time.Now()
		id := c.Request().Header.Get(echo.HeaderXRequestID)
		if !visible(id) {
			id = rand.Text()
		}
		h := c.Response().Header()
		h.Set(echo.HeaderXRequestID, id)
		h.Set(echo.HeaderXContentTypeOptions, "nosniff")
		h.Set(echo.HeaderXFrameOptions, "DENY")
		h.Set(echo.HeaderReferrerPolicy, "no-referrer")
		if c.Request().ContentLength != 0 { // a body that never comes holds its connection, also where nobody reads it
			_ = http.NewResponseController(c.Response()).SetReadDeadline(began.Add(bodyTime)) // not every writer has deadlines
		}
		err := next(c)
		if err != nil {
			c.Error(err)
		}
		did, route := method(c.Request().Method), c.Path()
		if err == echo.ErrNotFound || !s.metrics.served[did+" "+route] { //nolint:errorlint // the router's own value
			route = unmatched
		}
		s.metrics.requests.WithLabelValues(did, route, statusClass(c.Response().Status)).Inc()
		if h.Get(echo.HeaderContentType) != streamType { // a stream takes as long as a shift
			s.metrics.duration.WithLabelValues(route).Observe(time.Since(began).Seconds())
		}
		return nil
	}
}

// methods are a label's values, which are bounded whatever clients invent.
func methods() []string {
	return []string{
		http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions, otherMethod,
	}
}

const (
	otherMethod = "other"
	unmatched   = "unmatched" // a request that none of our routes takes
)

func method(m string) string {
	if slices.Contains(methods(), m) {
		return m
	}
	return otherMethod
}

// statusClass is 2xx of 204.
func statusClass(status int) string { return strconv.Itoa(status/100) + "xx" }

func requestID(c echo.Context) string { return c.Response().Header().Get(echo.HeaderXRequestID) }

// visible says whether s is 1..128 visible ASCII characters.
func visible(s string) bool {
	if s == "" || len(s) > maxID {
		return false
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// recoverPanics turns a panic into an answer, and into a log entry that can be acted on.
func (s *Server) recoverPanics(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			r := recover()
			if r == nil {
				return
			}
			if r == http.ErrAbortHandler { //nolint:errorlint // a value that net/http compares in the same way
				panic(r)
			}
			s.log.LogAttrs(c.Request().Context(), slog.LevelError, "handler panicked", slog.String("route", c.Path()),
				slog.String("request_id", requestID(c)), slog.String("stack", string(debug.Stack())))
			err = fmt.Errorf("panic: %v", r)
		}()
		return next(c)
	}
}
