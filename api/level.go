package api

import (
	"time"

	"switchyard/actors/routing"
	"switchyard/actors/routing/reports"
)

// recentTime is how far back a queue's levels look, and as much farther as the quarter hour goes that it falls into.
const recentTime = time.Hour

// serviceLevelView tells how many of the entries that ended of late were answered in time.
type serviceLevelView struct {
	AnsweredWithin   int      `json:"answered_within"`
	Ended            int      `json:"ended"`   // but for those withdrawn and short abandons
	Percent          *float64 `json:"percent"` // null when none ended
	ThresholdSeconds int      `json:"threshold_seconds"`
}

// repliesView tells how many of the customers' turns that were answered of late were answered in time.
type repliesView struct {
	InTarget      int      `json:"in_target"`
	Answered      int      `json:"answered"`
	Percent       *float64 `json:"percent"` // null when none was answered
	TargetSeconds int      `json:"target_seconds"`
}

// recently are the sums of the tenant's queues of late.
func (q *call) recently(now time.Time) (map[string]reports.Sums, error) {
	t := q.ofQueues(reportQuery{span: reports.Span{From: now.Add(-recentTime).Truncate(reports.Quarter), To: now.Add(reports.Quarter)}})
	sums := map[string]reports.Sums{}
	for b, err := range t.buckets(t.span.From) {
		if err != nil {
			return nil, err
		}
		t.join(sums, b.Name, b.Sums)
	}
	return sums, nil
}

// levels are what a queue's sums say of how its customers are served.
func levels(queue routing.Queue, sums reports.Sums) (serviceLevelView, repliesView) {
	level := serviceLevelView{
		AnsweredWithin: int(sums[reports.InTime]), Ended: int(reports.Decided(sums)), ThresholdSeconds: int(queue.ServiceLevel() / time.Second),
	}
	level.Percent = percentOf(level.AnsweredWithin, level.Ended)
	replies := repliesView{
		InTarget: int(sums[reports.RepliesInTarget]), Answered: int(sums[reports.Replies]), TargetSeconds: int(queue.ReplyTarget() / time.Second),
	}
	replies.Percent = percentOf(replies.InTarget, replies.Answered)
	return level, replies
}

func percentOf(part, whole int) *float64 {
	if whole == 0 {
		return nil
	}
	percent := 100 * float64(part) / float64(whole)
	return &percent
}
