package routing

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// ChannelRule sends the conversations of a channel elsewhere, or raises what they need, by their first text and their customer. The
// first rule whose conditions all hold counts; one without conditions always does.
type ChannelRule struct {
	Name string `json:"name,omitempty"`
	// Keywords hold when one of them is a word of the text, Pattern when the regular expression is found in it.
	Keywords []string `json:"keywords,omitempty"`
	Pattern  string   `json:"pattern,omitempty"`
	// Attribute holds when the customer's record has it. A customer who is not known has none.
	Attribute *AttributeIs `json:"attribute,omitempty"`
	// During holds while that schedule is open, Outside while it is closed.
	During  ScheduleID `json:"during,omitempty"`
	Outside ScheduleID `json:"outside,omitempty"`

	Queue           QueueID `json:"queue,omitempty"`            // instead of the channel's
	Skills          []Need  `json:"skills,omitempty"`           // besides the queue's
	PreferredSkills []Need  `json:"preferred_skills,omitempty"` // before the queue's
	Priority        int     `json:"priority,omitempty"`
}

// AttributeIs asks for an attribute of a customer's record, whatever its case.
type AttributeIs struct {
	Name string `json:"name"`
	Is   string `json:"is"`
}

// Guidance is where a conversation goes, and with what, when it begins. The zero Guidance is the channel's own.
type Guidance struct {
	Rule            string // the name of the rule that said so, or its number
	Queue           QueueID
	Skills          []Need
	PreferredSkills []Need
	Priority        int
}

// Rules are a channel's rules, understood. The nil Rules have none.
type Rules struct{ list []rule }

type rule struct {
	ChannelRule
	pattern         *regexp.Regexp
	during, outside *Calendar
}

// Rules understands the channel's rules. What Check complains of never holds.
func (t *Tenant) Rules(id ChannelID) *Rules {
	channel, _ := t.Channel(id)
	if len(channel.Rules) == 0 {
		return nil
	}
	rules := &Rules{}
	for i, r := range channel.Rules {
		if r.Name == "" {
			r.Name = index("rules", i)
		}
		one := rule{ChannelRule: r, during: t.calendar(r.During), outside: t.calendar(r.Outside)}
		if r.Pattern != "" {
			pattern, err := regexp.Compile(r.Pattern)
			if err != nil {
				continue
			}
			one.pattern = pattern
		}
		rules.list = append(rules.list, one)
	}
	return rules
}

// NeedCustomer says whether a rule looks at the customer's record.
func (r *Rules) NeedCustomer() bool {
	return r != nil && slices.ContainsFunc(r.list, func(one rule) bool { return one.Attribute != nil })
}

// Guide finds where a text leads that comes at a time and begins a conversation.
func (r *Rules) Guide(at time.Time, text string, attributes map[string]string) Guidance {
	if r == nil {
		return Guidance{}
	}
	spoken := wordsOf(text)
	for _, one := range r.list {
		if one.holds(at, text, spoken, attributes) {
			return Guidance{one.Name, one.Queue, one.Skills, one.PreferredSkills, one.Priority}
		}
	}
	return Guidance{}
}

func (r *rule) holds(at time.Time, text string, spoken []string, attributes map[string]string) bool {
	said := func(keyword string) bool { return slices.Contains(spoken, strings.ToLower(keyword)) }
	has := func(a AttributeIs) bool {
		for name, value := range attributes {
			if strings.EqualFold(name, a.Name) && strings.EqualFold(value, a.Is) {
				return true
			}
		}
		return false
	}
	switch {
	case len(r.Keywords) > 0 && !slices.ContainsFunc(r.Keywords, said):
	case r.pattern != nil && !r.pattern.MatchString(text):
	case r.Attribute != nil && !has(*r.Attribute):
	case r.during != nil && !r.during.Open(at):
	case r.outside != nil && r.outside.Open(at):
	default:
		return true
	}
	return false
}

// wordsOf are a text's words in lower case.
func wordsOf(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// To is the queue that a conversation of the channel goes to.
func (d Guidance) To(ch *Channel) QueueID {
	if d.Queue != "" {
		return d.Queue
	}
	return ch.Queue
}

// with is what a conversation of the queue needs and prefers that was directed there.
func (d Guidance) with(q *Queue) (needs, preferred []Need) {
	needs = slices.Clone(q.Skills)
	for _, n := range d.Skills {
		if i := slices.IndexFunc(needs, func(m Need) bool { return m.Skill == n.Skill }); i >= 0 {
			needs[i].Level = max(needs[i].Level, n.Level)
		} else {
			needs = append(needs, n)
		}
	}
	preferred = slices.Clone(d.PreferredSkills)
	for _, n := range q.PreferredSkills {
		if !slices.ContainsFunc(preferred, func(m Need) bool { return m.Skill == n.Skill }) {
			preferred = append(preferred, n)
		}
	}
	return needs, preferred
}
