package routing

import (
	"fmt"
	"slices"
	"time"
)

// The people of the world, and the carrier.

func (w *world) conversations(which func(Conversation) bool) []ConversationID {
	var ids []ConversationID
	for id, c := range w.stored {
		if which(c) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

func oneOf[T any](w *world, from ...T) T { return from[w.draw(len(from))] }

// customerTexts lets a customer write, or the carrier repeat itself.
func (w *world) customerTexts() {
	text := ReceiveText{
		Channel: oneOf(w, w.tenant.Channels...).ID, From: fmt.Sprintf("+1415555020%d", w.draw(w.customers)),
		Body: oneOf(w, "hi", "still there?", "thank you 👍", "more", "STOP", "please stop", "START", "HELP"), CarrierID: fmt.Sprintf("t%d", w.inputs),
	}
	if text.Body == "more" {
		text.Part = &Part{Ref: "7", Number: 1 + w.inputs%2, Total: 2}
	}
	w.text(text)
	if w.draw(4) == 0 {
		w.count("text posted twice")
		w.text(text)
	}
}

func (w *world) text(text ReceiveText) {
	if w.ingest(string(text.Channel)+" "+text.CarrierID, Principal{}, text) != "" {
		w.accept(text)
	}
}

// somebodyWorks lets an agent do something with a conversation that is offered or hers, or, rarely, with any.
func (w *world) somebodyWorks() {
	agent := oneOf(w, w.tenant.Agents...).ID
	stray := w.draw(10) == 0
	ids := w.conversations(func(c Conversation) bool { return slices.Contains(c.Desks(), agent) || stray })
	if len(ids) == 0 {
		return
	}
	c := w.stored[ids[w.draw(len(ids))]]
	by := Principal{RoleAgent, string(agent)}
	if _, rings := c.RingsAt(agent); rings || w.draw(20) == 0 {
		offer := c.ID.Offer(max(1, c.Offers-w.draw(8)/7))
		if o, rings := c.RingsAt(agent); rings && w.draw(8) > 0 {
			offer = o.ID
		}
		if w.draw(5) == 0 || c.State == Active && w.draw(2) == 0 {
			w.ingest("", by, RejectOffer{Offer: offer})
		} else {
			w.ingest("", by, AcceptOffer{Offer: offer})
		}
		return
	}
	if c.State == Active && w.draw(6) == 0 {
		transfer := TransferConversation{Conversation: c.ID, Note: oneOf(w, "", "angry")}
		if w.draw(3) == 0 {
			transfer.Queue = oneOf(w, w.tenant.Queues...).ID
		} else {
			transfer.Agent = oneOf(w, w.tenant.Agents...).ID
			for _, p := range w.tenant.Agents { // somebody who has a place, most of the time
				if w.agents[p.ID].Ready(w.now) && w.draw(4) > 0 {
					transfer.Agent = p.ID
				}
			}
		}
		w.ingest("", by, transfer)
		return
	}
	if w.draw(30) == 0 { // she is no supervisor
		w.ingest("", by, oneOf[Command](w, TakeOver{c.ID}, ReleaseConversation{c.ID}, PrioritizeConversation{Conversation: c.ID, Priority: 10}))
		return
	}
	ref := fmt.Sprintf("i%d", w.inputs+1)
	command := oneOf[Command](w,
		SendReply{Conversation: c.ID, Text: "hello", ClientRef: ref}, SendReply{Conversation: c.ID, Text: "and", ClientRef: ref},
		SendReply{Conversation: c.ID, Text: "👍", ClientRef: ref}, AddNote{Conversation: c.ID, Text: "note"},
		JudgeOptOut{Conversation: c.ID, OptedOut: w.draw(4) == 0},
		MarkRead{Conversation: c.ID, Seq: w.draw(c.Seq + 2)}, AttachCustomer{Conversation: c.ID, Customer: "cu_1"},
		SaveCase{Conversation: c.ID}, EndConversation{Conversation: c.ID}, EndConversation{Conversation: c.ID, Disposition: oneOf(w, "", "solved")}, ExtendPostProcessing{c.ID},
		WrapUp{Conversation: c.ID, Disposition: "solved"}, WrapUp{Conversation: c.ID, Disposition: oneOf(w, "", "x", "solved")},
	)
	_, w.replies[ref] = command.(SendReply)
	w.ingest("", by, command)
}

// supervisorActs lets a supervisor do something with any conversation.
func (w *world) supervisorActs() {
	ids := w.conversations(isOpen)
	if len(ids) == 0 {
		return
	}
	id := ids[w.draw(len(ids))]
	c := w.stored[id]
	by := Principal{RoleSupervisor, "sue"}
	if c.TakenOver && w.draw(2) == 0 {
		ref := fmt.Sprintf("i%d", w.inputs+1)
		command := oneOf[Command](w, EndConversation{Conversation: id}, TransferConversation{Conversation: id, Queue: "support"},
			SendReply{Conversation: id, Text: "it is me", ClientRef: ref})
		_, w.replies[ref] = command.(SendReply)
		w.ingest("", by, command)
		return
	}
	w.ingest("", by, oneOf[Command](w,
		AssignConversation{Conversation: id, Agent: oneOf(w, w.tenant.Agents...).ID},
		AssignConversation{Conversation: id, Queue: oneOf(w, w.tenant.Queues...).ID},
		PrioritizeConversation{Conversation: id, Priority: w.draw(MaxPriority + 2)}, ReleaseConversation{id},
		Whisper{Conversation: id, Text: "look at May"}, TakeOver{id}, ReadConversation{id}, EndConversation{Conversation: id},
	))
}

// somebodyMoves lets an agent come, go, or lose her desktop; most of the time they are there.
func (w *world) somebodyMoves() {
	agent := oneOf(w, w.tenant.Agents...).ID
	for _, p := range w.tenant.Agents { // who was put on break comes back soon
		if w.records[p.ID].Reason == ReasonMissed && w.draw(2) == 0 {
			w.ingest("", Principal{RoleAgent, string(p.ID)}, SetStatus{Agent: p.ID, Status: Available})
			return
		}
	}
	by, stream := Principal{RoleAgent, string(agent)}, fmt.Sprintf("s%d", w.draw(2))
	w.ingest("", by, oneOf[Command](w,
		SetStatus{Agent: agent, Status: Available}, SetStatus{Agent: agent, Status: Available}, SetStatus{Agent: agent, Status: Available},
		SetStatus{Agent: agent, Status: oneOf(w, BusyStopNew, OnBreak, WorkingOffline, LoggedOut)},
		SetStatus{Agent: agent, Status: LoggedOut}, Connect{Agent: agent, Stream: stream}, Connect{Agent: agent, Stream: stream},
		Disconnect{Agent: agent, Stream: stream},
	))
}

// reconfigure lets an agent join or leave a queue, or learn or forget a skill. Lines hear of it before agents do, so that they
// know whom a new member's announcement is about.
func (w *world) reconfigure() {
	w.count("change of the configuration")
	w.tenant.Agents = slices.Clone(w.tenant.Agents)
	p := &w.tenant.Agents[w.draw(len(w.tenant.Agents))]
	p.Skills = map[SkillID]Level{"billing": oneOf[Level](w, 40, 50, 100)}
	p.QueueSkills = oneOf(w, nil, map[QueueID]map[SkillID]Level{"sales": {"french": 50}})
	p.Queues = oneOf(w, []QueueID{"support"}, []QueueID{"sales"}, []QueueID{"sales", "support"})
	for _, q := range w.tenant.Queues {
		w.match(q.ID, staffed{q, w.tenant.Members(q.ID)})
	}
	w.send(door, agentAt(p.ID), *p)
}

func (w *world) courierHears(mail any) {
	switch mail := mail.(type) {
	case *QueueText:
		w.texts = append(w.texts, mail)
	case *Transmit:
		w.calls = append(w.calls, mail)
	}
}

// dueText finds a text that may be sent now, from the i-th on; -1 when there is none.
func (w *world) dueText(i int) int {
	for ; i < len(w.texts); i++ {
		if !w.texts[i].NotBefore.After(w.now) {
			return i
		}
	}
	return -1
}

func (w *world) beginText(i int) {
	if i = w.dueText(i); i < 0 {
		return
	}
	q := w.texts[i]
	w.texts = slices.Delete(w.texts, i, i+1)
	w.send(courier, conversationAt(q.Conversation), Order{At: w.now, Command: BeginSend{Message: q.Message}})
}

// callOutcome is what came of calling the carrier.
type callOutcome struct {
	accepted bool // it has the text, whether we know or not
	failure  *SendFailure
}

func (w *world) anyOutcome(Transmit) callOutcome {
	switch w.draw(10) {
	case 0:
		return callOutcome{accepted: true, failure: &SendFailure{Failure: Failure{Class: "timeout"}, Unknown: true}}
	case 1:
		return callOutcome{failure: &SendFailure{Failure: Failure{Class: "timeout"}, Unknown: true}}
	case 2, 3:
		after := time.Duration(w.draw(3)) * time.Second
		return callOutcome{failure: &SendFailure{Failure: Failure{Class: "busy"}, Retryable: true, After: after}}
	case 4:
		return callOutcome{failure: &SendFailure{Failure: Failure{Class: "unreachable"}}}
	}
	return callOutcome{accepted: true}
}

// callCarrier makes the i-th call that is waiting.
func (w *world) callCarrier(i int) {
	if i >= len(w.calls) {
		return
	}
	call := w.calls[i]
	w.calls = slices.Delete(w.calls, i, i+1)
	outcome := w.carrier(*call)
	w.checkCall(*call, outcome)
	result := SendResult{Message: call.Message, Attempt: call.Attempt, Failure: outcome.failure}
	if outcome.failure == nil {
		result.CarrierID = "SM" + string(call.Message)
	}
	w.send(courier, conversationAt(call.Conversation), Order{At: w.now, Command: result})
}

// carrierReports sends a receipt for some text that the carrier has, in whatever order.
func (w *world) carrierReports() {
	if len(w.accepted) == 0 {
		return
	}
	id := w.accepted[len(w.accepted)-1-w.draw(min(len(w.accepted), 6))]
	receipt := ReceiveReceipt{Message: id, CarrierID: "SM" + string(id), State: oneOf(w, MessageSent, MessageDelivered, MessageFailed)}
	if receipt.State == MessageFailed {
		receipt.Failure = &Failure{Class: "unreachable"}
	}
	w.ingest("", Principal{}, receipt)
}
