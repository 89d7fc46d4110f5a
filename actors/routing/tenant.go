package routing

import (
	"slices"
	"time"
)

// Tenant is one contact centre's whole configuration: the document that people write, keep in version control, plan and
// apply. A Tenant that passes [Tenant.Check] is safe to run.
type Tenant struct {
	ID           TenantID      `json:"id"`
	Name         string        `json:"name"`
	Countries    []string      `json:"countries,omitempty"` // ISO 3166-1 alpha-2; channels' numbers must be in one of them, when any are named
	Skills       []SkillID     `json:"skills,omitempty"`
	Queues       []Queue       `json:"queues"`
	Channels     []Channel     `json:"channels"`
	Agents       []Profile     `json:"agents"`
	Supervisors  []Staff       `json:"supervisors,omitempty"`
	Admins       []Staff       `json:"admins,omitempty"`
	FAQs         []FAQ         `json:"faqs,omitempty"`
	Dispositions []Disposition `json:"dispositions,omitempty"`
	Keywords     KeywordLists  `json:"keywords,omitzero"`
	// Blocked are customers' numbers whose texts are not kept, in E.164.
	Blocked []string `json:"blocked,omitempty"`
	// SenderTextsPerMinute is how many texts of one customer's number are kept in a minute, what ends texts not counted; 0 = all.
	SenderTextsPerMinute int `json:"sender_texts_per_minute,omitempty"`
}

// Queue is a chat queue: who serves it, what its conversations need, and how patient it is.
type Queue struct {
	ID   QueueID `json:"id"`
	Name string  `json:"name,omitempty"`
	// Skills are needed by every conversation of the queue.
	Skills []Need `json:"skills,omitempty"`
	// OfferTimeoutSeconds replaces the agents' own offer timeout: 15..60, 0 = the agent's.
	OfferTimeoutSeconds int `json:"offer_timeout_seconds,omitempty"`
	// PostProcessingSeconds is how long agents have to wrap up; 0 = off, nil = 60.
	PostProcessingSeconds *int `json:"post_processing_seconds,omitempty"`
	// DispositionRequired holds a conversation in post-processing until its disposition is chosen.
	DispositionRequired bool `json:"disposition_required,omitempty"`
	// ReopenHours is how long after its end a conversation is linked to the customer's next one: 0..72, nil = 24.
	ReopenHours *int `json:"reopen_hours,omitempty"`
	// ServiceLevelSeconds is the wait within which an accept counts as in time, 0 = 60.
	ServiceLevelSeconds int `json:"service_level_seconds,omitempty"`
}

// Channel is one business number at one carrier.
type Channel struct {
	ID      ChannelID `json:"id"`
	Carrier string    `json:"carrier"`
	Number  string    `json:"number"` // E.164; never a short code
	Queue   QueueID   `json:"queue"`
	Account string    `json:"account,omitempty"`
	// Application is what of the account sends: an application, a profile or a channel, as the carrier calls it.
	Application string `json:"application,omitempty"`
	// Secret proves the carrier's webhooks, Secrets the old and the new one while it is being replaced: text, "env:NAME" or
	// "file:PATH".
	Secret  string   `json:"secret,omitempty"`
	Secrets []string `json:"secrets,omitempty"`
	// PublicKey and PublicKeys are the same where the carrier signs with a key of its own.
	PublicKey  string   `json:"public_key,omitempty"`
	PublicKeys []string `json:"public_keys,omitempty"`
	// APIKey proves our calls of the carrier's API where that takes another secret; written as secrets are.
	APIKey string `json:"api_key,omitempty"`
	// APIBase replaces the carrier's API address (tests, proxies).
	APIBase string `json:"api_base,omitempty"`
	// RecoverHours is how far back the carrier is asked for texts that did not come: 0..72, 0 = not at all.
	RecoverHours int `json:"recover_hours,omitempty"`
	// KeywordReplies says who answers STOP, START and HELP: carrier (default), engine or none.
	KeywordReplies string `json:"keyword_replies,omitempty"`
	// SegmentsPerSecond is the number's sending rate, 0 = 1 for ordinary and 3 for toll-free numbers.
	SegmentsPerSecond float64 `json:"segments_per_second,omitempty"`
}

// Proofs are what a carrier's webhooks are proven by, the current one first, as the configuration writes them.
type Proofs struct{ Secrets, PublicKeys []string }

// ProvenBy lists the channel's proofs.
func (c Channel) ProvenBy() Proofs {
	return Proofs{withFirst(c.Secret, c.Secrets), withFirst(c.PublicKey, c.PublicKeys)}
}

func withFirst(first string, rest []string) []string {
	if first == "" {
		return rest
	}
	return append([]string{first}, rest...)
}

