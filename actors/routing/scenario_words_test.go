package routing

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// do understands one line of a script.
func (s *scenario) do(verb string, w words) {
	if s.configure(verb, w) {
		return
	}
	if s.world == nil {
		s.open()
	}
	agent := AgentID(w.at(0))
	by := Principal{RoleAgent, w.at(0)}
	if w.at(0) == "sue" {
		by.Role = RoleSupervisor
	}
	c := s.conversation(agent, w)
	var cmd Command
	switch verb {
	case "inbound":
		s.inbound(w)
		return
	case "wait":
		d, err := time.ParseDuration(w.at(0))
		if err != nil {
			s.t.Fatal(err)
		}
		s.wait(d)
		return
	case "carrier", "crash", "line", "desk", "transcript":
		s.arrange(verb, w)
		return
	case "receipt":
		cmd = ReceiveReceipt{Message: s.message(w), State: MessageState(w.at(0)), Failure: receiptFailure(w)}
		by = Principal{}
	case "status":
		cmd = SetStatus{Agent: agent, Status: Status(w.at(1))}
	case "connect":
		cmd = Connect{Agent: agent, Stream: w.at(1)}
	case "disconnect":
		cmd = Disconnect{Agent: agent, Stream: w.at(1)}
	case "accept":
		cmd = AcceptOffer{Offer: offerTo(agent, c)}
	case "reject":
		cmd = RejectOffer{Offer: offerTo(agent, c), Reason: w.quoted}
	default:
		cmd = deskCommand(verb, w, c)
	}
	if cmd == nil {
		s.t.Fatalf("nobody understands %q", verb)
	}
	s.order(by, cmd)
}

// offerTo is the offer that rings at the agent, else the last one that was made.
func offerTo(a AgentID, c Conversation) OfferID {
	if o, rings := c.RingsAt(a); rings {
		return o.ID
	}
	return c.ID.Offer(c.Offers)
}

func deskCommand(verb string, w words, c Conversation) Command {
	switch verb {
	case "reply":
		return SendReply{Conversation: c.ID, Text: w.quoted}
	case "note":
		return AddNote{Conversation: c.ID, Text: w.quoted}
	case "read":
		return MarkRead{Conversation: c.ID, Seq: c.Seq}
	case "attach":
		return AttachCustomer{Conversation: c.ID, Customer: CustomerID(w.pairs["customer"])}
	case "save":
		return SaveCase{Conversation: c.ID, Case: CaseID(w.pairs["case"])}
	case "assign":
		return AssignConversation{Conversation: c.ID, Agent: AgentID(w.pairs["agent"]), Queue: QueueID(w.pairs["queue"])}
	case "priority":
		return PrioritizeConversation{Conversation: c.ID, Priority: w.number("to")}
	case "release":
		return ReleaseConversation{c.ID}
	case "whisper":
		return Whisper{Conversation: c.ID, Text: w.quoted}
	case "take_over":
		return TakeOver{c.ID}
	case "transfer":
		return TransferConversation{
			Conversation: c.ID, Agent: AgentID(w.pairs["agent"]), Queue: QueueID(w.pairs["queue"]), Note: w.quoted,
		}
	case "end":
		return EndConversation{Conversation: c.ID, Disposition: w.pairs["disposition"], Notes: w.quoted}
	case "extend":
		return ExtendPostProcessing{c.ID}
	case "opt_out":
		return JudgeOptOut{Conversation: c.ID, OptedOut: w.at(1) != "no"}
	case "wrap_up":
		return WrapUp{Conversation: c.ID, Disposition: w.pairs["disposition"], Notes: w.quoted}
	}
	return nil
}

// arrange is what the script says of the carrier and the machine, and what it wants to see.
func (s *scenario) arrange(verb string, w words) {
	switch verb {
	case "carrier":
		switch s.slow = w.has("hangs"); {
		case s.slow, w.has("answers"):
		default:
			s.outcomes = append(s.outcomes, w.plain...)
		}
	case "crash":
		s.world.recover()
	case "line":
		s.showLine(QueueID(w.at(0)))
		return
	case "desk":
		s.showDesk(AgentID(w.at(0)))
		return
	case "transcript":
		s.showTranscript(s.named(w.at(0)))
		return
	}
	s.drain()
}

