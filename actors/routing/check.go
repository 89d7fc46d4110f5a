package routing

import (
	"fmt"
	"slices"
	"strings"

	"switchyard/actors/sms"
)

// Limits of a configuration that are not an agent's.
const (
	maxSlug                  = 64
	maxPostProcessingSeconds = 3600
	minSilenceSeconds        = 60
	maxSilenceSeconds        = 86400
	maxServiceLevelSeconds   = 3600
	maxReplyTargetSeconds    = 86400
	maxAgingMinutes          = 1440
	maxRampUpSeconds         = 3600
	maxSegmentsPerSecond     = 1000 // more than any number is let send
	maxSecrets               = 2    // the old one and the new one
	maxRecoverHours          = 72
	maxSenderTexts           = 1000
	maxKeyword               = 40 // bytes; the longest that one would want a customer to type
)

// Check lists what is wrong with the configuration, in the order of the document; none when it is safe to run. Each problem's
// path says where in the document it is, and its message what to write instead.
func (t *Tenant) Check() []Problem {
	c := checker{tenant: t, ids: map[string]string{}}
	c.slug("id", string(t.ID))
	c.countries("countries", t.Countries)
	c.countries("destinations", t.Destinations)
	for i, s := range t.Skills {
		c.id(index("skills", i), "skill", string(s))
	}
	for i, s := range t.Schedules {
		c.schedule(index("schedules", i), s)
	}
	for i, q := range t.Queues {
		c.queue(index("queues", i), q)
	}
	numbers := map[string]string{}
	for i, ch := range t.Channels {
		c.channel(index("channels", i), ch, numbers)
	}
	for i, a := range t.Agents {
		c.agent(index("agents", i), a)
	}
	for i, s := range t.Supervisors {
		c.id(index("supervisors", i)+".id", "person", s.ID)
	}
	for i, s := range t.Admins {
		c.id(index("admins", i)+".id", "person", s.ID)
	}
	c.signIn()
	for i, f := range t.FAQs {
		c.faq(index("faqs", i), f)
	}
	for i, d := range t.Dispositions {
		c.id(index("dispositions", i)+".id", "disposition", d.ID)
		c.present(index("dispositions", i)+".name", d.Name, "write what agents choose from, such as Solved")
	}
	for i, r := range t.StatusReasons {
		c.statusReason(index("status_reasons", i), r)
	}
	c.keywords(t.Keywords)
	switch t.OptOutScope {
	case "", ScopeTenant, ScopeNumber:
	default:
		c.add("opt_out_scope", "%q is not known; write tenant, for all numbers, or number, for the one that was texted", t.OptOutScope)
	}
	if t.AgentGoneRequeueSeconds != nil {
		c.between("agent_gone_requeue_seconds", *t.AgentGoneRequeueSeconds, 0, maxSilenceSeconds, "seconds")
	}
	for i, n := range t.Blocked {
		if e164, err := sms.Number(n); err != nil || e164 != n {
			c.add(index("blocked", i), "%q is not a number in E.164 form; write it as +14155550100", n)
		}
	}
	c.between("sender_texts_per_minute", t.SenderTextsPerMinute, 0, maxSenderTexts, "texts, 0 for no limit")
	return c.problems
}

// checker walks through a document and collects what is wrong.
type checker struct {
	tenant   *Tenant
	ids      map[string]string // "kind id" → where it was first
	problems []Problem
}

func index(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }

func (c *checker) add(path, format string, args ...any) {
	c.problems = append(c.problems, Problem{path, fmt.Sprintf(format, args...)})
}

func (c *checker) present(path, s, instead string) {
	if strings.TrimSpace(s) == "" {
		c.add(path, "is missing; %s", instead)
	}
}

func (c *checker) between(path string, n, least, most int, unit string) {
	if n < least || n > most {
		c.add(path, "%d is out of range; write %d to %d %s", n, least, most, unit)
	}
}

func (c *checker) slug(path, s string) {
	strange := func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_' }
	if s == "" || len(s) > maxSlug || strings.ContainsFunc(s, strange) {
		c.add(path, "%q is not a name; write 1 to %d lower-case letters, digits, - or _", s, maxSlug)
	}
}

// id checks the name of a thing and that no other of its kind has it. Agents, supervisors and administrators are one kind:
// they sign in by it.
func (c *checker) id(path, kind, s string) {
	c.slug(path, s)
	key := kind + " " + s
	if first, taken := c.ids[key]; taken {
		c.add(path, "%q is the %s at %s already; choose another name", s, kind, first)
		return
	}
	c.ids[key] = path
}

func (c *checker) queueRef(path string, q QueueID) {
	if q == "" {
		c.add(path, "is missing; write the id of a queue under queues")
	} else if _, known := c.tenant.Queue(q); !known {
		c.add(path, "there is no queue %q; write the id of one under queues", q)
	}
}

