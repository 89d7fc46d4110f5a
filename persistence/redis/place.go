package redis

import (
	"fmt"
	"strconv"
	"strings"

	"switchyard/persistence"
)

// idOf shows a place as 16 hexadecimal digits, so that places are ordered as strings. It takes what Redis keeps: the
// decimal number, with or without the "-0" that makes it the ID of an entry.
func idOf(place string) (persistence.ID, error) {
	digits, _, _ := strings.Cut(place, "-")
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		return "", fmt.Errorf("%w: %q is no place", persistence.ErrDamaged, place)
	}
	return idAt(n), nil
}

func idAt(place uint64) persistence.ID { return persistence.ID(fmt.Sprintf("%016x", place)) }

// placeOf reads an ID into the decimal number; the empty one is 0. An ID that this store never made is invalid.
func placeOf(id persistence.ID) (string, error) {
	if id == "" {
		return "0", nil
	}
	n, err := strconv.ParseUint(string(id), 16, 64)
	if err != nil || len(id) != 16 {
		return "", fmt.Errorf("%w: %q is no place in this store", persistence.ErrInvalid, id)
	}
	return strconv.FormatUint(n, 10), nil
}

// entryOf is the stream entry at an ID that this store has made.
func entryOf(id persistence.ID) string {
	place, _ := placeOf(id)
	return place + "-0"
}

// waitingAt is the place of an input at an ID, one where none ever is for an ID that this store never made.
func waitingAt(id persistence.ID) string {
	place, err := placeOf(id)
	if err != nil {
		return "0"
	}
	return place
}
