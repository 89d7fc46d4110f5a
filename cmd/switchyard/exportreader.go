package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"switchyard/persistence"
)

// What can be wrong with an export.
var (
	errNoExport      = errors.New("this is no export of Switchyard")
	errNewerExport   = errors.New("a newer Switchyard wrote this export; import it with that one, or a newer one")
	errDamagedExport = errors.New("the export is damaged or cut off; make it again")
)

// Bounds of what is read. A line holds at most what one batch may hold, and JSON makes six bytes of one at the worst.
const (
	maxExportLine   = 8 * persistence.MaxBatchBytes
	maxExportWindow = 10 * 365 * 24 * time.Hour
)

// exportReader reads an export, line by line.
type exportReader struct {
	exportHeader
	in     *bufio.Reader
	sum    hash.Hash
	buffer []byte
	pieces int
	over   error // io.EOF after the end, or what was wrong
}

// newExportReader reads the header. The export may be compressed by gzip.
func newExportReader(in io.Reader) (*exportReader, error) {
	plain, err := unpacked(in)
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", errDamagedExport, err)
	}
	r := &exportReader{in: plain, sum: sha256.New()}
	line, err := r.line()
	if err != nil && len(r.buffer) == 0 {
		return nil, fmt.Errorf("%w: it is empty (%w)", errNoExport, err)
	}
	// A later version may have more in its header; which version it is, it tells in the same way.
	if json.Unmarshal(line, &r.exportHeader) != nil || r.Format != exportFormat {
		return nil, fmt.Errorf("%w, or its first line is damaged", errNoExport)
	}
	if r.Version > exportVersion {
		return nil, fmt.Errorf("%w (version %d, this program reads up to %d)", errNewerExport, r.Version, exportVersion)
	}
	if strictly(line, &r.exportHeader) != nil || r.Version < 1 || r.ID == "" || len(r.Tenants) == 0 || err != nil {
		return nil, r.damaged("its header is not whole")
	}
	_, _ = r.sum.Write(r.buffer) // never fails
	return r, nil
}

// unpacked reads what may be compressed by gzip.
func unpacked(in io.Reader) (*bufio.Reader, error) {
	r := bufio.NewReaderSize(in, 1<<16)
	magic, _ := r.Peek(2) // what cannot be read says so at its first line
	if !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return r, nil
	}
	plain, err := gzip.NewReader(r)
	if err != nil {
		return nil, err
	}
	return bufio.NewReaderSize(plain, 1<<16), nil
}

// line reads up to the next line's end, which is left in the buffer and not returned.
func (r *exportReader) line() ([]byte, error) {
	r.buffer = r.buffer[:0]
	for {
		some, err := r.in.ReadSlice('\n')
		r.buffer = append(r.buffer, some...)
		switch {
		case len(r.buffer) > maxExportLine:
			return nil, errors.New("a line is too long")
		case err == nil:
			return r.buffer[:len(r.buffer)-1], nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return r.buffer, err
		}
	}
}

func (r *exportReader) damaged(why string) error {
	return fmt.Errorf("%w (after %d pieces: %s)", errDamagedExport, r.pieces, why)
}

// next returns the next piece, and io.EOF after the last one when the whole export checks out.
func (r *exportReader) next() (persistence.Piece, error) {
	if r.over != nil {
		return nil, r.over
	}
	p, err := r.read()
	r.over = err
	return p, err
}

func (r *exportReader) read() (persistence.Piece, error) {
	line, err := r.line()
	if errors.Is(err, io.EOF) {
		return nil, r.damaged("it has no end")
	}
	if err != nil {
		return nil, r.damaged(err.Error())
	}
	var l exportLine
	if err := strictly(line, &l); err != nil {
		return nil, r.damaged(err.Error())
	}
	if l.End != nil {
		return nil, r.finish(line, *l.End)
	}
	p, ok := l.piece()
	if !ok {
		return nil, r.damaged("a line is of no kind, or of several")
	}
	if err := persistence.ValidPieces([]persistence.Piece{p}); err != nil {
		return nil, r.damaged(err.Error())
	}
	_, _ = r.sum.Write(r.buffer) // never fails
	r.pieces++
	return p, nil
}

// finish checks the last line, and that it is the last. No sum guards it, so it must be what it would be written as.
func (r *exportReader) finish(line []byte, end exportEnd) error {
	if end.Pieces != r.pieces {
		return r.damaged("the number of its pieces is another")
	}
	whole, err := unescaped(exportLine{End: &exportEnd{Pieces: r.pieces, SHA256: hex.EncodeToString(r.sum.Sum(nil))}})
	if err != nil || !bytes.Equal(line, whole) {
		return r.damaged("its checksum is another")
	}
	if more, err := r.in.ReadByte(); !errors.Is(err, io.EOF) {
		return r.damaged(fmt.Sprintf("after its end there is %q, %v", more, err))
	}
	return io.EOF
}

// kinds counts the kinds that a line is of.
func (l *exportLine) kinds() int {
	n := 0
	for _, kind := range []*exportText{l.Record, l.List, l.Stream, l.Key, l.Input} {
		if kind != nil {
			n++
		}
	}
	return n
}

// piece is what the line holds; false when it is of no kind, or of several, or lacks something.
func (l *exportLine) piece() (persistence.Piece, bool) {
	if l.kinds() != 1 {
		return nil, false
	}
	switch {
	case l.Record != nil && l.Value != nil:
		return persistence.Record{Key: string(*l.Record), Value: *l.Value}, true
	case l.List != nil || l.Stream != nil:
		return l.entries()
	case l.Key != nil && l.Sum != nil && l.WindowMS > 0 && l.WindowMS <= maxExportWindow.Milliseconds():
		k := persistence.Known{Key: string(*l.Key), Sum: string(*l.Sum), Window: time.Duration(l.WindowMS) * time.Millisecond}
		if l.Reply != nil {
			k.Reply = *l.Reply
		}
		return k, true
	case l.Input != nil && l.Body != nil:
		return persistence.Entry{Key: string(*l.Input), Body: *l.Body}, true
	}
	return nil, false
}

func (l *exportLine) entries() (persistence.Piece, bool) {
	e := persistence.Entries{Stream: l.Stream != nil, Dropped: l.Dropped}
	if e.Stream {
		e.Name = string(*l.Stream)
	} else {
		e.Name = string(*l.List)
	}
	ok := e.Dropped == "" || isPlace(e.Dropped)
	for _, it := range l.Items {
		ok = ok && isPlace(it.Place) && it.Value != nil
		e.Items = append(e.Items, persistence.Item{ID: it.Place, Value: it.Value})
	}
	return e, ok
}

// isPlace says whether an ID is of the form that all stores have.
func isPlace(id persistence.ID) bool {
	const digits = 16
	return len(id) == digits && len(bytes.Trim([]byte(id), "0123456789abcdef")) == 0
}

// strictly decodes one JSON value with nothing in it that is not known.
func strictly(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more than one value in a line")
	}
	return nil
}
