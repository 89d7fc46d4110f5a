package main

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"switchyard/actors/routing"
)

// watchedShift is a shift of one contact centre: the same texts and clicks each time, so that its totals are known beforehand. What they
// are stands beside what makes them, in watchedTotals.
type watchedShift struct {
	*outside
	first, second client // agents: agent-0 serves both queues, agent-1 support alone
	talks         map[string]string
}

// The phones of the shift. What is sent to the last one does not arrive.
const (
	phoneA, phoneB, phoneC, phoneD = "+12025550111", "+12025550112", "+12025550113", "+12025550114"
	phoneBilling, phoneStop        = "+12025550115", "+12025550116"
	phoneLater, phoneWaiting       = "+12025550117", "+12025550118"
	phoneGone                      = "+12025550404"
)

// phonesOfRush are the phones of those who come while nobody is free: as many as it takes for a queue to know how long one waits there, and
// one more, whose wait is expected.
func phonesOfRush() []string {
	return []string{"+12025550121", "+12025550122", "+12025550123", "+12025550124", "+12025550125", "+12025550126"}
}

// watchedTotals is what one shift comes to, counted by hand.
func watchedTotals() map[string]float64 {
	return map[string]float64{
		"entered support":    14, // A, B, C, D, gone, stop, later, the rush, waiting
		"entered billing":    1,
		"answered support":   12, // all but stop, who gives up and is ended, and waiting
		"answered billing":   1,
		"abandoned support":  1,
		"in time support":    12,
		"in time billing":    1,
		"accepted support":   13, // twelve from the line, and C by the second agent
		"accepted billing":   1,
		"replies support":    13, // A twice, B, C, D, gone, later, the rush
		"replies billing":    1,
		"in target support":  13,
		"in target billing":  1,
		"unanswered support": 2, // D wrote once more before the end, stop was never answered
		"unanswered billing": 0,
		"to agents support":  1,
		"wrap-ups support":   10, // A, B, D, later, the rush
		"sent":               15, // the replies, and the answer to STOP
		"delivered":          14,
		"failed":             1,
		"opt-outs":           1,
		"texts in":           18, // fifteen first texts, A's second, D's second, STOP
		"active":             3,  // C, gone, billing
		"waiting":            1,
		"busy":               2,
	}
}

func (s *watchedShift) play() {
	s.t.Helper()
	s.listenIn(s.first)
	s.listenIn(s.second)
	s.ok(s.first.setStatus(s.t.Context(), "available"))
	s.say(s.first, phoneA, "Where is my order?")
	s.say(s.first, phoneB, "Where is my parcel?")
	s.say(s.first, phoneC, "I want to send it back")
	s.say(s.first, phoneD, "It is broken")
	s.say(s.first, phoneGone, "Hello")
	s.say(s.first, phoneBilling, "I was charged twice")
	s.text(phoneStop, simulatedNumber, "Hello?") // every place of the first agent is taken, and the second is not there
	s.text(phoneStop, simulatedNumber, "STOP")
	s.endFor(phoneStop)
	for _, phone := range []string{phoneA, phoneB, phoneC, phoneD, phoneGone, phoneBilling} {
		s.answer(s.first, phone)
	}
	s.text(phoneA, simulatedNumber, "Are you sure?")
	s.heard(s.first, phoneA, "Are you sure?")
	s.answer(s.first, phoneA)
	s.over(s.first, phoneA)
	s.over(s.first, phoneB)
	s.text(phoneD, simulatedNumber, "And another thing")
	s.heard(s.first, phoneD, "And another thing")
	s.over(s.first, phoneD)
	s.say(s.first, phoneLater, "Hello again")
	s.answer(s.first, phoneLater)
	s.over(s.first, phoneLater)
	all := phonesOfRush()
	s.rush(all[:len(all)-1])
	s.rush(all[len(all)-1:])

	s.ok(s.second.setStatus(s.t.Context(), "available"))
	s.ok(s.first.call(s.t.Context(), http.MethodPost, "/v1/conversations/"+s.talks[phoneC]+"/transfer", "", map[string]string{"agent": "agent-1"}, nil))
	s.take(s.second, phoneC)
}