func (c *checker) skill(path string, s SkillID, levelPath string, l Level) {
	if !slices.Contains(c.tenant.Skills, s) {
		c.add(path, "there is no skill %q; add it to skills or write one that is there", s)
	}
	c.level(levelPath, l)
}

func (c *checker) level(levelPath string, l Level) {
	if !l.Valid() {
		c.add(levelPath, "%d is not a level; write 10 to 100 in steps of 10", l)
	}
}

func (c *checker) timeout(path string, seconds int) {
	if seconds != 0 {
		c.between(path, seconds, int(MinOfferTimeout.Seconds()), int(MaxOfferTimeout.Seconds()), "seconds")
	}
}

func (c *checker) queue(path string, q Queue) {
	c.id(path+".id", "queue", string(q.ID))
	if len(c.tenant.Members(q.ID)) == 0 && !q.unattended() {
		c.add(path+".id", "no agent serves it; write it under an agent's queues, or an overflow {when: no_agents, …} for what comes here")
	}
	if q.Priority != 0 {
		c.between(path+".priority", q.Priority, MinPriority, MaxPriority, fmt.Sprintf("(higher first), or leave it out for %d", DefaultPriority))
	}
	if q.AgingMinutes != 0 {
		c.between(path+".aging_minutes", q.AgingMinutes, 1, maxAgingMinutes, "minutes, or leave it out")
	}
	if q.OfferTo != 0 {
		c.between(path+".offer_to", q.OfferTo, 1, MaxOfferTo, "agents at once, or leave it out for 1")
	}
	switch q.MissedOffers {
	case "", MissGraduated, MissStrict:
	default:
		c.add(path+".missed_offers", "%q is not known; write graduated or strict", q.MissedOffers)
	}
	c.closed(path, q)
	c.overflow(path, q)
	c.queueSkills(path, q)
	c.timeout(path+".offer_timeout_seconds", q.OfferTimeoutSeconds)
	if q.PostProcessingSeconds != nil {
		c.between(path+".post_processing_seconds", *q.PostProcessingSeconds, 0, maxPostProcessingSeconds, "seconds, 0 for none")
	}
	if q.DispositionRequired && len(c.tenant.Dispositions) == 0 {
		c.add(path+".disposition_required", "there is nothing to choose from; list dispositions or leave this out")
	}
	if q.ReopenHours != nil {
		c.between(path+".reopen_hours", *q.ReopenHours, 0, int(MaxReopenWindow.Hours()), "hours")
	}
	if q.ParkSeconds != nil && *q.ParkSeconds != 0 {
		c.between(path+".park_seconds", *q.ParkSeconds, minSilenceSeconds, maxSilenceSeconds, "seconds, 0 for never")
	}
	if q.PullBackSeconds != 0 {
		c.between(path+".pull_back_seconds", q.PullBackSeconds, minSilenceSeconds, maxSilenceSeconds, "seconds, 0 for never")
	}
	c.between(path+".service_level_seconds", q.ServiceLevelSeconds, 0, maxServiceLevelSeconds, "seconds, 0 for 60")
	c.between(path+".reply_target_seconds", q.ReplyTargetSeconds, 0, maxReplyTargetSeconds, "seconds, 0 for 300")
}

// channel also checks that no other channel of the carrier has the number; numbers remembers where each was first.
func (c *checker) channel(path string, ch Channel, numbers map[string]string) {
	c.id(path+".id", "channel", string(ch.ID))
	c.present(path+".carrier", ch.Carrier, "write whose number it is, such as twilio or simulated")
	c.number(path+".number", ch.Number)
	key := ch.Carrier + " " + ch.Number
	if first, taken := numbers[key]; taken {
		c.add(path+".number", "%s is the number of %s already; one number has one channel", ch.Number, first)
	} else {
		numbers[key] = path
	}
	c.queueRef(path+".queue", ch.Queue)
	c.rules(path+".rules", ch.Rules)
	c.secrets(path, ch)
	if ch.APIBase != "" && !strings.HasPrefix(ch.APIBase, "https://") && !strings.HasPrefix(ch.APIBase, "http://") {
		c.add(path+".api_base", "%q is not an address; write https://… or leave it out", ch.APIBase)
	}
	switch ch.KeywordReplies {
	case "", RepliesCarrier, RepliesEngine, RepliesNone:
	default:
		c.add(path+".keyword_replies", "%q is not known; write carrier, engine or none", ch.KeywordReplies)
	}
	c.between(path+".recover_hours", ch.RecoverHours, 0, maxRecoverHours, "hours, 0 for none")
	if r := ch.SegmentsPerSecond; !(r >= 0 && r <= maxSegmentsPerSecond) { // also NaN, which YAML can say
		c.add(path+".segments_per_second", "%v is out of range; write 0 to %d, 0 for the usual rate", r, maxSegmentsPerSecond)
	}
}

func (c *checker) countries(list string, codes []string) {
	for i, country := range codes {
		if !isCountry(country) {
			c.add(index(list, i), "%q is not an ISO 3166-1 country; write two capital letters such as US, CA or GB", country)
		}
	}
}

