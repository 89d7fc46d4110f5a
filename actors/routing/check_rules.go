package routing

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
)

const maxPattern = 500 // bytes

func (c *checker) rules(path string, rules []ChannelRule) {
	for i, r := range rules {
		at := index(path, i)
		c.conditions(at, r)
		if r.Queue != "" {
			c.queueRef(at+".queue", r.Queue)
		}
		c.needs(at+".skills", r.Skills, "keep the higher level")
		c.needs(at+".preferred_skills", r.PreferredSkills, "leave one out")
		if r.Priority != 0 {
			c.between(at+".priority", r.Priority, MinPriority, MaxPriority, "(higher first), or leave it out")
		}
		if r.Queue == "" && len(r.Skills) == 0 && len(r.PreferredSkills) == 0 && r.Priority == 0 {
			c.add(at, "it changes nothing; write a queue, skills, preferred_skills or a priority")
		}
		one := slices.IndexFunc(rules[:i], r.implies)
		switch {
		case one >= 0:
			c.add(at, "no text comes this far: %s holds whenever this does; put this one before it, or take one out", named(path, one, rules[one]))
		case r.impliesSome(rules[:i]):
			c.add(at, "no text comes this far: one of those before always holds when this does; put this one before them, or take it out")
		}
	}
}

func named(path string, i int, r ChannelRule) string {
	if r.Name != "" {
		return fmt.Sprintf("%s (%s)", index(path, i), r.Name)
	}
	return index(path, i)
}

func (c *checker) conditions(at string, r ChannelRule) {
	for i, k := range r.Keywords {
		if len(wordsOf(k)) != 1 || len(k) > maxKeyword {
			c.add(index(at+".keywords", i), "%q is not a word; write one word of at most %d bytes, or use pattern", k, maxKeyword)
		}
	}
	if _, err := regexp.Compile(r.Pattern); err != nil || len(r.Pattern) > maxPattern {
		c.add(at+".pattern", "%q is no regular expression of at most %d bytes in RE2 syntax; write one such as (?i)order [0-9]+", r.Pattern, maxPattern)
	}
	if r.Attribute != nil {
		c.present(at+".attribute.name", r.Attribute.Name, "write the attribute's name, such as tier")
		c.present(at+".attribute.is", r.Attribute.Is, "write its value, such as VIP")
	}
	for name, s := range map[string]ScheduleID{".during": r.During, ".outside": r.Outside} {
		if s != "" {
			c.scheduleRef(at+name, s)
		}
	}
	if r.During != "" && r.During == r.Outside {
		c.add(at+".outside", "it is never open and closed at once; take during or outside out")
	}
}

// implies says whether earlier's conditions hold whenever r's do.
func (r ChannelRule) implies(earlier ChannelRule) bool {
	among := func(k string) bool {
		return slices.ContainsFunc(earlier.Keywords, func(e string) bool { return slices.Equal(wordsOf(e), wordsOf(k)) })
	}
	switch {
	case len(earlier.Keywords) > 0 && (len(r.Keywords) == 0 || slices.ContainsFunc(r.Keywords, func(k string) bool { return !among(k) })):
	case earlier.Pattern != "" && earlier.Pattern != r.Pattern:
	case earlier.Attribute != nil && !reflect.DeepEqual(earlier.Attribute, r.Attribute):
	case earlier.During != "" && earlier.During != r.During:
	case earlier.Outside != "" && earlier.Outside != r.Outside:
	default:
		return true
	}
	return false
}

// impliesSome says whether one of the earlier rules, not always the same, holds whenever r does: for each of its keywords, or both while a
// schedule is open and while it is not.
func (r ChannelRule) impliesSome(earlier []ChannelRule) bool {
	if slices.ContainsFunc(earlier, r.implies) {
		return true
	}
	if len(r.Keywords) > 1 {
		return !slices.ContainsFunc(r.Keywords, func(k string) bool {
			alone := r
			alone.Keywords = []string{k}
			return !alone.impliesSome(earlier)
		})
	}
	if r.During != "" || r.Outside != "" {
		return false
	}
	return slices.ContainsFunc(earlier, func(e ChannelRule) bool {
		during, outside := r, r
		during.During, outside.Outside = e.During, e.During
		return e.During != "" && during.impliesSome(earlier) && outside.impliesSome(earlier)
	})
}
