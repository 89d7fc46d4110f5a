package routing

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write testdata anew; commit only the changes that you understand")

// TestScenarios plays the scripts of testdata/scenarios: a line is what somebody does, the indented lines after it are what
// happened. They are the documentation of the trade; TestScenarios -update writes what happens now.
func TestScenarios(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/scenarios/*.txt")
	if err != nil || len(files) < 14 {
		t.Fatalf("%d scenarios, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			script, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			played := newScenario(t).play(string(script))
			if *update {
				if err := os.WriteFile(file, []byte(played), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(script), played); diff != "" && !*update {
				t.Errorf("%s (-), what happens now (+):\n%s", file, diff)
			}
		})
	}
}

// scenario is a world that does nothing by itself: the script says what happens.
type scenario struct {
	t          *testing.T
	tenant     Tenant
	world      *world // nil until the first line that is no setting
	out        strings.Builder
	attributes map[string]map[string]string // of customers, by number
	names      map[ConversationID]string    // c1, c2 …
	begun      []ConversationID
	outcomes   []string  // of the next calls of the carrier
	slow       bool      // the carrier does not answer
	last       MessageID // the text that the carrier was given last
}

func newScenario(t *testing.T) *scenario {
	return &scenario{t: t, tenant: Tenant{ID: "acme"}, names: map[ConversationID]string{}, attributes: map[string]map[string]string{}}
}

func (s *scenario) play(script string) string {
	for line := range strings.Lines(script) {
		switch {
		case strings.HasPrefix(line, " "), strings.HasPrefix(line, "\t"): // what happened when it was last written
		case strings.TrimSpace(line) == "", strings.HasPrefix(line, "#"):
			s.out.WriteString(line)
		default:
			s.out.WriteString(strings.TrimSpace(line) + "\n")
			s.do(parseLine(strings.TrimSpace(line)))
		}
	}
	if s.world != nil && s.world.broken != "" {
		s.t.Error(s.world.broken)
	}
	return s.out.String()
}

func (s *scenario) say(format string, args ...any) {
	at := s.world.now.Sub(rosterDay)
	text := strings.TrimRight(fmt.Sprintf(format, args...), " ")
	fmt.Fprintf(&s.out, "  %3d:%02d  %s\n", int(at.Minutes()), int(at.Seconds())%60, text)
}

// words are a line's arguments: plain ones, name=value pairs, and quoted texts.
type words struct {
	plain  []string
	pairs  map[string]string
	quoted string
}

// parseLine reads a line: a verb and its words.
func parseLine(line string) (string, words) {
	w := words{pairs: map[string]string{}}
	for rest := line; rest != ""; rest = strings.TrimLeft(rest, " ") {
		if rest[0] == '"' {
			quoted, err := strconv.QuotedPrefix(rest)
			if err != nil {
				return "", w
			}
			w.quoted, _ = strconv.Unquote(quoted)
			rest = rest[len(quoted):]
			continue
		}
		word, after, _ := strings.Cut(rest, " ")
		if name, value, ok := strings.Cut(word, "="); ok {
			w.pairs[name] = value
		} else {
			w.plain = append(w.plain, word)
		}
		rest = after
	}
	if len(w.plain) == 0 {
		return "", w
	}
	verb := w.plain[0]
	w.plain = w.plain[1:]
	return verb, w
}

// at is the i-th plain word, empty when there are fewer.
func (w words) at(i int) string {
	if i < len(w.plain) {
		return w.plain[i]
	}
	return ""
}

func (w words) has(word string) bool {
	return strings.Contains(" "+strings.Join(w.plain, " ")+" ", " "+word+" ")
}

func (w words) number(name string) int {
	n, _ := strconv.Atoi(w.pairs[name])
	return n
}

func (w words) list(name string) []string {
	if w.pairs[name] == "" {
		return nil
	}
	return strings.Split(w.pairs[name], ",")
}

// configure understands the settings at the head of a script.
func (s *scenario) configure(verb string, w words) bool {
	if s.world != nil {
		return false
	}
	level := func(skill string) (SkillID, Level) {
		name, n, _ := strings.Cut(skill, ":")
		l, _ := strconv.Atoi(n)
		return SkillID(name), Level(l)
	}
	switch verb {
	case "queue":
		post := w.number("post")
		q := Queue{ID: QueueID(w.at(0)), Priority: w.number("priority"), OfferTo: w.number("offer_to"), MissedOffers: MissPolicy(w.pairs["missed"]), AgingMinutes: w.number("aging"), OfferTimeoutSeconds: w.number("ring"), PostProcessingSeconds: &post, DispositionRequired: w.has("disposition_required")}
		if w.pairs["park"] != "" {
			seconds := w.number("park")
			q.ParkSeconds = &seconds
		}
		q.TakesTransfers = w.has("takes_transfers")
		q.PullBackSeconds = w.number("pull_back")
		if w.pairs["reopen"] != "" {
			hours := w.number("reopen")
			q.ReopenHours = &hours
		}
		for _, skill := range w.list("needs") {
			name, l := level(skill)
			q.Skills = append(q.Skills, Need{name, l})
		}
		for _, skill := range w.list("prefers") {
			name, l := level(skill)
			q.PreferredSkills = append(q.PreferredSkills, Need{name, l})
		}
		if every := w.number("relax_every"); every != 0 {
			q.RelaxLevels = &Relaxation{EverySeconds: every, Step: Level(w.number("relax_step")), Floor: Level(w.number("relax_floor"))}
		}
		q.PreferForSeconds, q.AgentRule = w.number("prefer_for"), AgentRule(w.pairs["rule"])
		s.tenant.Queues = append(s.tenant.Queues, q)
	case "schedule":
		schedule := Schedule{ID: ScheduleID(w.at(0)), Zone: w.pairs["zone"]}
		for _, date := range w.list("holidays") {
			schedule.Holidays = append(schedule.Holidays, Holiday{Date: date})
		}
		for _, special := range w.list("special") {
			date, span, _ := strings.Cut(special, "/")
			from, to, _ := strings.Cut(span, "-")
			schedule.Exceptions = append(schedule.Exceptions, SpecialHours{Date: date, From: from, To: to})
		}
		from, to, _ := strings.Cut(w.pairs["open"], "-")
		schedule.Open = []WeeklyHours{{Days: w.list("days"), From: from, To: to}}
		s.tenant.Schedules = append(s.tenant.Schedules, schedule)
	case "overflow":
		q := &s.tenant.Queues[len(s.tenant.Queues)-1]
		q.Overflow = append(q.Overflow, OverflowRule{
			When: OverflowWhen(w.at(0)), Over: w.number("over"), Then: Then(w.pairs["then"]), Queue: QueueID(w.pairs["to"]), Reply: w.quoted,
		})
	case "welcome", "position":
		q := &s.tenant.Queues[len(s.tenant.Queues)-1]
		if q.Waiting == nil {
			q.Waiting = &WaitingTexts{}
		}
		if verb == "welcome" {
			q.Waiting.Welcome = w.quoted
		} else {
			q.Waiting.Position = &PositionText{w.number("after"), w.quoted}
		}
	case "closed":
		q := &s.tenant.Queues[len(s.tenant.Queues)-1]
		q.Schedule = ScheduleID(w.at(0))
		q.Closed = &ClosedPolicy{Then: Then(w.pairs["then"]), Queue: QueueID(w.pairs["to"]), Reply: w.quoted}
	case "rule":
		r := ChannelRule{
			Name: w.at(0), Keywords: w.list("keywords"), Pattern: w.quoted, During: ScheduleID(w.pairs["during"]),
			Outside: ScheduleID(w.pairs["outside"]), Queue: QueueID(w.pairs["queue"]), Priority: w.number("priority"),
		}
		if name, is, ok := strings.Cut(w.pairs["attribute"], ":"); ok {
			r.Attribute = &AttributeIs{name, is}
		}
		for _, skill := range w.list("skills") {
			name, l := level(skill)
			r.Skills = append(r.Skills, Need{name, l})
		}
		ch := &s.tenant.Channels[len(s.tenant.Channels)-1]
		ch.Rules = append(ch.Rules, r)
	case "customer":
		s.attributes[w.at(0)] = w.pairs
	case "channel":
		s.tenant.Channels = append(s.tenant.Channels, Channel{
			ID: ChannelID(w.at(0)), Carrier: "simulated", Number: w.at(1), Queue: QueueID(w.at(2)), Secret: "s", KeywordReplies: w.pairs["keyword_replies"],
		})
	case "agent":
		p := Profile{ID: AgentID(w.at(0)), Capacity: w.number("capacity"), RampUpSeconds: w.number("ramp"), MayReject: w.has("may_reject"), Skills: map[SkillID]Level{}}
		for _, q := range w.list("queues") {
			p.Queues = append(p.Queues, QueueID(q))
		}
		for _, skill := range w.list("skills") {
			name, l := level(skill)
			p.Skills[name] = l
		}
		for _, special := range w.list("queue_skills") {
			q, skill, _ := strings.Cut(special, "/")
			name, l := level(skill)
			p.QueueSkills = map[QueueID]map[SkillID]Level{QueueID(q): {name: l}}
		}
		s.tenant.Agents = append(s.tenant.Agents, p)
	case "skills":
		for _, skill := range w.plain {
			s.tenant.Skills = append(s.tenant.Skills, SkillID(skill))
		}
	case "dispositions":
		for _, d := range w.plain {
			s.tenant.Dispositions = append(s.tenant.Dispositions, Disposition{ID: d, Name: d})
		}
	default:
		return false
	}
	return true
}

// open makes the world that the settings describe.
func (s *scenario) open() {
	if problems := s.tenant.Check(); problems != nil {
		s.t.Fatalf("the settings are wrong: %v", problems)
	}
	s.world = newWorld(s.tenant, func(int) int { return 1 }) // nothing happens by chance
	s.world.calm = true
	s.world.carrier = s.answer
	s.world.attributes = s.attributes
	s.world.told = s.hear
	s.world.stormed = func(e Stormed) {
		s.say("%s holds its offers for %v: %d agents have missed theirs", e.Queue, e.Until.Sub(s.world.now), e.Agents)
	}
}

// drain lets everything happen that needs no waiting.
func (s *scenario) drain() {
	for w := s.world; ; {
		switch due := w.dueText(0); {
		case len(w.busy) > 0:
			w.deliver(0)
		case w.read():
		case due >= 0:
			w.beginText(due)
		case len(w.calls) > 0 && !s.slow:
			w.callCarrier(0)
		default:
			return
		}
	}
}

// wait lets time pass, from deadline to deadline.
func (s *scenario) wait(d time.Duration) {
	until := s.world.now.Add(d)
	for {
		next, ok := s.world.nextDeadline()
		if !ok || next.After(until) {
			break
		}
		s.world.waitUntil(next)
		s.drain()
	}
	s.world.waitUntil(until)
	s.drain()
}

// answer is the carrier: it accepts, unless the script has said otherwise.
func (s *scenario) answer(call Transmit) callOutcome {
	s.last = call.Message
	if len(s.outcomes) == 0 {
		return callOutcome{accepted: true}
	}
	outcome := s.outcomes[0]
	s.outcomes = s.outcomes[1:]
	switch outcome {
	case "busy":
		return callOutcome{failure: &SendFailure{Failure: Failure{Class: "busy"}, Retryable: true}}
	case "refuses":
		return callOutcome{failure: &SendFailure{Failure: Failure{Class: "unreachable", Detail: "no such number"}}}
	case "silent":
		return callOutcome{accepted: true, failure: &SendFailure{Failure: Failure{Class: "timeout"}, Unknown: true}}
	}
	return callOutcome{accepted: true}
}
