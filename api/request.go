package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"switchyard/actors/routing"
)

const (
	// maxBody is the largest body that is read.
	maxBody = 64 << 10
	// bodyTime is how long a body may take to arrive.
	bodyTime = 15 * time.Second
)

// call is one admitted request.
type call struct {
	echo.Context
	server  *Server
	ctx     context.Context //nolint:containedctx // a call lives as long as its request
	who     identity
	records records
	body    []byte
}

// agent is who asks, where the route lets in agents only.
func (q *call) agent() routing.AgentID { return routing.AgentID(q.who.by.ID) }

// readBody reads a request's body once, within the limit of size; that of time is set already.
func readBody(c echo.Context) ([]byte, error) {
	r := c.Request()
	if r.ContentLength == 0 {
		return nil, nil
	}
	if r.ContentLength > maxBody {
		return nil, &http.MaxBytesError{Limit: maxBody}
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), r.Body, maxBody))
	if err != nil {
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			return nil, tooLarge
		}
		return nil, badRequest("the body did not arrive whole")
	}
	_ = http.NewResponseController(c.Response()).SetReadDeadline(time.Time{})
	return body, nil
}

// decode reads the JSON object of the body into v; no body is an empty object. Fields that v does not have are refused.
func (q *call) decode(v any) error {
	body, err := readBody(q.Context)
	if err != nil {
		return err
	}
	q.body = body
	switch text := bytes.TrimSpace(body); {
	case len(text) == 0:
		return nil
	case text[0] != '{' || !utf8.Valid(text):
		return badRequest("the body is not a JSON object in UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return badRequest("the body is not the JSON object that is wanted: " + strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return badRequest("the body has something after its JSON object")
	}
	return nil
}

// do has the engine decide a command of this call.
func (q *call) do(cmd routing.Command) (routing.Answer, error) {
	key := q.Request().Header.Get("Idempotency-Key")
	if key == "" {
		if _, given := q.Request().Header["Idempotency-Key"]; given {
			return routing.Answer{}, badRequest("Idempotency-Key needs 1 to 128 visible ASCII characters")
		}
		return q.server.do(q.ctx, q.who, cmd, "", "")
	}
	if !visible(key) {
		return routing.Answer{}, badRequest("Idempotency-Key needs 1 to 128 visible ASCII characters")
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "%s %s\n", q.Request().Method, q.Request().URL.Path)
	sum.Write(q.body)
	return q.server.do(q.ctx, q.who, cmd, key, hex.EncodeToString(sum.Sum(nil)[:16]))
}

// do has the engine decide a command; a refusal is an error.
func (s *Server) do(ctx context.Context, who identity, cmd routing.Command, key, sum string) (routing.Answer, error) {
	answer, err := s.engine.Do(ctx, who.tenant, who.by, cmd, key, sum)
	if err == nil && answer.Refusal != nil {
		err = answer.Refusal
	}
	return answer, err
}

// Lists.
const (
	limitDefault = 50
	limitMost    = 200
)

// list is one page of anything.
type list[T any] struct {
	Items      []T     `json:"items"`
	NextCursor *string `json:"next_cursor"`
}

// page is which part of a list is asked for: up to limit items after a place.
type page struct {
	limit int
	after string
}

// errCursor says that a cursor leads nowhere: an end of the list would be a lie.
var errCursor = badRequest("cursor must be the next_cursor of an earlier answer to the same question")

// page reads ?limit= and ?cursor=.
func (q *call) page() (page, error) {
	p := page{limit: limitDefault}
	if text := q.QueryParam("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > limitMost {
			return p, badRequest("limit must be a number from 1 to 200")
		}
		p.limit = n
	}
	after, err := base64.RawURLEncoding.DecodeString(q.QueryParam("cursor"))
	if err != nil {
		return p, errCursor
	}
	p.after = string(after)
	return p, nil
}

// turn makes an answer of up to limit+1 items: the one too many only says that there is more. Place names an item's place.
func turn[T any](p page, items []T, place func(T) string) list[T] {
	if len(items) <= p.limit {
		return list[T]{Items: append([]T{}, items...)}
	}
	items = items[:p.limit]
	next := cursorAt(place(items[p.limit-1]))
	return list[T]{Items: items, NextCursor: &next}
}

func cursorAt(place string) string { return base64.RawURLEncoding.EncodeToString([]byte(place)) }
