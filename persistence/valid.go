package persistence

import "fmt"

// Valid says whether in can be ingested by any store, as an error that wraps [ErrInvalid] if not. Every store asks it first.
func (in Input) Valid() error {
	switch {
	case in.Key == "":
		return fmt.Errorf("%w: an input needs a key by which a repetition is recognised", ErrInvalid)
	case in.Window <= 0:
		return fmt.Errorf("%w: the window of input %q is %v; it must be positive", ErrInvalid, in.Key, in.Window)
	case len(in.Key)+len(in.Sum)+len(in.Body) > MaxInputBytes:
		return fmt.Errorf("%w: input %q is larger than %d bytes", ErrInvalid, in.Key, MaxInputBytes)
	}
	return nil
}

// Valid says whether b can be committed by any store, as an error that wraps [ErrInvalid] if not. Every store asks it first.
func (b Batch) Valid() error {
	if b.ID == "" {
		return fmt.Errorf("%w: a batch needs an id by which a repetition is recognised", ErrInvalid)
	}
	if len(b.Ack) > MaxBatchAcks {
		return fmt.Errorf("%w: batch %q acknowledges %d inputs, at most %d are allowed; commit twice", ErrInvalid, b.ID, len(b.Ack), MaxBatchAcks)
	}
	size, empty := 0, false
	add := func(key string, value []byte) {
		size += len(key) + len(value)
		empty = empty || key == ""
	}
	for k, v := range b.Put {
		add(k, v)
	}
	for _, k := range b.Del {
		add(k, nil)
	}
	for _, name := range b.Drop {
		add(name, nil)
	}
	for _, a := range b.Append {
		add(a.List, a.Value)
	}
	for _, e := range b.Event {
		add(e.Stream, e.Value)
	}
	for _, r := range b.Reply {
		add(r.Key, r.Value)
	}
	if empty {
		return fmt.Errorf("%w: batch %q writes under an empty key", ErrInvalid, b.ID)
	}
	if size > MaxBatchBytes {
		return fmt.Errorf("%w: batch %q has %d bytes of keys and values, at most %d are allowed; commit twice", ErrInvalid, b.ID, size, MaxBatchBytes)
	}
	return nil
}
