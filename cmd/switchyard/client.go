package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"

	"switchyard/actors/routing"
)

// client is one principal's way to the HTTP API.
type client struct {
	base, token string
	http        *http.Client
}

func newClient(base, token string, h *http.Client) client {
	return client{base: strings.TrimSuffix(base, "/"), token: token, http: h}
}

// refusal is an answer that is not 2xx.
type refusal struct {
	Status   int               `json:"status"`
	Code     string            `json:"code"`
	Detail   string            `json:"detail"`
	Problems []routing.Problem `json:"errors"`
}

// Error implements error.
func (r *refusal) Error() string {
	return problemLines(fmt.Sprintf("the service answered %d %s: %s", r.Status, r.Code, r.Detail), r.Problems)
}

// final says that asking again would be refused again.
func (r *refusal) final() bool {
	return r.Status >= 400 && r.Status < 500 && r.Status != http.StatusTooManyRequests
}

const answerMost = 4 << 20 // bytes that are read of an answer

// raw makes one call and returns the body and the header of a 2xx answer; any other is a [*refusal].
func (c client) raw(ctx context.Context, method, path string, body []byte, header http.Header) ([]byte, http.Header, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, nil, fmt.Errorf("address of the service: %w", err)
	}
	maps.Copy(req.Header, header)
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, nil, fmt.Errorf("call the service: %w", err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, answerMost))
	if err != nil {
		return nil, nil, fmt.Errorf("read the answer: %w", err)
	}
	if resp.StatusCode >= 200 && resp.StatusCode <= 299 {
		return text, resp.Header, nil
	}
	no := &refusal{}
	if json.Unmarshal(text, no) != nil {
		no.Detail = http.StatusText(resp.StatusCode)
	}
	no.Status = resp.StatusCode
	return nil, resp.Header, no
}

// call sends in as JSON, unless it is nil, and reads the answer into out, unless that is nil. A key makes repetitions one.
func (c client) call(ctx context.Context, method, path, key string, in, out any) error {
	var body []byte
	header := http.Header{}
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return fmt.Errorf("encode the request: %w", err)
		}
		header.Set("Content-Type", "application/json")
	}
	if key != "" {
		header.Set("Idempotency-Key", key)
	}
	text, _, err := c.raw(ctx, method, path, body, header)
	if err != nil || out == nil {
		return err
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("%s %s: the answer is not what was expected: %w", method, path, err)
	}
	return nil
}