func (c *checker) number(path, number string) {
	e164, err := sms.Number(number)
	switch {
	case err != nil:
		c.add(path, "%v", err)
	case e164 != number:
		c.add(path, "write it in E.164 form: %s", e164)
	case len(c.tenant.Countries) > 0 && !slices.Contains(c.tenant.Countries, sms.Region(e164)):
		c.add(path, "%s is a number in %s, and countries allows %s only; add the country or use another number",
			number, or(sms.Region(e164), "no country"), strings.Join(c.tenant.Countries, ", "))
	}
}

func (c *checker) secrets(path string, ch Channel) {
	by := ch.ProvenBy()
	if len(by.Secrets)+len(by.PublicKeys) == 0 {
		c.add(path+".secret", "is missing; write env:NAME, file:PATH or the carrier's secret itself")
	}
	if n := len(by.Secrets); n > maxSecrets {
		c.add(path+".secrets", "%d secrets are too many; keep the old one and the new one", n)
	}
	if n := len(by.PublicKeys); n > maxSecrets {
		c.add(path+".public_keys", "%d keys are too many; keep the old one and the new one", n)
	}
	for i, s := range ch.Secrets {
		c.present(index(path+".secrets", i), s, "write env:NAME, file:PATH or the carrier's secret itself")
	}
	for i, s := range ch.PublicKeys {
		c.present(index(path+".public_keys", i), s, "write env:NAME, file:PATH or the carrier's public key itself")
	}
}

func (c *checker) agent(path string, a Profile) {
	c.id(path+".id", "person", string(a.ID))
	if a.Capacity != 0 {
		c.between(path+".capacity", a.Capacity, 1, MaxCapacity, fmt.Sprintf("conversations, or leave it out for %d", DefaultCapacity))
	}
	for i, q := range a.Queues {
		c.queueRef(index(path+".queues", i), q)
		if slices.Contains(a.Queues[:i], q) {
			c.add(index(path+".queues", i), "%q is there twice; leave one out", q)
		}
	}
	c.agentSkills(path, a)
	if a.RampUpSeconds != 0 {
		c.between(path+".ramp_up_seconds", a.RampUpSeconds, 5, maxRampUpSeconds, "seconds, or leave it out")
	}
	c.timeout(path+".offer_timeout_seconds", a.OfferTimeoutSeconds)
}

func (c *checker) faq(path string, f FAQ) {
	c.id(path+".id", "faq", f.ID)
	c.present(path+".title", f.Title, "write what agents look for")
	c.present(path+".text", f.Text, "write the answer")
	c.plain(path+".text", f.Text)
	for i, q := range f.Queues {
		c.queueRef(index(path+".queues", i), q)
	}
}

// plain checks a text that is sent to customers.
func (c *checker) plain(path, text string) {
	if bad := sms.NotPlain(text); len(bad) > 0 {
		c.add(path, "only plain text can be sent; take out %s", strings.Join(bad, " "))
	}
	if n := sms.Count(text).Count; n > sms.MaxSegments {
		c.add(path, "needs %d parts, and at most %d can be sent; write less", n, sms.MaxSegments)
	}
}

func (c *checker) keywords(k KeywordLists) {
	builtin := sms.NewKeywords(nil, nil, nil)
	first := map[string]string{}
	for _, list := range []struct {
		path    string
		words   []string
		meaning sms.Keyword
	}{{"keywords.stop", k.Stop, sms.Stop}, {"keywords.start", k.Start, sms.Start}, {"keywords.help", k.Help, sms.Help}} {
		for i, word := range list.words {
			at := index(list.path, i)
			alone := sms.NewKeywords([]string{word}, nil, nil)
			folded := strings.ToUpper(strings.Join(strings.Fields(word), " "))
			switch always := builtin.Match(word); {
			case len(word) > maxKeyword || alone.Match(word) == sms.None:
				c.add(at, "%q cannot be a keyword; write a word of at most %d bytes with a letter or digit", word, maxKeyword)
			case always != sms.None && always != list.meaning:
				c.add(at, "%q always means %s; leave it out", word, always)
			case first[folded] != "" && !strings.HasPrefix(first[folded], list.path):
				c.add(at, "%q is at %s already; a word has one meaning", word, first[folded])
			default:
				first[folded] = at
			}
		}
	}
	c.plain("keywords.stop_reply", k.StopReply)
	c.plain("keywords.start_reply", k.StartReply)
	c.plain("keywords.help_reply", k.HelpReply)
}

// countries are the officially assigned codes of ISO 3166-1 alpha-2, and XK, which numbers in Kosovo have.
const countries = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ " +
	"CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD " +
	"GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM " +
	"KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA " +
	"NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ " +
	"SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU " +
	"WF WS XK YE YT ZA ZM ZW"

func isCountry(code string) bool {
	return len(code) == 2 && !strings.Contains(code, " ") && slices.Contains(strings.Fields(countries), code)
}
