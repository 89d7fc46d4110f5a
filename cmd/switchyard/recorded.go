package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"switchyard/actors/routing"
	"switchyard/actors/routing/simulation"
)

// A recorded day is a file of JSON lines: a header, then what happened, in the order in which it was committed: events of
// conversations in their own format, and the commands by which agents declared their status, in that of inputs.

// dayHeader is the first line of a recorded day.
type dayHeader struct {
	V      int                           `json:"v"`
	Type   string                        `json:"type"` // "day"
	Tenant routing.TenantID              `json:"tenant"`
	From   time.Time                     `json:"from"`
	To     time.Time                     `json:"to"`
	Idle   map[routing.AgentID]time.Time `json:"idle_since,omitempty"`
	// Attributes are those of the customers' records, which rules read.
	Attributes map[routing.CustomerID]map[string]string `json:"attributes,omitempty"`
}

const (
	dayVersion = 1
	dayType    = "day"
	maxDayLine = 1 << 20
)

// writeDay writes a recording.
func writeDay(w io.Writer, r *simulation.Recording) error {
	out := json.NewEncoder(w)
	if err := out.Encode(dayHeader{dayVersion, dayType, r.Tenant, r.From, r.To, r.Idle, r.Attributes}); err != nil {
		return err
	}
	for _, f := range r.Facts {
		var line any = f.Event
		if f.Shift != nil {
			line = f.Shift
		}
		if err := out.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

// readDayFile reads a recorded day, which may be compressed by gzip.
func readDayFile(path string) (*simulation.Recording, error) {
	file, err := os.Open(path) //nolint:gosec // the file that the operator names
	if err != nil {
		return nil, fmt.Errorf("read the recorded day: %w", err)
	}
	r, err := readDay(file)
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

func readDay(in io.Reader) (*simulation.Recording, error) {
	plain, err := unpacked(in)
	if err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(plain)
	lines.Buffer(nil, maxDayLine)
	var header dayHeader
	if !lines.Scan() || json.Unmarshal(lines.Bytes(), &header) != nil || header.Type != dayType {
		return nil, errors.Join(errors.New("this is no recorded day; `switchyard export --events` writes one"), lines.Err())
	}
	if header.V != dayVersion {
		return nil, fmt.Errorf("version %d of a recorded day is not known to this program; use a newer one", header.V)
	}
	r := &simulation.Recording{Tenant: header.Tenant, From: header.From, To: header.To, Idle: header.Idle, Attributes: header.Attributes}
	for n := 2; lines.Scan(); n++ {
		f, err := readFact(lines.Bytes())
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		r.Facts = append(r.Facts, f)
	}
	if !r.To.After(r.From) {
		return nil, errors.New("the day ends before it begins")
	}
	return r, lines.Err()
}

// readFact reads a line: an input has a command, an event has none.
func readFact(line []byte) (simulation.Fact, error) {
	if !bytes.Contains(line, []byte(`"command":`)) {
		e := &routing.Envelope{}
		return simulation.Fact{Event: e}, json.Unmarshal(line, e)
	}
	var kind struct{ Command json.RawMessage }
	if err := json.Unmarshal(line, &kind); err != nil || kind.Command == nil {
		e := &routing.Envelope{}
		return simulation.Fact{Event: e}, json.Unmarshal(line, e)
	}
	in := &routing.Input{}
	return simulation.Fact{Shift: in}, json.Unmarshal(line, in)
}
