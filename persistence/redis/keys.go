package redis

import "strconv"

// The keys of ours. Every key of a partition carries the partition's number as its hash tag, so that a cluster keeps them
// together and one script may touch them all; the tag is fixed, since another one would be another place.
//
//	switchyard:store             hash    format, partitions: what this Redis was set up as
//	switchyard:nodes             hash    of each life of a node: until (ms of Redis' clock), whether it is leaving, its name
//	switchyard:{p0}:own          hash    token, node, until (ms of Redis' clock): the lease
//	                                     epoch: how many leases there have been
//	                                     seq, last: number and id of the last commit
//	                                     broken: why nobody may work on this partition, absent when well
//	switchyard:{p0}:place        number  the last place given away, in the inbox or a list
//	switchyard:{p0}:inputs       hash    inputs accepted and not yet consumed by their places: "<length of the key> <key><body>"
//	switchyard:{p0}:waiting      zset    their places, all with score 0: the inbox in order
//	switchyard:{p0}:inbox        stream  inputs from a node of format 1: key, body; moved to the others when the inbox is read
//	switchyard:{p0}:seen:<key>   string  an ingest key within its window (the key's TTL); see lua/seen.lua
//	switchyard:{p0}:records      hash    records by their keys
//	switchyard:{p0}:names        zset    the records' keys, all with score 0, for reading them in order
//	switchyard:{p0}:list:<name>  stream  a list or stream; values that came together are one entry of a list
//	switchyard:{p0}:trimmed      hash    of each stream that has lost entries, the newest that is gone
//
// And the channels:
//
//	switchyard:{p0}:bells        what has happened in the partition; see bells.go
//	switchyard:nodes             that nodes have come or gone
//
// An entry of a Redis stream has the ID "<place>-0"; place.go tells how a place is shown. Of several values in one entry the last
// has that place, and those before it have the places before.
const (
	prefix   = "switchyard:"
	storeKey = prefix + "store"
	nodesKey = prefix + "nodes" // the key, and the channel
)

// format is the version of the layout above. Of the earlier one, where an ingest key was a hash, the inbox a stream, and each entry of a
// list one value, everything is read for ever; but who knows no other cannot go on with this one, nor work beside those who do.
const (
	format  = 2
	earlier = "1"
)

// keys are the names of one partition.
type keys struct {
	own, place, inbox, inputs, waiting, records, names, trimmed, bells string
	seen, list                                                         string // to be continued with a key or a name
}

func keysOf(part int) keys {
	p := prefix + "{p" + strconv.Itoa(part) + "}:"
	return keys{
		own: p + "own", place: p + "place", inbox: p + "inbox", inputs: p + "inputs", waiting: p + "waiting", records: p + "records", names: p + "names",
		trimmed: p + "trimmed", bells: p + "bells", seen: p + "seen:", list: p + "list:",
	}
}
