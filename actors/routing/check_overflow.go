package routing

import (
	"regexp"
	"slices"
	"strings"
)

// Limits of overflow rules and waiting texts.
const (
	maxLength       = 10_000
	maxWaitSeconds  = 7 * 24 * 3600
	minAfterSeconds = 10
)

var variable = regexp.MustCompile(`\{[^{}]*\}`)

// overflow also wants rules that something is left for: after one for no_agents another is never reached, and so on.
func (c *checker) overflow(path string, q Queue) {
	for i, r := range q.Overflow {
		at := index(path+".overflow", i)
		switch r.When {
		case WhenLength:
			c.between(at+".over", r.Over, 1, maxLength, "conversations")
		case WhenLongestWait, WhenExpectedWait, WhenMaxWait:
			c.between(at+".over", r.Over, minAfterSeconds, maxWaitSeconds, "seconds")
		case WhenNoAgents:
			if r.Over != 0 {
				c.add(at+".over", "no_agents has no number; leave it out")
			}
		default:
			c.add(at+".when", "%q is not known; write length, longest_wait, expected_wait, no_agents or max_wait", r.When)
		}
		c.then(at, q.ID, r.Then, r.Queue, ThenCase, ThenReply)
		if r.Then == ThenReply && r.Reply == "" {
			c.add(at+".reply", "is missing; write what the customer is told")
		}
		c.waitingText(at+".reply", r.Reply)
		switch before := func(e OverflowRule) bool { return e.When == r.When && e.Over <= r.Over }; {
		case r.When != WhenMaxWait && slices.ContainsFunc(q.Overflow[:i], before):
			c.add(at, "it never counts: one before it does whenever this does; put the higher limit first")
		case r.When == WhenMaxWait && slices.ContainsFunc(q.Overflow, func(e OverflowRule) bool { return e.Then == ThenCase && e.Over < r.Over && before(e) }):
			c.add(at, "it never counts: it has become a case before; write a shorter wait, or leave this out")
		}
	}
	if q.Waiting == nil {
		return
	}
	c.waitingText(path+".waiting.welcome", q.Waiting.Welcome)
	if p := q.Waiting.Position; p != nil {
		c.between(path+".waiting.position.after_seconds", p.AfterSeconds, minAfterSeconds, maxWaitSeconds, "seconds")
		c.present(path+".waiting.position.text", p.Text, "write a text such as: You are number {position}; about {minutes} minutes.")
		c.waitingText(path+".waiting.position.text", p.Text)
	}
}

func (c *checker) waitingText(path, text string) {
	c.plain(path, text)
	for _, v := range variable.FindAllString(text, -1) {
		if !slices.Contains([]string{"{position}", "{minutes}", "{most_minutes}"}, v) {
			c.add(path, "%s stands for nothing here; write {position}, {minutes} or {most_minutes}", strings.TrimSpace(v))
		}
	}
}
