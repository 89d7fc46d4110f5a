package routing

import (
	"slices"
	"time"
)

// Tenant is one contact centre's whole configuration: the document that people write, keep in version control, plan and
// apply. A Tenant that passes [Tenant.Check] is safe to run.
type Tenant struct {
	ID        TenantID `json:"id"`
	Name      string   `json:"name"`
	Countries []string `json:"countries,omitempty"` // ISO 3166-1 alpha-2; channels' numbers must be in one of them, when any are named
	// Destinations are the countries, written so too, to whose numbers texts are sent; none: all. What comes from elsewhere is taken.
	Destinations []string      `json:"destinations,omitempty"`
	Skills       []SkillID     `json:"skills,omitempty"`
	Schedules    []Schedule    `json:"schedules,omitempty"`
	Queues       []Queue       `json:"queues"`
	Channels     []Channel     `json:"channels"`
	Agents       []Profile     `json:"agents"`
	Supervisors  []Staff       `json:"supervisors,omitempty"`
	Admins       []Staff       `json:"admins,omitempty"`
	FAQs         []FAQ         `json:"faqs,omitempty"`
	Dispositions []Disposition `json:"dispositions,omitempty"`
	// StatusReasons are the codes that agents choose from when they declare a status.
	StatusReasons []StatusReason `json:"status_reasons,omitempty"`
	Keywords      KeywordLists   `json:"keywords,omitzero"`
	SignIn        *SignIn        `json:"sign_in,omitempty"` // nil: by password alone
	// OptOutScope is how far a STOP reaches: tenant (default), to all numbers, or number.
	OptOutScope OptOutScope `json:"opt_out_scope,omitempty"`
	// AgentGoneRequeueSeconds is how long conversations stay with an agent who is gone before they return to their queues:
	// 0..86400, nil = 300. An agent is gone when the desktop has been lost for 30 seconds, or when the agent has logged out.
	AgentGoneRequeueSeconds *int `json:"agent_gone_requeue_seconds,omitempty"`
	// Blocked are customers' numbers whose texts are not kept, in E.164.
	Blocked []string `json:"blocked,omitempty"`
	// SenderTextsPerMinute is how many texts of one customer's number are kept in a minute, what ends texts not counted; 0 = all.
	SenderTextsPerMinute int `json:"sender_texts_per_minute,omitempty"`
}

