package pebble

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"

	"switchyard/persistence"
)

// The data directory holds store/FORMAT (see format.go) and store/db, a Pebble database. There
//
//	key = partition (2 bytes) + family (1 byte) + rest
//
//	family       rest                     value
//	's' state    -                        places, epoch, seq (uvarints), id of the last batch
//	'i' inbox    place                    length of the key (uvarint), key, body
//	'd' dedupe   ingest key               expiry (8), place of the input (8), sum
//	'r' reply    ingest key               what the command's sender is told
//	'k' record   record key               value
//	'l' list     length, name, place      value
//	'e' stream   length, name, place      value
//	't' trimmed  length, name             the newest place that is gone from a stream with gaps
//
// and, once for all partitions, under the partition number 0xffff:
//
//	'x' expiry   minute (8), partition (2), ingest key        nothing
//
// Numbers of fixed length are big endian, so that their order is that of the keys. A place is 8 bytes and counts from 1:
// one count for the inbox and the lists of a partition, one for each stream. The places of a stream have no gaps, so what
// has been trimmed can be told from its oldest entry; unless it was restored with gaps, then there is an entry of family 't'
// until those have been trimmed. Expiries are milliseconds since 1970. The expiry index names a key
// at the minute in which its window ends as of the writing; whoever sweeps a minute looks into the dedupe entry for the truth.
const (
	familyState  = 's'
	familyInbox  = 'i'
	familyDedupe = 'd'
	familyReply  = 'r'
	familyRecord = 'k'
	familyList   = 'l'
	familyStream = 'e'
	familyExpiry = 'x'
	familyTrim   = 't'

	everyPartition = 0xffff
	maxPartitions  = 1 << 12
	placeBytes     = 8
)

var errLayout = errors.New("an entry does not have the layout of its family")

func appendFamily(b []byte, part uint16, family byte) []byte {
	return append(binary.BigEndian.AppendUint16(b, part), family)
}

func familyKey(part uint16, family byte, rest string) []byte {
	return append(appendFamily(make([]byte, 0, 3+len(rest)), part, family), rest...)
}

func appendPlace(b []byte, place uint64) []byte { return binary.BigEndian.AppendUint64(b, place) }

// appendNamed begins the key of a list's or stream's entries; a place follows.
func appendNamed(b []byte, part uint16, family byte, name string) []byte {
	b = appendFamily(b, part, family)
	b = binary.AppendUvarint(b, uint64(len(name)))
	return append(b, name...)
}

func placeOfKey(key []byte) uint64 { return binary.BigEndian.Uint64(key[len(key)-placeBytes:]) }

// beyond is the first key that is greater than all that begin with prefix.
func beyond(prefix []byte) []byte {
	end := append([]byte(nil), prefix...)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i]++; end[i] != 0 {
			return end[:i+1]
		}
	}
	return nil
}

func appendExpiryKey(b []byte, minute uint64, part uint16, key []byte) []byte {
	b = appendFamily(b, everyPartition, familyExpiry)
	b = binary.BigEndian.AppendUint64(b, minute)
	b = binary.BigEndian.AppendUint16(b, part)
	return append(b, key...)
}

func parseExpiryKey(key []byte) (part uint16, ingestKey []byte, err error) {
	const fixed = 3 + 8 + 2
	if len(key) <= fixed {
		return 0, nil, errLayout
	}
	return binary.BigEndian.Uint16(key[11:]), key[fixed:], nil
}

func appendInbox(b []byte, key string, body []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(key)))
	b = append(b, key...)
	return append(b, body...)
}

func parseInbox(value []byte) (key, body []byte, err error) {
	size, n := binary.Uvarint(value)
	if n <= 0 {
		return nil, nil, errLayout
	}
	if value = value[n:]; size > uint64(len(value)) {
		return nil, nil, errLayout
	}
	return value[:size], value[size:], nil
}

func appendDedupe(b []byte, k *known) []byte {
	b = binary.BigEndian.AppendUint64(b, k.expiry)
	b = appendPlace(b, k.place)
	return append(b, k.sum...)
}

func parseDedupe(value []byte) (*known, error) {
	if len(value) < 16 {
		return nil, errLayout
	}
	return &known{
		expiry: binary.BigEndian.Uint64(value),
		place:  binary.BigEndian.Uint64(value[8:]),
		sum:    string(value[16:]),
	}, nil
}

func appendState(b []byte, p *partition) []byte {
	b = binary.AppendUvarint(b, p.places)
	b = binary.AppendUvarint(b, p.epoch)
	b = binary.AppendUvarint(b, p.seq)
	return append(b, p.last...)
}

func parseState(value []byte, p *partition) error {
	for _, n := range []*uint64{&p.places, &p.epoch, &p.seq} {
		v, size := binary.Uvarint(value)
		if size <= 0 {
			return errLayout
		}
		*n, value = v, value[size:]
	}
	p.last = string(value)
	return nil
}

// idOf writes a place as the port shows it: 16 hexadecimal digits.
func idOf(place uint64) persistence.ID {
	const digits = "0123456789abcdef"
	var b [16]byte
	for i := range b {
		b[i] = digits[place>>(60-4*i)&0xf]
	}
	return persistence.ID(b[:])
}

// placeOf reads an ID; the empty one is 0. An ID that this store never made is invalid.
func placeOf(id persistence.ID) (uint64, error) {
	if id == "" {
		return 0, nil
	}
	place, err := strconv.ParseUint(string(id), 16, 64)
	if err != nil || len(id) != 16 {
		return 0, fmt.Errorf("%w: %q is no place in this store", persistence.ErrInvalid, id)
	}
	return place, nil
}
