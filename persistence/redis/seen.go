package redis

import (
	"fmt"
	"strconv"
	"strings"

	"switchyard/persistence"
)

// seen is what is kept of an ingest key; lua/seen.lua tells how.
type seen struct {
	id    persistence.ID
	sum   string
	reply []byte // nil when there is none
}

// String is what is kept after the place, which scripts put before it.
func (s seen) String() string {
	kept := " " + strconv.Itoa(len(s.sum)) + " " + s.sum
	if s.reply != nil {
		kept += "=" + string(s.reply)
	}
	return kept
}

func seenOf(kept string) (seen, error) {
	place, rest, _ := strings.Cut(kept, " ")
	length, rest, _ := strings.Cut(rest, " ")
	n, err := strconv.ParseUint(length, 10, 31)
	if err != nil || int(n) > len(rest) {
		return seen{}, fmt.Errorf("%w: %q under an ingest key", persistence.ErrDamaged, kept)
	}
	s := seen{sum: rest[:n]}
	if reply, replied := strings.CutPrefix(rest[n:], "="); replied {
		s.reply = []byte(reply)
	}
	s.id, err = idOf(place)
	return s, err
}
