package routing

import "time"

// Samples with every field set, one of each kind: what the golden files hold.

func sampleMessage() Message {
	carrierAt := sampleTime.Add(-time.Second)
	return Message{
		ID: "ms_1_2", Seq: 2, Conversation: "cv_1", Direction: Outbound, Kind: KindSMS, Text: "Grüße", Agent: "ann", At: sampleTime,
		CarrierAt: &carrierAt, State: MessageQueued, Failure: &Failure{"unreachable", "handset off"}, Segments: 1, Encoding: "GSM-7",
		Media: []Media{{"image/jpeg"}}, ClientRef: "r1",
	}
}

func samplePart() *Part { return &Part{Ref: "2a", Number: 2, Total: 3} }

func sampleOffer() Offer {
	return Offer{
		ID: "of_1_1", Agent: "ann", Reason: OfferRequeued, OfferedAt: sampleTime, ExpiresAt: sampleTime.Add(30 * time.Second), Multi: true, From: "bob",
	}
}

func sampleDecision() Decision {
	idle := 0
	return Decision{
		At: sampleTime, Queue: "support", Rule: "level_then_idle", Needs: []Need{{"billing", 70}}, Considered: 2,
		Candidates: []Candidate{
			{Agent: "ann", Chosen: true, Level: 80, IdleSeconds: &idle},
			{Agent: "bob", ExcludedBy: ExcludedBySkill, Detail: "skill billing 60 < 80"},
		},
	}
}

func sampleEvents() []Event {
	later := sampleTime.Add(time.Second)
	return []Event{
		Started{
			ID: "cv_1", Tenant: "acme", Channel: "main", BusinessNumber: "+14155550100", CustomerNumber: "+14155550201", Country: "US", Queue: "support",
			Priority: 3, Skills: []Need{{"billing", 80}}, PreferredSkills: []Need{{"spanish", 50}}, Rule: "vip", Customer: "cu_1", LinkedTo: "cv_0", LastAgent: "ann", OptedOut: true,
		},
		MessageAdded{Message: new(sampleMessage()), CarrierID: "SM1", Raw: "Grüße 👋", Notice: "welcome", Part: samplePart(), Until: later},
		MessageAdvanced{Seq: 2, State: MessageFailed, CarrierID: "SM2", Failure: &Failure{"unreachable", "handset off"}, Attempt: 2, NotBefore: &later},
		MessagesRead{Seq: 2},
		OfferMade{Offer: new(sampleOffer()), Decision: sampleDecision()},
		OfferEnded{Offer: "of_1_1", Agent: "ann", Outcome: OutcomeRejected, Reason: "lunch", Until: later},
		Reopened{},
		CustomerAttached{Customer: "cu_1"},
		CaseSaved{Case: "ca_1"},
		PostProcessingStarted{Until: later},
		PostProcessingExtended{Until: later},
		WrappedUp{Disposition: "solved"},
		ConversationEnded{Agent: "ann"},
		OptedOut{Message: "ms_1_2", Rule: ByKeyword, Until: later},
		OptedIn{Message: "ms_1_2", Rule: ByCarrier, Until: later},
		DispositionAwaited{},
		ConversationParked{},
		Returned{Since: sampleTime},
		Requeued{Agent: "ann", Reason: RequeueUnanswered, Queue: "sales", Skills: []Need{{"billing", 80}}, PreferredSkills: []Need{{"spanish", 50}}},
		TransferStarted{Agent: "bob", Queue: "sales", Skills: []Need{{"billing", 80}}, PreferredSkills: []Need{{"spanish", 50}}, Until: later},
		TransferEnded{Outcome: TransferMissed, Until: later},
		Prioritized{Priority: 7},
		ConversationTaken{By: "sue", From: "ann"},
		MessageGrown{Seq: 2, Part: *samplePart(), Text: "Grüße", CarrierID: "SM3", Raw: "Grü", Until: later},
		OptOutAsked{Message: "ms_1_2"},
		OptOutDismissed{},
		Erased{},
	}
}