// Profile is an agent as the configuration declares it.
type Profile struct {
	ID   AgentID `json:"id"`
	Name string  `json:"name"`
	// Password is a hash made by `switchyard config password`; empty = no sign-in by password.
	Password string `json:"password,omitempty"`
	// Capacity is how many conversations at once, 1..6; 0 = 4.
	Capacity int `json:"capacity,omitempty"`
	// Queues are those that the agent serves.
	Queues []QueueID `json:"queues"`
	// Skills are the agent's levels.
	Skills map[SkillID]Level `json:"skills,omitempty"`
	// OfferTimeoutSeconds is how long an offer rings: 15..60, 0 = 30 (8x8: "interaction offer timeout", per agent).
	OfferTimeoutSeconds int `json:"offer_timeout_seconds,omitempty"`
	// MayReject is the permission to reject offers.
	MayReject bool `json:"may_reject,omitempty"`
}

// Staff is a supervisor or an administrator.
type Staff struct {
	ID       string `json:"id"`
	Name     string `json:"name,omitempty"`
	Password string `json:"password,omitempty"`
}

// FAQ is a text-only answer that agents insert into replies. {customer} and {agent} stand for names.
type FAQ struct {
	ID     string    `json:"id"`
	Title  string    `json:"title"`
	Text   string    `json:"text"`
	Queues []QueueID `json:"queues,omitempty"` // empty: every queue's
}

// Disposition is an outcome that agents choose from at the end (8x8: transaction code).
type Disposition struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// KeywordLists adds words to the built-in opt-out keywords.
type KeywordLists struct {
	Stop  []string `json:"stop,omitempty"`
	Start []string `json:"start,omitempty"`
	Help  []string `json:"help,omitempty"`
	// Replies that the engine sends where a channel says keyword_replies: engine.
	StopReply  string `json:"stop_reply,omitempty"`
	StartReply string `json:"start_reply,omitempty"`
	HelpReply  string `json:"help_reply,omitempty"`
}

// Limits and defaults of the product (product.md §2, §3, §6).
const (
	MaxCapacity     = 6 // an agent's hard limit, "up to six customers at a time"
	DefaultCapacity = 4

	MinOfferTimeout     = 15 * time.Second
	MaxOfferTimeout     = 60 * time.Second
	DefaultOfferTimeout = 30 * time.Second

	DefaultServiceLevel   = 60 * time.Second
	DefaultPostProcessing = 60 * time.Second
	DefaultReopenWindow   = 24 * time.Hour
	MaxReopenWindow       = 72 * time.Hour
)

// Who answers a keyword on a channel.
const (
	RepliesCarrier = "carrier"
	RepliesEngine  = "engine"
	RepliesNone    = "none"
)

// Queue returns the queue with this id.
func (t *Tenant) Queue(id QueueID) (Queue, bool) {
	for _, q := range t.Queues {
		if q.ID == id {
			return q, true
		}
	}
	return Queue{}, false
}

// Channel returns the channel with this id.
func (t *Tenant) Channel(id ChannelID) (Channel, bool) {
	for _, c := range t.Channels {
		if c.ID == id {
			return c, true
		}
	}
	return Channel{}, false
}

// Agent returns the profile with this id.
func (t *Tenant) Agent(id AgentID) (Profile, bool) {
	for _, a := range t.Agents {
		if a.ID == id {
			return a, true
		}
	}
	return Profile{}, false
}

// Members lists the profiles of those who serve the queue.
func (t *Tenant) Members(q QueueID) []Profile {
	var members []Profile
	for _, a := range t.Agents {
		if slices.Contains(a.Queues, q) {
			members = append(members, a)
		}
	}
	return members
}

// Slots is the agent's capacity with the default applied.
func (p Profile) Slots() int {
	if p.Capacity == 0 {
		return DefaultCapacity
	}
	return min(p.Capacity, MaxCapacity)
}

// PostProcessing is the queue's time for wrapping up, 0 when it has none.
func (q Queue) PostProcessing() time.Duration {
	if q.PostProcessingSeconds == nil {
		return DefaultPostProcessing
	}
	return time.Duration(*q.PostProcessingSeconds) * time.Second
}

// ServiceLevel is the wait within which an accept counts as in time.
func (q Queue) ServiceLevel() time.Duration {
	if q.ServiceLevelSeconds == 0 {
		return DefaultServiceLevel
	}
	return time.Duration(q.ServiceLevelSeconds) * time.Second
}

// ReopenWindow is how long after its end a conversation is linked to the customer's next one.
func (q Queue) ReopenWindow() time.Duration {
	if q.ReopenHours == nil {
		return DefaultReopenWindow
	}
	return time.Duration(*q.ReopenHours) * time.Hour
}

// OfferTimeout is how long an offer of queue q rings at agent p: the queue's word, else the agent's, else 30 s.
func OfferTimeout(q Queue, p Profile) time.Duration {
	switch {
	case q.OfferTimeoutSeconds != 0:
		return time.Duration(q.OfferTimeoutSeconds) * time.Second
	case p.OfferTimeoutSeconds != 0:
		return time.Duration(p.OfferTimeoutSeconds) * time.Second
	}
	return DefaultOfferTimeout
}