func receiptFailure(w words) *Failure {
	if w.at(0) != "failed" {
		return nil
	}
	return &Failure{Class: or(w.pairs["class"], "unreachable"), Detail: w.quoted}
}

func (s *scenario) inbound(w words) {
	text := ReceiveText{
		Channel: ChannelID(w.pairs["to"]), From: w.at(0), Body: w.quoted, CarrierID: w.pairs["id"], OptOut: w.pairs["opt_out"],
	}
	if text.Channel == "" {
		text.Channel = s.tenant.Channels[0].ID
	}
	if text.CarrierID == "" {
		text.CarrierID = "t" + strconv.Itoa(s.world.inputs)
	}
	if place := w.pairs["part"]; place != "" { // number/total/reference
		text.Part = &Part{}
		_, _ = fmt.Sscanf(place, "%d/%d/%s", &text.Part.Number, &text.Part.Total, &text.Part.Ref)
	}
	for _, media := range w.list("media") {
		text.Media = append(text.Media, Media{ContentType: media})
	}
	before := s.world.inputs
	s.world.text(text)
	if s.world.inputs == before {
		s.say("nothing: this text has been taken already")
	}
	s.drain()
}

// order gives a command through the inbox and says how it was answered when it was refused.
func (s *scenario) order(by Principal, cmd Command) {
	input := s.world.ingest("", by, cmd)
	before := s.out.Len()
	s.drain()
	if refusal, ok := errors.AsType[*Error](s.world.answers[input]); ok {
		text := fmt.Sprintf("refused, %s: %s", refusal.Code, refusal.Detail)
		if refusal.Characters != nil {
			text += " (" + strings.Join(refusal.Characters, " ") + ")"
		}
		s.say("%s", text)
	} else if s.out.Len() == before {
		switch cmd.(type) {
		case SetStatus, Connect, Disconnect:
		default:
			s.say("nothing")
		}
	}
}

// conversation is the one that is meant: the one named, else the oldest that is the agent's, else the newest of all.
func (s *scenario) conversation(agent AgentID, w words) Conversation {
	for _, word := range w.plain {
		if c := s.named(word); c.ID != "" {
			return c
		}
	}
	for _, id := range s.begun {
		if c := s.world.stored[id]; c.HeldBy(agent) {
			return c
		}
	}
	if ids := s.begun; len(ids) > 0 {
		return s.world.stored[ids[len(ids)-1]]
	}
	return Conversation{}
}

func (s *scenario) named(name string) Conversation {
	for id, n := range s.names {
		if n == name {
			return s.world.stored[id]
		}
	}
	return Conversation{}
}

// message is the text that a receipt is about: c1#2, or the one sent last.
func (s *scenario) message(w words) MessageID {
	name, seq, ok := strings.Cut(w.at(1), "#")
	if !ok {
		return s.last
	}
	n, _ := strconv.Atoi(seq)
	return s.named(name).ID.Message(n)
}

func (s *scenario) showLine(q QueueID) {
	line := s.world.lines[q]
	if len(line.waiting) == 0 {
		s.say("nobody waits")
	}
	for _, w := range line.inOrder() {
		for _, wait := range line.Why(s.world.now, w.Conversation) {
			s.say("%s waits for %s: %s", s.names[w.Conversation], wait.For, wait.Detail)
		}
	}
}

func (s *scenario) showDesk(a AgentID) {
	agent := s.world.agents[a]
	var slots []string
	for id, slot := range agent.Slots() {
		slots = append(slots, s.names[id]+" "+string(slot))
	}
	slices.Sort(slots)
	status := string(agent.Record.Status)
	if agent.Record.Reason != "" {
		status += " (" + agent.Record.Reason + ")"
	}
	if until := agent.Record.Cooling(s.world.now); !until.IsZero() {
		status += fmt.Sprintf(", without offers for %v,", until.Sub(s.world.now))
	}
	s.say("%s is %s and has %d of %d: %s", a, status, agent.Load(), agent.Profile.Slots(), strings.Join(slots, ", "))
}

func (s *scenario) showTranscript(c Conversation) {
	for _, m := range Transcript(s.world.log[c.ID]) {
		s.say("%s", describeMessage(m))
	}
}
