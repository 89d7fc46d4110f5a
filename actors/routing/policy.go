package routing

import (
	"slices"
	"time"

	"switchyard/actors/sms"
)

// Policy is what the configuration says about the conversations of one channel and queue, ready to be asked.
type Policy struct {
	PostProcessing      time.Duration // 0: none
	DispositionRequired bool
	Dispositions        []string // ids that may be chosen
	ReopenWindow        time.Duration
	MissedOffers        MissPolicy
	ParkAfter           time.Duration // 0: never
	PullBackAfter       time.Duration // 0: never
	Keywords            sms.Keywords
	// EngineReplies says that we answer keywords on this channel, with the texts below.
	EngineReplies                    bool
	StopReply, StartReply, HelpReply string
	MayReject                        []AgentID

	tenant *Tenant // nil: nobody to transfer to
}

// Built-in answers to keywords, used where the engine answers them and the tenant has no words of its own.
const (
	defaultStopReply  = "You will receive no more texts from us. Reply START to receive them again."
	defaultStartReply = "You will receive our texts again. Reply STOP to stop them."
	defaultHelpReply  = "This number is answered by our service team. Msg & data rates may apply. Reply STOP to receive no more texts."
)

// PolicyFor resolves the tenant's configuration for one channel and queue.
func (t *Tenant) PolicyFor(ch ChannelID, q QueueID) Policy {
	queue, _ := t.Queue(q)
	channel, _ := t.Channel(ch)
	p := Policy{
		PostProcessing:      queue.PostProcessing(),
		DispositionRequired: queue.DispositionRequired,
		ReopenWindow:        queue.ReopenWindow(),
		MissedOffers:        queue.MissedOffers,
		ParkAfter:           queue.ParkAfter(),
		PullBackAfter:       queue.PullBackAfter(),
		Keywords:            sms.NewKeywords(t.Keywords.Stop, t.Keywords.Start, t.Keywords.Help),
		EngineReplies:       channel.KeywordReplies == RepliesEngine,
		StopReply:           or(t.Keywords.StopReply, defaultStopReply),
		StartReply:          or(t.Keywords.StartReply, defaultStartReply),
		HelpReply:           or(t.Keywords.HelpReply, defaultHelpReply),
		tenant:              t,
	}
	for _, d := range t.Dispositions {
		p.Dispositions = append(p.Dispositions, d.ID)
	}
	for _, a := range t.Agents {
		if a.MayReject {
			p.MayReject = append(p.MayReject, a.ID)
		}
	}
	return p
}

// queue and agent are those of the tenant with these ids.
func (p *Policy) queue(id QueueID) (Queue, bool) {
	if p.tenant == nil {
		return Queue{}, false
	}
	return p.tenant.Queue(id)
}

func (p *Policy) agent(id AgentID) (Profile, bool) {
	if p.tenant == nil {
		return Profile{}, false
	}
	return p.tenant.Agent(id)
}

// in is the policy for another queue.
func (p *Policy) in(ch ChannelID, q QueueID) *Policy {
	if p.tenant == nil {
		return p
	}
	other := p.tenant.PolicyFor(ch, q)
	return &other
}

func (p *Policy) mayReject(a AgentID) bool { return slices.Contains(p.MayReject, a) }

func or(s, otherwise string) string {
	if s != "" {
		return s
	}
	return otherwise
}