// ring has the last customer come, whom nobody takes: after a few times the agents would be put on break for that, so that what is to be
// compared is compared soon.
func (s *watchedShift) ring() {
	s.t.Helper()
	s.text(phoneWaiting, simulatedNumber, "Is anybody there?")
}

// rush has customers come while the first agent takes nobody, and served then, one after the other.
func (s *watchedShift) rush(phones []string) {
	s.t.Helper()
	s.ok(s.first.setStatus(s.t.Context(), "busy_stop_new"))
	sam := s.signIn("sam")
	for _, phone := range phones {
		s.text(phone, simulatedNumber, "Is it my turn?")
	}
	s.eventually("all of them wait", func() bool {
		return len(list[conversationObject](s.t, sam, "/v1/conversations?state=queued&limit=10")) == len(phones)
	})
	s.ok(s.first.setStatus(s.t.Context(), "available"))
	for _, phone := range phones {
		s.take(s.first, phone)
		s.answer(s.first, phone)
		s.over(s.first, phone)
	}
}

func (s *watchedShift) ok(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// say has a customer write the first text, and an agent take it.
func (s *watchedShift) say(agent client, phone, text string) {
	s.t.Helper()
	number := simulatedNumber
	if phone == phoneBilling {
		number = twilioNumber
	}
	s.text(phone, number, text)
	s.take(agent, phone)
}

// endFor has the supervisor end the conversation of a customer who has given up.
func (s *watchedShift) endFor(phone string) {
	s.t.Helper()
	sam := s.signIn("sam")
	s.eventually("the opt-out of "+phone, func() bool {
		var found struct {
			Items []struct {
				ID       string
				OptedOut bool `json:"opted_out"`
			}
		}
		s.ok(sam.call(s.t.Context(), http.MethodGet, "/v1/conversations?customer_number="+url.QueryEscape(phone), "", nil, &found))
		if len(found.Items) != 1 || !found.Items[0].OptedOut {
			return false
		}
		_, err := sam.end(s.t.Context(), found.Items[0].ID)
		s.ok(err)
		return true
	})
}

func (s *watchedShift) take(agent client, phone string) {
	s.t.Helper()
	s.eventually("the offer of "+phone, func() bool {
		desk, err := agent.desk(s.t.Context())
		s.ok(err)
		i := slices.IndexFunc(desk.Offers, func(o offerObject) bool { return o.Conversation.CustomerNumber == phone })
		if i < 0 {
			return false
		}
		c, err := agent.accept(s.t.Context(), desk.Offers[i].ID)
		s.ok(err)
		s.talks[phone] = c.ID
		return true
	})
}

// heard waits until an agent's desk shows a customer's text.
func (s *watchedShift) heard(agent client, phone, text string) {
	s.t.Helper()
	s.eventually(text, func() bool {
		desk, err := agent.desk(s.t.Context())
		s.ok(err)
		return slices.ContainsFunc(desk.Conversations, func(c conversationObject) bool {
			return c.ID == s.talks[phone] && c.LastMessage != nil && c.LastMessage.Text == text
		})
	})
}

func (s *watchedShift) answer(agent client, phone string) {
	s.t.Helper()
	_, err := agent.reply(s.t.Context(), s.talks[phone], "We see to it.", "")
	s.ok(err)
}

func (s *watchedShift) over(agent client, phone string) {
	s.t.Helper()
	_, err := agent.end(s.t.Context(), s.talks[phone])
	s.ok(err)
	_, err = agent.wrapUp(s.t.Context(), s.talks[phone], "solved", "")
	s.ok(err)
}

// watchedTenant is the contact centre of a shift. Its thresholds are no round numbers, and nobody is too late for them.
func watchedTenant(t routing.Tenant, id string) routing.Tenant {
	t.ID = routing.TenantID(id)
	for i := range t.Queues {
		t.Queues[i].ServiceLevelSeconds, t.Queues[i].ReplyTargetSeconds = 137, 241
		t.Queues[i].OfferTimeoutSeconds = int(routing.MaxOfferTimeout.Seconds()) // what rings at the end rings on
	}
	for i := range t.Channels {
		t.Channels[i].ID += routing.ChannelID("-" + strings.ToLower(id))
	}
	return t
}
