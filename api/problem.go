package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// The codes of problems that the edge itself finds. Those of the core are [routing.Code]s.
const (
	codeBadRequest           routing.Code = "bad-request"
	codeUnauthenticated      routing.Code = "unauthenticated"
	codeMethodNotAllowed     routing.Code = "method-not-allowed"
	codeTooLarge             routing.Code = "too-large"
	codeKeyReused            routing.Code = "idempotency-key-reused"
	codePreconditionRequired routing.Code = "precondition-required"
	codeTooManyRequests      routing.Code = "too-many-requests"
	codeUnavailable          routing.Code = "unavailable"
	codeTimeout              routing.Code = "timeout"
)

// problemType begins the type of every problem.
const problemType = "https://switchyard.invalid/problems/"

// problem is an answer that says what went wrong (RFC 9457). It is an error, so that handlers just return it.
type problem struct {
	Type       string            `json:"type"`
	Title      string            `json:"title"`
	Status     int               `json:"status"`
	Detail     string            `json:"detail,omitempty"`
	Code       routing.Code      `json:"code"`
	Characters []string          `json:"characters,omitempty"`
	Segments   int               `json:"segments,omitempty"`
	Errors     []routing.Problem `json:"errors,omitempty"`

	retryAfter time.Duration
}

// Error implements error.
func (p *problem) Error() string { return string(p.Code) + ": " + p.Detail }

// statusOf is the one place where a code becomes a status.
func statusOf(code routing.Code) int {
	switch code {
	case codeBadRequest:
		return http.StatusBadRequest
	case codeUnauthenticated:
		return http.StatusUnauthorized
	case routing.CodeForbidden:
		return http.StatusForbidden
	case routing.CodeNotFound:
		return http.StatusNotFound
	case codeMethodNotAllowed:
		return http.StatusMethodNotAllowed
	case routing.CodeOfferGone, routing.CodeNotYourConversation, routing.CodeWrongState, routing.CodeOptedOut, routing.CodeNoCapacity:
		return http.StatusConflict
	case routing.CodePreconditionFailed:
		return http.StatusPreconditionFailed
	case codeTooLarge:
		return http.StatusRequestEntityTooLarge
	case routing.CodeInvalid, routing.CodeNotPlainText, routing.CodeTooLong, routing.CodeDispositionRequired, codeKeyReused:
		return http.StatusUnprocessableEntity
	case codePreconditionRequired:
		return http.StatusPreconditionRequired
	case codeTooManyRequests:
		return http.StatusTooManyRequests
	case codeUnavailable:
		return http.StatusServiceUnavailable
	case codeTimeout:
		return http.StatusGatewayTimeout
	case routing.CodeInternal:
	}
	return http.StatusInternalServerError
}

func newProblem(code routing.Code, detail string) *problem {
	status := statusOf(code)
	return &problem{Type: problemType + string(code), Title: http.StatusText(status), Status: status, Detail: detail, Code: code}
}

// comeBack is a problem that is over soon.
func comeBack(code routing.Code, detail string, after time.Duration) *problem {
	p := newProblem(code, detail)
	p.retryAfter = after
	return p
}

func badRequest(detail string) *problem { return newProblem(codeBadRequest, detail) }
func forbidden(detail string) *problem  { return newProblem(routing.CodeForbidden, detail) }
func notFound(what string) *problem {
	return newProblem(routing.CodeNotFound, "there is no such "+what)
}

// problemOf finds the problem in any error that a handler may return. What it does not know is internal: its text is logged
// and not shown.
func problemOf(err error) *problem {
	var (
		shown    *problem
		refusal  *routing.Error
		tooLarge *http.MaxBytesError
		routed   *echo.HTTPError
	)
	switch {
	case errors.As(err, &shown):
		return shown
	case errors.As(err, &refusal):
		p := newProblem(refusal.Code, refusal.Detail)
		p.Characters, p.Segments, p.Errors = refusal.Characters, refusal.Segments, refusal.Problems
		return p
	case errors.As(err, &tooLarge):
		return newProblem(codeTooLarge, fmt.Sprintf("the body is larger than %d bytes", tooLarge.Limit))
	case errors.Is(err, routing.ErrKeyReused):
		return newProblem(codeKeyReused, routing.ErrKeyReused.Error())
	case errors.Is(err, routing.ErrBusy):
		return comeBack(codeTooManyRequests, routing.ErrBusy.Error(), time.Second)
	case errors.Is(err, routing.ErrUnavailable), errors.Is(err, persistence.ErrUnavailable), errors.Is(err, persistence.ErrClosed):
		return comeBack(codeUnavailable, routing.ErrUnavailable.Error(), 2*time.Second)
	case errors.Is(err, routing.ErrTimeout), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return newProblem(codeTimeout, routing.ErrTimeout.Error())
	case errors.As(err, &routed):
		switch routed.Code {
		case http.StatusNotFound:
			return notFound("path")
		case http.StatusMethodNotAllowed:
			return newProblem(codeMethodNotAllowed, "this path does not take that method")
		}
	}
	return newProblem(routing.CodeInternal, "something went wrong here; if it stays, tell the operator the X-Request-Id")
}

// writeProblem is Echo's error handler.
func (s *Server) writeProblem(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	p := problemOf(err)
	if p.Status == http.StatusInternalServerError {
		s.log.LogAttrs(c.Request().Context(), slog.LevelError, "request failed",
			slog.String("route", c.Path()), slog.String("request_id", requestID(c)), slog.Any("error", err))
	}
	if p.retryAfter > 0 {
		c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(int(p.retryAfter.Round(time.Second)/time.Second)))
	}
	if p.Code == codeUnauthenticated {
		c.Response().Header().Set(echo.HeaderWWWAuthenticate, "Bearer")
	}
	body, _ := json.Marshal(p) // strings and numbers always encode
	if err := c.Blob(p.Status, "application/problem+json", body); err != nil {
		s.log.LogAttrs(c.Request().Context(), slog.LevelDebug, "problem not written", slog.Any("error", err))
	}
}