// Queue is a chat queue: who serves it, what its conversations need, and how patient it is.
type Queue struct {
	ID   QueueID `json:"id"`
	Name string  `json:"name,omitempty"`
	// Schedule is when the queue is open; empty: always. Closed says what becomes of conversations meanwhile; nil: they wait.
	Schedule ScheduleID    `json:"schedule,omitempty"`
	Closed   *ClosedPolicy `json:"closed,omitempty"`
	// Overflow gives conversations away when there is too much to do; Waiting tells customers who wait.
	Overflow []OverflowRule `json:"overflow,omitempty"`
	Waiting  *WaitingTexts  `json:"waiting,omitempty"`
	// Priority orders the queues of an agent who becomes free: 1..10, higher first; 0 = 5. Queues of one priority take turns,
	// except that those of [SharedPriority] are served as one line.
	Priority int `json:"priority,omitempty"`
	// AgingMinutes is how long a wait is worth a point of a conversation's priority; 0: priority always comes first.
	AgingMinutes int `json:"aging_minutes,omitempty"`
	// Skills are needed by every conversation of the queue.
	Skills []Need `json:"skills,omitempty"`
	// RelaxLevels lowers the needed levels while a conversation waits; nil: they stay.
	RelaxLevels *Relaxation `json:"relax_levels,omitempty"`
	// PreferredSkills decide between agents who have the needed ones, the dearest first.
	PreferredSkills []Need `json:"preferred_skills,omitempty"`
	// PreferForSeconds is how long each preferred skill is insisted on, the last being given up first; 0: none is.
	PreferForSeconds int `json:"prefer_for_seconds,omitempty"`
	// AgentRule says whom to ask first; empty: level_then_idle.
	AgentRule AgentRule `json:"agent_rule,omitempty"`
	// MissedOffers says what becomes of an agent who misses an offer; empty: graduated.
	MissedOffers MissPolicy `json:"missed_offers,omitempty"`
	// OfferTo is how many agents are offered a conversation at once, the first to accept having it: 1..[MaxOfferTo]; 0 = 1.
	OfferTo int `json:"offer_to,omitempty"`
	// OfferTimeoutSeconds replaces the agents' own offer timeout: 15..60, 0 = the agent's.
	OfferTimeoutSeconds int `json:"offer_timeout_seconds,omitempty"`
	// PostProcessingSeconds is how long agents have to wrap up; 0 = off, nil = 60.
	PostProcessingSeconds *int `json:"post_processing_seconds,omitempty"`
	// DispositionRequired holds a conversation in post-processing until its disposition is chosen.
	DispositionRequired bool `json:"disposition_required,omitempty"`
	// ReopenHours is how long after its end a conversation is linked to the customer's next one: 0..72, nil = 24.
	ReopenHours *int `json:"reopen_hours,omitempty"`
	// ParkSeconds is how long a customer whom the agent has answered may be silent before the conversation is parked: 60..86400,
	// 0 = never, nil = 1800.
	ParkSeconds *int `json:"park_seconds,omitempty"`
	// PullBackSeconds is how long an agent may leave a customer's text unanswered before the conversation goes back to the front
	// of the queue: 60..86400, 0 = for ever.
	PullBackSeconds int `json:"pull_back_seconds,omitempty"`
	// TakesTransfers says that a conversation transferred to the queue leaves its agent at once, and not only when another accepts.
	TakesTransfers bool `json:"takes_transfers,omitempty"`
	// ServiceLevelSeconds is the wait within which an accept counts as in time, 0 = 60.
	ServiceLevelSeconds int `json:"service_level_seconds,omitempty"`
	// ReplyTargetSeconds is the time within which an agent's reply to a customer's turn counts as in time, 0 = 300.
	ReplyTargetSeconds int `json:"reply_target_seconds,omitempty"`
}

// Channel is one business number at one carrier.
type Channel struct {
	ID      ChannelID `json:"id"`
	Carrier string    `json:"carrier"`
	Number  string    `json:"number"` // E.164; never a short code
	Queue   QueueID   `json:"queue"`
	// Rules send conversations elsewhere by their first text and their customer; the first that holds counts.
	Rules   []ChannelRule `json:"rules,omitempty"`
	Account string        `json:"account,omitempty"`
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
	// Login is what the provider's claim must be when the agent signs in there; empty: the id.
	Login string `json:"login,omitempty"`
	// Capacity is how many conversations at once, 1..6; 0 = 4.
	Capacity int `json:"capacity,omitempty"`
	// Queues are those that the agent serves.
	Queues []QueueID `json:"queues"`
	// Skills are the agent's levels.
	Skills map[SkillID]Level `json:"skills,omitempty"`
	// QueueSkills are levels that count in one queue instead of the general ones.
	QueueSkills map[QueueID]map[SkillID]Level `json:"queue_skills,omitempty"`
	// OfferTimeoutSeconds is how long an offer rings: 15..60, 0 = 30 (8x8: "interaction offer timeout", per agent).
	OfferTimeoutSeconds int `json:"offer_timeout_seconds,omitempty"`
	// RampUpSeconds paces the beginning of a shift: one conversation at first, and one more each time so much has passed; 0: none.
	RampUpSeconds int `json:"ramp_up_seconds,omitempty"`
	// MayReject is the permission to reject offers.
	MayReject bool `json:"may_reject,omitempty"`
}

