package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"time"
	"unicode/utf8"

	"switchyard/persistence"
)

// An export is a text of JSON lines: a header, a line for each piece, and an end that says how many pieces there are and the
// SHA-256 of all lines before it. Files of all versions up to this one are read, for ever.
const (
	exportFormat  = "switchyard export"
	exportVersion = 1
)

// exportHeader is the first line.
type exportHeader struct {
	Format     string    `json:"format"`
	Version    int       `json:"version"`
	ID         string    `json:"id"` // no two exports have the same
	At         time.Time `json:"at"`
	Store      string    `json:"store"` // what kind of store it comes from
	Partitions int       `json:"partitions"`
	Tenants    []string  `json:"tenants"` // those that have a configuration
}

// exportLine is every other line: one of Record, List, Stream, Key, Input or End, with what belongs to it.
type exportLine struct {
	Record *exportText `json:"record,omitempty"` // a record's key
	Value  *exportText `json:"value,omitempty"`

	List    *exportText    `json:"list,omitempty"`
	Stream  *exportText    `json:"stream,omitempty"`
	Dropped persistence.ID `json:"dropped,omitempty"`
	Items   []exportItem   `json:"items,omitempty"`

	Key      *exportText `json:"key,omitempty"` // an ingest key
	Sum      *exportText `json:"sum,omitempty"`
	Reply    *exportText `json:"reply,omitempty"` // absent: not answered
	WindowMS int64       `json:"window_ms,omitempty"`

	Input *exportText `json:"input,omitempty"` // the ingest key of an input that is not worked off
	Body  *exportText `json:"body,omitempty"`

	End *exportEnd `json:"end,omitempty"`
}

type exportItem struct {
	Place persistence.ID `json:"place"`
	Value exportText     `json:"value"`
}

type exportEnd struct {
	Pieces int    `json:"pieces"`
	SHA256 string `json:"sha256"`
}

// exportText is written as a string where it is UTF-8, as nearly everything is, and as {"base64": …} where it is not.
type exportText []byte

type exportBinary struct {
	Base64 []byte `json:"base64"`
}

// MarshalJSON implements json.Marshaler.
func (t exportText) MarshalJSON() ([]byte, error) {
	if utf8.Valid(t) {
		return unescaped(string(t))
	}
	return json.Marshal(exportBinary{t})
}

// UnmarshalJSON implements json.Unmarshaler.
func (t *exportText) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		var text string
		if err := json.Unmarshal(b, &text); err != nil {
			return fmt.Errorf("text: %w", err)
		}
		*t = exportText(text)
		return nil
	}
	var binary exportBinary
	if err := strictly(b, &binary); err != nil || len(binary.Base64) == 0 {
		return fmt.Errorf("%q is neither a string nor base64", b)
	}
	*t = binary.Base64
	return nil
}

// unescaped encodes a value in one line, leaving &, < and > readable.
func unescaped(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

func exportTextOf[T string | []byte](s T) *exportText {
	t := exportText(s)
	return &t
}

// lineOf is the line of a piece.
func lineOf(p persistence.Piece) exportLine {
	var l exportLine
	switch p := p.(type) {
	case persistence.Record:
		l.Record, l.Value = exportTextOf(p.Key), exportTextOf(p.Value)
	case persistence.Entries:
		if l.List = exportTextOf(p.Name); p.Stream {
			l.List, l.Stream, l.Dropped = nil, l.List, p.Dropped
		}
		for _, it := range p.Items {
			l.Items = append(l.Items, exportItem{it.ID, it.Value})
		}
	case persistence.Known:
		l.Key, l.Sum = exportTextOf(p.Key), exportTextOf(p.Sum)
		l.WindowMS = int64((p.Window + time.Millisecond - 1) / time.Millisecond)
		if p.Reply != nil {
			l.Reply = exportTextOf(p.Reply)
		}
	case persistence.Entry:
		l.Input, l.Body = exportTextOf(p.Key), exportTextOf(p.Body)
	}
	return l
}

// exportWriter writes an export. It remembers nothing of what it has written but the sum.
type exportWriter struct {
	out    *bufio.Writer
	sum    hash.Hash
	pieces int
}

func newExportWriter(out io.Writer, h exportHeader) (*exportWriter, error) {
	w := &exportWriter{out: bufio.NewWriterSize(out, 1<<16), sum: sha256.New()}
	h.Format, h.Version = exportFormat, exportVersion
	return w, w.line(h)
}

func (w *exportWriter) line(v any) error {
	b, err := unescaped(v)
	if err != nil {
		return fmt.Errorf("encode a line: %w", err)
	}
	b = append(b, '\n')
	_, _ = w.sum.Write(b) // never fails
	if _, err := w.out.Write(b); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

func (w *exportWriter) piece(p persistence.Piece) error {
	w.pieces++
	return w.line(lineOf(p))
}

// end writes the last line. Without it the export is not whole.
func (w *exportWriter) end() error {
	if err := w.line(exportLine{End: &exportEnd{Pieces: w.pieces, SHA256: hex.EncodeToString(w.sum.Sum(nil))}}); err != nil {
		return err
	}
	if err := w.out.Flush(); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}
