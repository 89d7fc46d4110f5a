package routing

const (
	levelStep Level = 10                        // levels come in steps of ten
	rungs           = int(MaxLevel / levelStep) // so a skill has ten of them, here counted 1..10
)

// bitmap is a set of places with a summary: bit w of the sums is set exactly when word w has a bit.
type bitmap struct{ words, sums []uint64 }

// places is how many places there are, a multiple of 64.
func (b *bitmap) places() int { return len(b.words) << 6 }

func (b *bitmap) has(place int) bool { return b.words[place>>6]&(1<<(place&63)) != 0 }

func (b *bitmap) put(place int, in bool) {
	w, bit := place>>6, uint64(1)<<(place&63)
	if in {
		b.words[w] |= bit
		b.sums[w>>6] |= 1 << (w & 63)
		return
	}
	if b.words[w] &^= bit; b.words[w] == 0 {
		b.sums[w>>6] &^= 1 << (w & 63)
	}
}

// clear empties the set and gives it that many words; it allocates only when the number changes.
func (b *bitmap) clear(words int) {
	b.words, b.sums = blank(b.words, words), blank(b.sums, (words+63)>>6)
}

// scale says who has one skill, rung by rung: at rung n stand all whose level is n or better. The rungs of 64 places lie
// together, so that marking a place touches one stretch of memory. Its sums may keep a bit whose word has become empty.
type scale struct{ words, sums []ladder }

// ladder is one word per rung, the lowest first.
type ladder [rungs]uint64

// mark puts the place on every rung up to the given one.
func (s *scale) mark(place, rung int) {
	w, bit := place>>6, uint64(1)<<(place&63)
	words, sums, sum := &s.words[w], &s.sums[w>>6], uint64(1)<<(w&63)
	for i := range rung {
		words[i] |= bit
		sums[i] |= sum
	}
}

// strike takes the place off every rung.
func (s *scale) strike(place int) {
	words, bit := &s.words[place>>6], uint64(1)<<(place&63)
	for i := range words {
		words[i] &^= bit
	}
}

// clear empties the scale and gives it that many words; it allocates only when the number changes.
func (s *scale) clear(words int) {
	s.words, s.sums = blank(s.words, words), blank(s.sums, (words+63)>>6)
}

// term is one need of a question: at least this rung of a scale.
type term struct {
	scale *scale
	rung  int // 1..10
}

// terms is a question: what all of them hold for.
type terms []term

// words is word w of the places that meet every term and stand on at least the given rung in each.
func (t terms) words(w, rung int) uint64 {
	all := ^uint64(0)
	for i := range t {
		all &= t[i].scale.words[w][max(rung, t[i].rung)-1]
	}
	return all
}

// sums is word i of the summary of words: without a bit there, the word is empty.
func (t terms) sums(i, rung int) uint64 {
	all := ^uint64(0)
	for j := range t {
		all &= t[j].scale.sums[i][max(rung, t[j].rung)-1]
	}
	return all
}

func blank[T any](old []T, n int) []T {
	if len(old) != n {
		return make([]T, n)
	}
	clear(old)
	return old
}