// Staff is a supervisor or an administrator.
type Staff struct {
	ID       string `json:"id"`
	Name     string `json:"name,omitempty"`
	Password string `json:"password,omitempty"`
	Login    string `json:"login,omitempty"` // as an agent's
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

	MinPriority     = 1 // of a queue
	MaxPriority     = 10
	DefaultPriority = 5

	MaxOfferTo = 10 // agents at once

	CoolDown    = 10 * time.Second // without offers, after one that lapsed
	MissWindow  = 10 * time.Minute // within which a second lapse puts the agent on break
	StormWindow = 60 * time.Second // within which too many misses are nobody's fault
	StormHold   = 15 * time.Second // of a queue's offers, then
	StormLeast  = 3                // agents who make a storm, if they are more than half

	MinOfferTimeout     = 15 * time.Second
	MaxOfferTimeout     = 60 * time.Second
	DefaultOfferTimeout = 30 * time.Second

	// LastAgentRight is how long an agent whom the customer knows is asked before all others, if free.
	LastAgentRight = 20 * time.Second

	DefaultAgentGoneRequeue = 5 * time.Minute

	DefaultServiceLevel   = 60 * time.Second
	DefaultReplyTarget    = 5 * time.Minute
	DefaultPark           = 30 * time.Minute
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

// Schedule returns the schedule with this id.
func (t *Tenant) Schedule(id ScheduleID) (Schedule, bool) {
	for _, s := range t.Schedules {
		if s.ID == id {
			return s, true
		}
	}
	return Schedule{}, false
}

// Hours is when the queue is open; nil: always.
func (t *Tenant) Hours(q QueueID) *Calendar {
	queue, _ := t.Queue(q)
	return t.calendar(queue.Schedule)
}

func (t *Tenant) calendar(id ScheduleID) *Calendar {
	schedule, ok := t.Schedule(id)
	if !ok {
		return nil
	}
	calendar, err := schedule.Calendar()
	if err != nil { // Check refuses it
		return nil
	}
	return calendar
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

// AgentGoneRequeue is how long conversations stay with an agent who is gone.
func (t *Tenant) AgentGoneRequeue() time.Duration {
	if t.AgentGoneRequeueSeconds == nil {
		return DefaultAgentGoneRequeue
	}
	return time.Duration(*t.AgentGoneRequeueSeconds) * time.Second
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
func (p *Profile) Slots() int {
	if p.Capacity == 0 {
		return DefaultCapacity
	}
	return min(p.Capacity, MaxCapacity)
}

// Rank is the queue's priority.
func (q *Queue) Rank() int {
	if q.Priority == 0 {
		return DefaultPriority
	}
	return q.Priority
}

// AtOnce is how many agents are offered a conversation at once.
func (q *Queue) AtOnce() int { return max(1, q.OfferTo) }

// Rule says whom the queue asks first.
func (q *Queue) Rule() AgentRule {
	if q.AgentRule == "" {
		return LevelThenIdle
	}
	return q.AgentRule
}

// PostProcessing is the queue's time for wrapping up, 0 when it has none.
func (q *Queue) PostProcessing() time.Duration {
	if q.PostProcessingSeconds == nil {
		return DefaultPostProcessing
	}
	return time.Duration(*q.PostProcessingSeconds) * time.Second
}

// ServiceLevel is the wait within which an accept counts as in time.
func (q *Queue) ServiceLevel() time.Duration {
	if q.ServiceLevelSeconds == 0 {
		return DefaultServiceLevel
	}
	return time.Duration(q.ServiceLevelSeconds) * time.Second
}

// ReplyTarget is the time within which a reply counts as in time, counted from the oldest text that it answers.
func (q *Queue) ReplyTarget() time.Duration {
	if q.ReplyTargetSeconds == 0 {
		return DefaultReplyTarget
	}
	return time.Duration(q.ReplyTargetSeconds) * time.Second
}

// ReopenWindow is how long after its end a conversation is linked to the customer's next one.
func (q *Queue) ReopenWindow() time.Duration {
	if q.ReopenHours == nil {
		return DefaultReopenWindow
	}
	return time.Duration(*q.ReopenHours) * time.Hour
}

// ParkAfter is how long a customer who has been answered may be silent before the conversation is parked, 0 for ever.
func (q *Queue) ParkAfter() time.Duration {
	if q.ParkSeconds == nil {
		return DefaultPark
	}
	return time.Duration(*q.ParkSeconds) * time.Second
}

// PullBackAfter is how long an agent may leave a text unanswered, 0 for ever.
func (q *Queue) PullBackAfter() time.Duration { return time.Duration(q.PullBackSeconds) * time.Second }

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
