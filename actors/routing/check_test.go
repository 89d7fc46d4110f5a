package routing

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// soundTenant is a configuration with everything in it and nothing wrong.
func soundTenant() Tenant {
	sixty, day := 60, 24
	return Tenant{
		ID: "acme", Name: "Acme", Countries: []string{"US", "GB"}, Destinations: []string{"US", "CA", "GB"}, Skills: []SkillID{"billing", "spanish"},
		Schedules: []Schedule{officeHours()},
		Queues: []Queue{
			{
				ID: "support", Schedule: "office", Closed: &ClosedPolicy{Then: ThenQueue, Queue: "sales", Reply: "Later, {opens}."},
				Overflow: []OverflowRule{
					{When: WhenLength, Over: 20, Then: ThenQueue, Queue: "sales"},
					{When: WhenLength, Over: 10, Then: ThenReply, Reply: "Busy: {minutes}."},
					{When: WhenNoAgents, Then: ThenCase},
					{When: WhenMaxWait, Over: 600, Then: ThenCase},
				},
				Waiting: &WaitingTexts{Welcome: "Hello.", Position: &PositionText{60, "{position}, {minutes} to {most_minutes}"}},
				OfferTo: 2, MissedOffers: MissStrict, Priority: 10, AgingMinutes: 5, Skills: []Need{{"billing", 50}}, RelaxLevels: &Relaxation{30, 10, 20},
				PreferredSkills: []Need{{"spanish", 10}, {"billing", 60}}, PreferForSeconds: 20, AgentRule: RoundRobin,
				OfferTimeoutSeconds: 15, PostProcessingSeconds: &sixty,
				DispositionRequired: true, ReopenHours: &day, ServiceLevelSeconds: 30, ReplyTargetSeconds: 120,
			},
			{ID: "sales"},
		},
		Channels: []Channel{
			{ID: "main", Carrier: "twilio", Number: "+14155550100", Queue: "support", Secret: "env:TWILIO", Rules: []ChannelRule{
				{Name: "vip", Attribute: &AttributeIs{"tier", "VIP"}, Priority: 9},
				{Keywords: []string{"bill"}, Pattern: "(?i)late", During: "office", Queue: "sales", Skills: []Need{{"billing", 10}}, PreferredSkills: []Need{{"spanish", 50}}},
				{Outside: "office", Queue: "sales"},
			}},
			{
				ID: "uk", Carrier: "twilio", Number: "+442079460000", Queue: "sales", Secrets: []string{"old", "new"},
				APIBase: "https://127.0.0.1:1", KeywordReplies: RepliesEngine, SegmentsPerSecond: 2.5,
			},
			{ID: "demo", Carrier: "simulated", Number: "+14155550100", Queue: "support", Secret: "s"},
		},
		Agents: []Profile{
			{ID: "ann", Capacity: 6, Queues: []QueueID{"support", "sales"}, Skills: map[SkillID]Level{"billing": 100, "spanish": 10}, QueueSkills: map[QueueID]map[SkillID]Level{"support": {"spanish": 60}}},
			{ID: "bob", Login: "Bob@Acme.example", OfferTimeoutSeconds: 60, RampUpSeconds: 30},
		},
		SignIn: &SignIn{&OIDC{
			Issuer: "https://login.example.com/realms/acme", ClientID: "switchyard", ClientSecret: "env:OIDC", Claim: ClaimEmail, Scopes: []string{"email"}, Button: "Acme account",
		}},
		Supervisors:  []Staff{{ID: "sue", Login: "sue@acme.example"}},
		Admins:       []Staff{{ID: "adam"}},
		FAQs:         []FAQ{{ID: "hours", Title: "Hours", Text: "Open 9-5, {customer}.", Queues: []QueueID{"sales"}}},
		Dispositions: []Disposition{{ID: "solved", Name: "Solved"}},
		Keywords:     KeywordLists{Stop: []string{"ARRET"}, Start: []string{"YES"}, Help: []string{"AIDE"}, StopReply: "Bye."},
	}
}

