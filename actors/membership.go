package actors

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"switchyard/persistence"
)

// membership is what this node knows of the nodes that share the store. All nodes rank the living ones for each partition
// alike, and the first is the one to serve it; so nobody has to be asked. What a node knows may be old, which costs time and
// nothing else: the lease says who tries, and the commit says who wins.
type membership struct {
	mu     sync.Mutex
	self   persistence.Node
	living []persistence.Node
	heard  time.Time // when the store answered last
	doubt  time.Time // until when nobody counts as gone
	twin   time.Time // since when another life of this node's name is heard of
}

// How a node judges its own silence.
const (
	// silence is how long the store may not answer a node before that node takes itself for cut off.
	silence = 2 * time.Second
	// benefit is how long a node that was cut off gives the others to be heard again: they were, too, if the store was away.
	benefit = 2 * time.Second
	// afterlife is how long a life of this node's name may still be on the roll, which ended when the node was started again.
	afterlife = 5 * time.Second
)

func newMembership(self persistence.Node) *membership { return &membership{self: self} }

// take notes who lives, as the store has just said, and returns whether that changes anything.
func (m *membership) take(now time.Time, living []persistence.Node) (changed bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.heard.IsZero() && now.Sub(m.heard) > silence {
		m.doubt = now.Add(benefit)
	}
	m.heard = now
	if now.Before(m.doubt) {
		for _, n := range m.living {
			if !slices.ContainsFunc(living, func(l persistence.Node) bool { return l.Life == n.Life }) {
				living = append(living, n)
			}
		}
		slices.SortFunc(living, func(a, b persistence.Node) int { return strings.Compare(a.Life, b.Life) })
	}
	if !slices.ContainsFunc(living, func(n persistence.Node) bool { return n.Name == m.self.Name && n.Life != m.self.Life }) {
		m.twin = time.Time{}
	} else if m.twin.IsZero() {
		m.twin = now
	}
	changed = !slices.Equal(living, m.living)
	m.living = living
	return changed
}

// me is this node as it shows itself.
func (m *membership) me() persistence.Node {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.self
}

// leave makes this node one that wants nothing more.
func (m *membership) leave() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.self.Leaving = true
}

// wants says whether this node is the one to serve a partition.
func (m *membership) wants(part int) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return !m.self.Leaving && firstOf(part, m.candidates()) == m.self.Name
}

// others says whether another node could serve.
func (m *membership) others() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.ContainsFunc(m.candidates(), func(name string) bool { return name != m.self.Name })
}

// candidates are the names of the nodes that want partitions, this one among them unless it leaves.
func (m *membership) candidates() []string {
	var names []string
	for _, n := range m.living {
		if !n.Leaving && n.Life != m.self.Life {
			names = append(names, n.Name)
		}
	}
	if !m.self.Leaving {
		names = append(names, m.self.Name)
	}
	return names
}

// lives are the runs of nodes that are known to go on, this one's among them.
func (m *membership) lives() map[string]bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	lives := map[string]bool{m.self.Life: true}
	for _, n := range m.living {
		lives[n.Life] = true
	}
	return lives
}

// twinned says that another process goes by this node's name. Each takes the other's leases for its own, so that neither gets on.
func (m *membership) twinned(now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return !m.twin.IsZero() && now.Sub(m.twin) > afterlife
}

// cutOff says that the store has not answered for long.
func (m *membership) cutOff(now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return now.Sub(m.heard) > silence
}

// firstOf is who of the named is first for a partition, empty when there is nobody: each draws a number that follows from the
// partition and the name, and the highest wins (rendezvous hashing; Thaler and Ravishankar, 1998). Who comes takes only what
// it wins, and who goes leaves only what it had.
func firstOf(part int, names []string) string {
	var first string
	var highest uint64
	for _, name := range names {
		sum := sha256.Sum256([]byte(strconv.Itoa(part) + " " + name))
		if draw := binary.BigEndian.Uint64(sum[:]); first == "" || draw > highest {
			first, highest = name, draw
		}
	}
	return first
}