func sampleCommands() []Command {
	name, subject, status, followUp := "Ada", "Bill", CaseClosed, sampleTime
	return []Command{
		ReceiveText{
			Channel: "main", From: "+14155550201", Body: "hi 👋", Media: []Media{{"image/jpeg"}}, CarrierID: "SM1", CarrierAt: sampleTime, OptOut: "stop",
			Part: samplePart(),
		},
		ReceiveReceipt{Message: "ms_1_2", CarrierID: "SM2", State: MessageFailed, Failure: &Failure{"unreachable", "handset off"}},
		AcceptOffer{Offer: "of_1_1"},
		RejectOffer{Offer: "of_1_1", Reason: "lunch"},
		SendReply{Conversation: "cv_1", Text: "Hello", ClientRef: "r1"},
		AddNote{Conversation: "cv_1", Text: "angry"},
		MarkRead{Conversation: "cv_1", Seq: 2},
		AttachCustomer{Conversation: "cv_1", Customer: "cu_1"},
		SaveCase{Conversation: "cv_1", Case: "ca_0", Subject: "Bill", Severity: "high", Notes: "again"},
		EndConversation{Conversation: "cv_1", Disposition: "solved", Notes: "done"},
		ExtendPostProcessing{"cv_1"},
		WrapUp{Conversation: "cv_1", Disposition: "solved", Notes: "done"},
		SetStatus{Agent: "ann", Status: OnBreak, Reason: "lunch"},
		Connect{Agent: "ann", Stream: "l1/s1", Opened: sampleTime},
		Disconnect{Agent: "ann", Stream: "s1"},
		CreateCustomer{CustomerDraft{Name: "Ada", Numbers: []string{"+14155550201"}, Attributes: map[string]string{"vip": "yes"}, Notes: "kind"}},
		ChangeCustomer{"cu_1", CustomerChange{
			Name: &name, Numbers: []string{"+14155550202"}, Attributes: map[string]string{"vip": "no"}, Notes: &subject,
		}},
		ChangeCase{"ca_1", CaseChange{
			Subject: &subject, Status: &status, Severity: &name, Visibility: &name, Notes: &name, FollowUpAt: &followUp,
		}},
		ReplaceConfig{Tenant: soundTenant(), Source: "id: acme\n", IfMatch: "e1"},
		GrantToken{Token{
			ID: "tk_1", Sum: "00", Principal: Principal{RoleAdmin, "adam"}, Name: "CRM", Session: true, Means: MeansOIDC, CreatedAt: sampleTime, ExpiresAt: sampleTime,
		}},
		RevokeToken{"tk_1"},
		EraseCustomer{ID: "cu_1", Salt: []byte{1, 2, 3}},
		TransferConversation{Conversation: "cv_1", Agent: "bob", Queue: "sales", Note: "angry"},
		AssignConversation{Conversation: "cv_1", Agent: "bob", Queue: "sales"},
		PrioritizeConversation{Conversation: "cv_1", Priority: 7},
		ReleaseConversation{"cv_1"},
		Whisper{Conversation: "cv_1", Text: "offer a refund"},
		TakeOver{"cv_1"},
		ReadConversation{"cv_1"},
		JudgeOptOut{Conversation: "cv_1", OptedOut: true},
	}
}

// sampleConversation has every field set, also those that do not meet in life.
func sampleConversation() Conversation {
	c := firstConversation()
	c.Country = "US"
	c.DispositionDue = true
	second := *c.Ringing
	second.ID, second.Agent, c.Offers = "of_1_2", "bob", 2
	c.Partials = []Partial{{Message: sampleMessage(), Ref: "2a", Total: 3, Parts: []PartText{{2, "Grü"}}}}
	c.Informed, c.Diverted = []string{"welcome"}, 1
	c.OptOutAsked, c.Outbox[0].Notice = "ms_1_1", true
	c.AlsoRinging, c.PreferredSkills = []Offer{second}, []Need{{"spanish", 50}}
	c.LastAgent, c.EnteredAt, c.Cause, c.Front = "ann", sampleTime, OfferReturned, true
	c.From, c.Broken, c.TakenOver, c.Erased = "bob", 1, true, true
	offer := sampleOffer()
	c.Ringing = &offer
	c.Partials = []Partial{{Message: sampleMessage(), Ref: "2a", Total: 3, Parts: []PartText{{2, "Grü"}}}}
	c.Transfer = &Transfer{Agent: "bob", Queue: "sales", Skills: []Need{{"billing", 80}}, PreferredSkills: []Need{{"spanish", 50}}, N: 4}
	return c
}

// firstConversation has every field set that the first version knew: testdata/conversation.1.json.
func firstConversation() Conversation {
	m, offer, later := sampleMessage(), sampleOffer(), sampleTime.Add(time.Minute)
	offer.From = ""
	return Conversation{
		ID: "cv_1", Tenant: "acme", Channel: "main", BusinessNumber: "+14155550100", CustomerNumber: "+14155550201", Queue: "support",
		State: Offered, StateSince: sampleTime, CreatedAt: sampleTime, Priority: 3, Skills: []Need{{"billing", 80}}, WaitingSince: sampleTime,
		Deadline: later, Agent: "ann", Ringing: &offer, Offers: 1, Refused: []AgentID{"bob"}, Extended: true, Customer: "cu_1",
		LinkedTo: "cv_0", Case: "ca_1", Disposition: "solved", OptedOut: true, Seq: 2, UnreadSeqs: []int{1}, UnansweredSince: sampleTime,
		LastMessage: &m, Outbox: []Outgoing{{Message: m, Attempt: 1, NotBefore: &later, CarrierID: "SM1"}}, Rev: 9,
	}
}