func TestCheckPassesWhatIsSound(t *testing.T) {
	t.Parallel()
	letterbox := soundTenant()
	letterbox.Queues = append(letterbox.Queues, Queue{ID: "night", Overflow: []OverflowRule{{When: WhenNoAgents, Then: ThenCase}}})
	halves := soundTenant()
	halves.Channels[0].Rules = []ChannelRule{{During: "office", Priority: 2}, {Keywords: []string{"pay"}, Priority: 3}, {Keywords: []string{"pay", "bill"}, Priority: 4}, {Outside: "office", Attribute: &AttributeIs{"tier", "VIP"}, Priority: 5}, {Priority: 6}}
	for name, tenant := range map[string]Tenant{"everything": soundTenant(), "rules for the rest": halves, "nothing but a name": {ID: "empty-1_"}, "a queue for cases": letterbox} {
		if problems := tenant.Check(); problems != nil {
			t.Errorf("%s: %v", name, problems)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	number := func(n int) *int { return &n }
	for _, row := range []struct {
		name   string
		spoil  func(*Tenant)
		path   string
		advice string // what the message must contain
	}{
		{"queue that nobody serves", func(c *Tenant) { c.Queues = append(c.Queues, Queue{ID: "night"}) }, "queues[2].id", "under an agent's queues"},
		{"queue where nobody is told what then", func(c *Tenant) {
			c.Queues = append(c.Queues, Queue{ID: "night", Overflow: []OverflowRule{{When: WhenNoAgents, Then: ThenReply, Reply: "Later."}}})
		}, "queues[2].id", "overflow"},
		{"tenant without id", func(c *Tenant) { c.ID = "" }, "id", "lower-case letters"},
		{"id with capitals", func(c *Tenant) { c.ID = "Acme" }, "id", "lower-case letters"},
		{"id too long", func(c *Tenant) { c.ID = TenantID(strings.Repeat("a", 65)) }, "id", "1 to 64"},
		{"id with a slash", func(c *Tenant) {
			c.Queues = append(c.Queues, Queue{ID: "a/b", Overflow: []OverflowRule{{When: WhenNoAgents, Then: ThenCase}}})
		}, "queues[2].id", "digits, - or _"},
		{"country in small letters", func(c *Tenant) { c.Countries = append(c.Countries, "fr") }, "countries[2]", "two capital letters"},
		{"country that is none", func(c *Tenant) { c.Countries = append(c.Countries, "UK") }, "countries[2]", "GB"},
		{"country of two blanks", func(c *Tenant) { c.Countries = append(c.Countries, "E A") }, "countries[2]", "capital letters"},
		{"destination that is none", func(c *Tenant) { c.Destinations = append(c.Destinations, "UK") }, "destinations[3]", "GB"},
		{"skill twice", func(c *Tenant) { c.Skills = append(c.Skills, "billing") }, "skills[2]", "skills[0]"},
		{"skill misspelt", func(c *Tenant) { c.Skills = append(c.Skills, "Billing!") }, "skills[2]", "lower-case"},
		{"queue twice", func(c *Tenant) {
			c.Queues[1].ID = "support"
			c.Queues[0].Overflow, c.Queues[0].Closed, c.Channels[1].Queue, c.FAQs, c.Agents, c.Channels[0].Rules = nil, nil, "support", nil, []Profile{{ID: "ann", Queues: []QueueID{"support"}}}, nil
		}, "queues[1].id", "queues[0].id"},
		{"queue needs unknown skill", func(c *Tenant) { c.Queues[0].Skills[0].Skill = "x" }, "queues[0].skills[0].skill", "add it to skills"},
		{"queue needs a skill twice", func(c *Tenant) { c.Queues[0].Skills = []Need{{"billing", 40}, {"billing", 50}} }, "queues[0].skills[1].skill", "higher level"},
		{"queue needs level 0", func(c *Tenant) { c.Queues[0].Skills[0].Level = 0 }, "queues[0].skills[0].level", "10 to 100"},
		{"queue needs level 55", func(c *Tenant) { c.Queues[0].Skills[0].Level = 55 }, "queues[0].skills[0].level", "steps of 10"},
		{"overflow by the moon", func(c *Tenant) { c.Queues[0].Overflow[0].When = "moon" }, "queues[0].overflow[0].when", "max_wait"},
		{"overflow over nothing", func(c *Tenant) { c.Queues[0].Overflow[1].Over = 0 }, "queues[0].overflow[1].over", "conversations"},
		{"overflow after a second", func(c *Tenant) { c.Queues[0].Overflow[3].Over = 1 }, "queues[0].overflow[3].over", "seconds"},
		{"overflow over no agents", func(c *Tenant) { c.Queues[0].Overflow[2].Over = 1 }, "queues[0].overflow[2].over", "leave it out"},
		{"overflow to nowhere", func(c *Tenant) { c.Queues[0].Overflow[0].Queue = "x" }, "queues[0].overflow[0].queue", "no queue"},
		{"overflow into itself", func(c *Tenant) { c.Queues[0].Overflow[0].Queue = "support" }, "queues[0].overflow[0].queue", "another one"},
		{"overflow that waits", func(c *Tenant) { c.Queues[0].Overflow[2].Then = ThenWait }, "queues[0].overflow[2].then", "queue, case or reply"},
		{"overflow that says nothing", func(c *Tenant) { c.Queues[0].Overflow[1].Reply = "" }, "queues[0].overflow[1].reply", "is missing"},
		{"overflow that never counts", func(c *Tenant) { c.Queues[0].Overflow[1].Over = 30 }, "queues[0].overflow[1]", "higher limit first"},
		{"overflow to nobody", func(c *Tenant) { c.Queues[0].Overflow[0].Queue = "" }, "queues[0].overflow[0].queue", "is missing"},
		{"overflow of a case", func(c *Tenant) {
			c.Queues[0].Overflow = append(c.Queues[0].Overflow, OverflowRule{When: WhenMaxWait, Over: 900, Then: ThenQueue, Queue: "sales"})
		}, "queues[0].overflow[4]", "has become a case"},
		{"welcome with a smiley", func(c *Tenant) { c.Queues[0].Waiting.Welcome = "😀" }, "queues[0].waiting.welcome", "plain text"},
		{"position at once", func(c *Tenant) { c.Queues[0].Waiting.Position.AfterSeconds = 0 }, "queues[0].waiting.position.after_seconds", "seconds"},
		{"position without a text", func(c *Tenant) { c.Queues[0].Waiting.Position.Text = "" }, "queues[0].waiting.position.text", "write a text"},
		{"position of the moon", func(c *Tenant) { c.Queues[0].Waiting.Position.Text = "{moon}" }, "queues[0].waiting.position.text", "{position}"},
		{"shift that begins in no time", func(c *Tenant) { c.Agents[1].RampUpSeconds = 1 }, "agents[1].ramp_up_seconds", "5 to 3600"},
		{"rule to nowhere", func(c *Tenant) { c.Channels[0].Rules[1].Queue = "x" }, "channels[0].rules[1].queue", "no queue"},
		{"rule with an unknown skill", func(c *Tenant) { c.Channels[0].Rules[1].Skills[0].Skill = "x" }, "channels[0].rules[1].skills[0].skill", "add it to skills"},
		{"rule that prefers level 5", func(c *Tenant) { c.Channels[0].Rules[1].PreferredSkills[0].Level = 5 }, "channels[0].rules[1].preferred_skills[0].level", "steps of 10"},
		{"rule with priority 11", func(c *Tenant) { c.Channels[0].Rules[0].Priority = 11 }, "channels[0].rules[0].priority", "1 to 10"},
		{"rule that changes nothing", func(c *Tenant) { c.Channels[0].Rules[0].Priority = 0 }, "channels[0].rules[0]", "changes nothing"},
		{"rule for two words", func(c *Tenant) { c.Channels[0].Rules[1].Keywords[0] = "my bill" }, "channels[0].rules[1].keywords[0]", "use pattern"},
		{"rule with half a pattern", func(c *Tenant) { c.Channels[0].Rules[1].Pattern = "(" }, "channels[0].rules[1].pattern", "(?i)order"},
		{"rule for no attribute", func(c *Tenant) { c.Channels[0].Rules[0].Attribute.Name = "" }, "channels[0].rules[0].attribute.name", "such as tier"},
		{"rule for an attribute that is nothing", func(c *Tenant) { c.Channels[0].Rules[0].Attribute.Is = " " }, "channels[0].rules[0].attribute.is", "such as VIP"},
		{"rule in unknown hours", func(c *Tenant) { c.Channels[0].Rules[2].Outside = "x" }, "channels[0].rules[2].outside", "under schedules"},
		{"rule that is never", func(c *Tenant) { c.Channels[0].Rules[1].Outside = "office" }, "channels[0].rules[1].outside", "open and closed at once"},
		{"rule that nothing reaches", func(c *Tenant) { c.Channels[0].Rules[0].Attribute = nil; c.Channels[0].Rules = c.Channels[0].Rules[:2] }, "channels[0].rules[1]", "rules[0] (vip) holds whenever"},
		{"rule whose words all go elsewhere", func(c *Tenant) {
			c.Channels[0].Rules = []ChannelRule{{Keywords: []string{"bill"}, Priority: 2}, {Keywords: []string{"pay"}, Priority: 3}, {Keywords: []string{"Pay", "bill"}, Priority: 4}}
		}, "channels[0].rules[2]", "one of those before"},
		{"rule after day and night", func(c *Tenant) {
			c.Channels[0].Rules = []ChannelRule{{During: "office", Priority: 2}, {Outside: "office", Priority: 3}, {Keywords: []string{"bill"}, Priority: 4}}
		}, "channels[0].rules[2]", "one of those before"},
		{"schedule in no zone", func(c *Tenant) { c.Schedules[0].Zone = "Middle/Earth" }, "schedules[0].zone", "Europe/Berlin"},
		{"schedule twice", func(c *Tenant) { c.Schedules = append(c.Schedules, officeHours()) }, "schedules[1].id", "schedules[0].id"},
		{"never open", func(c *Tenant) { c.Schedules[0].Open, c.Schedules[0].Exceptions = nil, nil }, "schedules[0].open", "never open"},
		{"hours on no day", func(c *Tenant) { c.Schedules[0].Open[0].Days = nil }, "schedules[0].open[0].days", "mon, tue"},
		{"hours on a strange day", func(c *Tenant) { c.Schedules[0].Open[2].Days[0] = "Saturday" }, "schedules[0].open[2].days[0]", "sat or sun"},
		{"hours that end first", func(c *Tenant) { c.Schedules[0].Open[0].To = "08:00" }, "schedules[0].open[0]", "from before a to"},
		{"hours that are none", func(c *Tenant) { c.Schedules[0].Open[0].From = "9am" }, "schedules[0].open[0]", "09:00"},
		{"hours that overlap", func(c *Tenant) { c.Schedules[0].Open[1].From = "11:59" }, "schedules[0].open[1]", "overlaps other hours of mon"},
		{"special hours that overlap", func(c *Tenant) { c.Schedules[0].Exceptions[2].From = "10:30" }, "schedules[0].exceptions[2]", "of 2026-12-26"},
		{"holiday that is no date", func(c *Tenant) { c.Schedules[0].Holidays[0].Date = "25.12." }, "schedules[0].holidays[0].date", "2026-12-25"},
		{"holiday with hours", func(c *Tenant) { c.Schedules[0].Exceptions[0].Date = "2026-12-25" }, "schedules[0].exceptions[0].date", "out of holidays"},
		{"holiday twice", func(c *Tenant) { c.Schedules[0].Holidays = append(c.Schedules[0].Holidays, c.Schedules[0].Holidays[0]) }, "schedules[0].holidays[1].date", "leave one out"},
		{"queue of an unknown schedule", func(c *Tenant) { c.Queues[0].Schedule = "x" }, "queues[0].schedule", "under schedules"},
		{"closed without a schedule", func(c *Tenant) { c.Queues[1].Closed = &ClosedPolicy{} }, "queues[1].closed", "name its schedule"},
		{"closed, and then what", func(c *Tenant) { c.Queues[0].Closed = &ClosedPolicy{Then: "voicemail"} }, "queues[0].closed.then", "queue, wait or case"},
		{"closed, and then where", func(c *Tenant) { c.Queues[0].Closed.Queue = "x" }, "queues[0].closed.queue", "no queue"},
		{"closed, and then here", func(c *Tenant) { c.Queues[0].Closed.Queue = "support" }, "queues[0].closed.queue", "another one"},
		{"closed, waits elsewhere", func(c *Tenant) { c.Queues[0].Closed.Then = ThenWait }, "queues[0].closed.queue", "then: queue"},
		{"closed reply with a smiley", func(c *Tenant) { c.Queues[0].Closed.Reply = "😀" }, "queues[0].closed.reply", "plain text"},
		{"closed reply of the moon", func(c *Tenant) { c.Queues[0].Closed.Reply = "Until {open}." }, "queues[0].closed.reply", "write {opens}"},
		{"unknown policy for misses", func(c *Tenant) { c.Queues[0].MissedOffers = "lenient" }, "queues[0].missed_offers", "graduated or strict"},
		{"offers to eleven", func(c *Tenant) { c.Queues[0].OfferTo = 11 }, "queues[0].offer_to", "1 to 10"},
		{"queue priority 11", func(c *Tenant) { c.Queues[0].Priority = 11 }, "queues[0].priority", "1 to 10"},
		{"queue priority -1", func(c *Tenant) { c.Queues[0].Priority = -1 }, "queues[0].priority", "leave it out for 5"},
		{"aging in two days", func(c *Tenant) { c.Queues[0].AgingMinutes = 2880 }, "queues[0].aging_minutes", "1 to 1440"},
		{"relaxation in no time", func(c *Tenant) { c.Queues[0].RelaxLevels.EverySeconds = 0 }, "queues[0].relax_levels.every_seconds", "5 to 3600"},
		{"relaxation by 5", func(c *Tenant) { c.Queues[0].RelaxLevels.Step = 5 }, "queues[0].relax_levels.step", "steps of 10"},
		{"relaxation down to 0", func(c *Tenant) { c.Queues[0].RelaxLevels.Floor = 0 }, "queues[0].relax_levels.floor", "steps of 10"},
		{"relaxation that changes nothing", func(c *Tenant) { c.Queues[0].RelaxLevels.Floor = 50 }, "queues[0].relax_levels.floor", "lower floor"},
		{"queue prefers unknown skill", func(c *Tenant) { c.Queues[0].PreferredSkills[0].Skill = "x" }, "queues[0].preferred_skills[0].skill", "add it to skills"},
		{"queue prefers what everybody has", func(c *Tenant) { c.Queues[0].PreferredSkills[1].Level = 50 }, "queues[0].preferred_skills[1].level", "higher one"},
		{"queue prefers a skill twice", func(c *Tenant) {
			c.Queues[0].PreferredSkills[0].Skill = "billing"
			c.Queues[0].PreferredSkills[0].Level = 60
		}, "queues[0].preferred_skills[1].skill", "leave one out"},
		{"queue insists on nothing", func(c *Tenant) { c.Queues[1].PreferForSeconds = 30 }, "queues[1].prefer_for_seconds", "list preferred_skills"},
		{"queue insists too shortly", func(c *Tenant) { c.Queues[0].PreferForSeconds = 1 }, "queues[0].prefer_for_seconds", "5 to 3600"},
		{"unknown rule", func(c *Tenant) { c.Queues[0].AgentRule = "best" }, "queues[0].agent_rule", "least_busy"},
		{"levels for a queue not served", func(c *Tenant) { c.Agents[1].QueueSkills = map[QueueID]map[SkillID]Level{"sales": {}} }, "agents[1].queue_skills.sales", "add it to queues"},
		{"levels for an unknown queue", func(c *Tenant) { c.Agents[1].QueueSkills = map[QueueID]map[SkillID]Level{"x": {}} }, "agents[1].queue_skills.x", "no queue"},
		{"level 5 in a queue", func(c *Tenant) { c.Agents[0].QueueSkills["support"]["spanish"] = 5 }, "agents[0].queue_skills.support.spanish", "steps of 10"},
		{"queue's timeout too short", func(c *Tenant) { c.Queues[0].OfferTimeoutSeconds = 14 }, "queues[0].offer_timeout_seconds", "15 to 60"},
		{"post-processing too long", func(c *Tenant) { c.Queues[0].PostProcessingSeconds = number(3601) }, "queues[0].post_processing_seconds", "0 to 3600"},
		{"post-processing negative", func(c *Tenant) { c.Queues[0].PostProcessingSeconds = number(-1) }, "queues[0].post_processing_seconds", "0 to 3600"},
		{"reopen window too long", func(c *Tenant) { c.Queues[0].ReopenHours = number(73) }, "queues[0].reopen_hours", "0 to 72"},
		{"service level negative", func(c *Tenant) { c.Queues[0].ServiceLevelSeconds = -1 }, "queues[0].service_level_seconds", "0 to 3600"},
		{"reply target too long", func(c *Tenant) { c.Queues[0].ReplyTargetSeconds = 86401 }, "queues[0].reply_target_seconds", "0 to 86400"},
		{"disposition required of none", func(c *Tenant) { c.Dispositions = nil }, "queues[0].disposition_required", "list dispositions"},
		{"channel twice", func(c *Tenant) { c.Channels[1].ID = "main" }, "channels[1].id", "channels[0].id"},
		{"channel without carrier", func(c *Tenant) { c.Channels[0].Carrier = "" }, "channels[0].carrier", "twilio"},
		{"short code", func(c *Tenant) { c.Channels[0].Number = "12345" }, "channels[0].number", "short codes"},
		{"number that is none", func(c *Tenant) { c.Channels[0].Number = "hello, world" }, "channels[0].number", "E.164"},
		{"number in another form", func(c *Tenant) { c.Channels[0].Number = "1 (415) 555-0100" }, "channels[0].number", "+14155550100"},
		{"number in another country", func(c *Tenant) { c.Channels[0].Number = "+33123456789" }, "channels[0].number", "FR"},
		{"number twice at a carrier", func(c *Tenant) { c.Channels[1].Number = c.Channels[0].Number }, "channels[1].number", "channels[0]"},
		{"channel of unknown queue", func(c *Tenant) { c.Channels[0].Queue = "x" }, "channels[0].queue", "under queues"},
		{"channel without secret", func(c *Tenant) { c.Channels[0].Secret = "" }, "channels[0].secret", "env:NAME"},
		{"three secrets", func(c *Tenant) { c.Channels[1].Secret = "third" }, "channels[1].secrets", "old one and the new one"},
		{"empty secret", func(c *Tenant) { c.Channels[1].Secrets[1] = " " }, "channels[1].secrets[1]", "env:NAME"},
		{"address that is none", func(c *Tenant) { c.Channels[0].APIBase = "localhost" }, "channels[0].api_base", "https://"},
		{"unknown keyword replies", func(c *Tenant) { c.Channels[0].KeywordReplies = "me" }, "channels[0].keyword_replies", "carrier, engine or none"},
		{"negative rate", func(c *Tenant) { c.Channels[0].SegmentsPerSecond = -1 }, "channels[0].segments_per_second", "0 to 1000"},
		{"rate that is no number", func(c *Tenant) { c.Channels[0].SegmentsPerSecond = math.NaN() }, "channels[0].segments_per_second", "0 to 1000"},
		{"seven conversations", func(c *Tenant) { c.Agents[0].Capacity = 7 }, "agents[0].capacity", "1 to 6"},
		{"negative capacity", func(c *Tenant) { c.Agents[1].Capacity = -1 }, "agents[1].capacity", "1 to 6"},
		{"agent twice", func(c *Tenant) { c.Agents[1].ID = "ann" }, "agents[1].id", "agents[0].id"},
		{"agent in unknown queue", func(c *Tenant) { c.Agents[0].Queues[1] = "x" }, "agents[0].queues[1]", "under queues"},
		{"blocked number in another form", func(c *Tenant) { c.Blocked = []string{"+14155550177", "0177"} }, "blocked[1]", "E.164"},
		{"recover for a week", func(c *Tenant) { c.Channels[0].RecoverHours = 168 }, "channels[0].recover_hours", "0 to 72"},
		{"texts per minute", func(c *Tenant) { c.SenderTextsPerMinute = -1 }, "sender_texts_per_minute", "0 for no limit"},
		{"agent in a queue twice", func(c *Tenant) { c.Agents[0].Queues[1] = "support" }, "agents[0].queues[1]", "twice"},
		{"agent with unknown skill", func(c *Tenant) { c.Agents[0].Skills["x"] = 10 }, "agents[0].skills.x", "add it to skills"},
		{"agent with level 110", func(c *Tenant) { c.Agents[0].Skills["billing"] = 110 }, "agents[0].skills.billing", "10 to 100"},
		{"agent's timeout too long", func(c *Tenant) { c.Agents[1].OfferTimeoutSeconds = 61 }, "agents[1].offer_timeout_seconds", "15 to 60"},
		{"supervisor who is an agent", func(c *Tenant) { c.Supervisors[0].ID = "bob" }, "supervisors[0].id", "agents[1].id"},
		{"admin who is a supervisor", func(c *Tenant) { c.Admins[0].ID = "sue" }, "admins[0].id", "supervisors[0].id"},
		{"FAQ twice", func(c *Tenant) { c.FAQs = append(c.FAQs, c.FAQs[0]) }, "faqs[1].id", "faqs[0].id"},
		{"FAQ without title", func(c *Tenant) { c.FAQs[0].Title = "" }, "faqs[0].title", "look for"},
		{"FAQ without text", func(c *Tenant) { c.FAQs[0].Text = "\n" }, "faqs[0].text", "write the answer"},
		{"FAQ with an emoji", func(c *Tenant) { c.FAQs[0].Text = "Hi 👍" }, "faqs[0].text", "take out 👍"},
		{"FAQ too long", func(c *Tenant) { c.FAQs[0].Text = strings.Repeat("a", 1531) }, "faqs[0].text", "at most 10"},
		{"FAQ of unknown queue", func(c *Tenant) { c.FAQs[0].Queues[0] = "x" }, "faqs[0].queues[0]", "under queues"},
		{"disposition twice", func(c *Tenant) { c.Dispositions = append(c.Dispositions, c.Dispositions[0]) }, "dispositions[1].id", "dispositions[0].id"},
		{"status reason without name", func(c *Tenant) { c.StatusReasons = []StatusReason{{ID: "lunch"}} }, "status_reasons[0].name", "such as Lunch"},
		{"status reason twice", func(c *Tenant) {
			c.StatusReasons = []StatusReason{{ID: "lunch", Name: "Lunch"}, {ID: "lunch", Name: "Lunch"}}
		}, "status_reasons[1].id", "status_reasons[0].id"},
		{"status reason of no status", func(c *Tenant) {
			c.StatusReasons = []StatusReason{{ID: "lunch", Name: "Lunch", Statuses: []Status{"gone"}}}
		}, "status_reasons[0].statuses[0]", "is no status"},
		{"disposition without name", func(c *Tenant) { c.Dispositions[0].Name = "" }, "dispositions[0].name", "such as Solved"},
		{"keyword of nothing", func(c *Tenant) { c.Keywords.Stop[0] = "!" }, "keywords.stop[0]", "letter or digit"},
		{"keyword too long", func(c *Tenant) { c.Keywords.Help[0] = strings.Repeat("a", 41) }, "keywords.help[0]", "at most 40"},
		{"start that is a stop", func(c *Tenant) { c.Keywords.Start[0] = "Quit" }, "keywords.start[0]", "always means stop"},
		{"word of two meanings", func(c *Tenant) { c.Keywords.Help[0] = "yes" }, "keywords.help[0]", "keywords.start[0]"},
		{"keyword reply with an emoji", func(c *Tenant) { c.Keywords.HelpReply = "👋" }, "keywords.help_reply", "take out 👋"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			tenant := soundTenant()
			tenant.Agents = append(tenant.Agents, Profile{ID: "cid", Queues: []QueueID{"support", "sales"}}) // whatever becomes of the others
			row.spoil(&tenant)
			problems := tenant.Check()
			if !slices.ContainsFunc(problems, func(p Problem) bool { return p.Path == row.path && strings.Contains(p.Message, row.advice) }) {
				t.Errorf("no problem at %s with %q; got %v", row.path, row.advice, problems)
			}
			if len(problems) != 1 {
				t.Errorf("one mistake, %d problems: %v", len(problems), problems)
			}
		})
	}
}
