package carrier

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"
)

const (
	// callTimeout bounds one call of a carrier's API, from the first byte to the last.
	callTimeout = 10 * time.Second
	// answerLimit bounds what is read of an answer, in bytes.
	answerLimit = 1 << 20
	// retryDefault and retryMost bound how long a carrier may ask us to wait.
	retryDefault = time.Second
	retryMost    = time.Hour
)

// Caller calls carriers' HTTP APIs and tells apart what surely did not happen from what may have happened. It is what every
// Send is built upon, so that no carrier invents its own rule for an unknown outcome. It is safe for concurrent use.
type Caller struct {
	client *http.Client
}

// NewCaller makes a Caller that uses the transport of client, or the default one when client is nil. It follows no
// redirects: a text is handed to the configured address or to nobody.
func NewCaller(client *http.Client) Caller {
	own := http.Client{}
	if client != nil {
		own = *client
	}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return Caller{client: &own}
}

// Answer is what a carrier's API said: a whole 2xx, or a 4xx with as much of its body as could be read.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Call makes the request, once, within 10 s. Any error is a [*SendError]: Retryable when no connection was made, so that the
// carrier cannot have seen the request; Unknown when it may have seen it and no clear answer came back (time-out, broken
// connection, 5xx, 408, an answer over 1 MiB or cut off).
func (c Caller) Call(req *http.Request) (Answer, error) {
	ctx, cancel := context.WithTimeout(req.Context(), callTimeout)
	defer cancel()
	if ctx.Err() != nil {
		return Answer{}, &SendError{Class: ClassCarrier, Retryable: true, Detail: "given up before the call began"}
	}
	// Only the transport's own word that it looked for a connection and got none proves that nothing was sent. A transport
	// that does not report leaves the outcome unknown.
	var sought, connected atomic.Bool
	trace := &httptrace.ClientTrace{
		GetConn: func(string) { sought.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	}
	resp, err := c.client.Do(req.WithContext(httptrace.WithClientTrace(ctx, trace)))
	if err != nil {
		if sought.Load() && !connected.Load() {
			return Answer{}, &SendError{Class: ClassCarrier, Retryable: true, After: retryDefault, Detail: "not reached: " + reason(err)}
		}
		return Answer{}, &SendError{Class: ClassCarrier, Unknown: true, Detail: "no answer: " + reason(err)}
	}
	defer resp.Body.Close()
	return read(resp)
}

func read(resp *http.Response) (Answer, error) {
	body, err := io.ReadAll(io.LimitReader(resp.Body, answerLimit+1))
	code := strconv.Itoa(resp.StatusCode)
	switch status := resp.StatusCode; {
	case status >= 500, status == http.StatusRequestTimeout:
		return Answer{}, &SendError{Class: ClassCarrier, Code: code, Unknown: true, Detail: "the carrier failed"}
	case status >= 300 && status < 400:
		return Answer{}, &SendError{Class: ClassCarrier, Code: code, Detail: "redirected; set the channel's api_base to the final address"}
	case status < 300 && err != nil:
		return Answer{}, &SendError{Class: ClassCarrier, Code: code, Unknown: true, Detail: "the answer was cut off: " + reason(err)}
	case status < 300 && len(body) > answerLimit:
		return Answer{}, &SendError{Class: ClassCarrier, Code: code, Unknown: true, Detail: "the answer is over 1 MiB"}
	}
	return Answer{Status: resp.StatusCode, Header: resp.Header, Body: body}, nil
}

// RetryAfter is how long the carrier asks to wait, in seconds or until a date: 0 to 1 hour, 1 s when it does not say.
func (a Answer) RetryAfter() time.Duration {
	wait := retryDefault
	value := a.Header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(value, 10, 32); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		wait = time.Until(at)
	}
	return min(max(wait, 0), retryMost)
}

// reason drops the address from a client's error: it may hold account ids.
func reason(err error) string {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	return err.Error()
}
