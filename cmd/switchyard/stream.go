package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// event is one event of a desk's stream.
type event struct {
	id, name string
	data     []byte
}

const eventMost = 1 << 20 // bytes of one line of a stream

// listen reads the desk's stream from a cursor on and gives each event to hear, until ctx ends, the stream does or hear
// returns an error. The error is never nil.
func (c client) listen(ctx context.Context, after string, hear func(event) error) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/v1/desk/events?after="+url.QueryEscape(after), http.NoBody)
	if err != nil {
		return fmt.Errorf("address of the service: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	resp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("open the stream: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return &refusal{Status: resp.StatusCode, Detail: "no stream"}
	}
	return readEvents(resp.Body, hear)
}

var errStreamEnded = errors.New("the stream has ended")

func readEvents(r io.Reader, hear func(event) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 4<<10), eventMost)
	var e event
	for lines.Scan() {
		line := lines.Bytes()
		if len(line) == 0 {
			if e.name != "" {
				if err := hear(e); err != nil {
					return err
				}
			}
			e = event{}
			continue
		}
		field, value, _ := bytes.Cut(line, []byte(": "))
		switch string(field) {
		case "id":
			e.id = string(value)
		case "event":
			e.name = string(value)
		case "data":
			e.data = bytes.Clone(value)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read the stream: %w", err)
	}
	return errStreamEnded
}
