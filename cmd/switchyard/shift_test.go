package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"switchyard/actors"
	"switchyard/actors/routing"
	"switchyard/api"
	"switchyard/api/carrier"
	"switchyard/api/carrier/simulated"
	"switchyard/persistence/memory"
)

// shift is forty minutes of a small centre, by the script below.
type shift struct {
	*livelyDay

	begin time.Time
	token string
	face  *api.Server
}

// at waits until so much of the shift has passed.
func (s *shift) at(clock string) {
	s.t.Helper()
	when, err := time.Parse("15:04:05", clock)
	if err != nil {
		s.t.Fatal(err)
	}
	midnight := when.Truncate(24 * time.Hour)
	<-time.After(time.Until(s.begin.Add(when.Sub(midnight))))
	synctest.Wait()
}

func (s *shift) text(id, from, body string) {
	s.t.Helper()
	text := routing.ReceiveText{Channel: "main", From: from, Body: body, CarrierID: id}
	if err := s.engine.Receive(s.t.Context(), s.tenant.ID, text, id, "", time.Hour); err != nil {
		s.t.Fatal(err)
	}
	synctest.Wait()
}

func (s *shift) as(agent routing.AgentID, cmd routing.Command) {
	s.t.Helper()
	s.do(routing.Principal{Role: routing.RoleAgent, ID: string(agent)}, cmd)
}

// with is the open conversation with a number.
func (s *shift) with(number string) routing.Conversation {
	s.t.Helper()
	for _, c := range s.open() {
		if c.CustomerNumber == number {
			return c
		}
	}
	s.t.Fatalf("there is no open conversation with %s", number)
	return routing.Conversation{}
}

func (s *shift) accept(agent routing.AgentID, number string) {
	s.t.Helper()
	s.as(agent, routing.AcceptOffer{Offer: s.with(number).Ringing.ID})
}

// play is the script.
func (s *shift) play() {
	const ana, ben, cem, dia = "+14155550201", "+14155550202", "+14155550203", "+14155550204"
	s.at("00:01:00")
	s.as("ann", routing.SetStatus{Agent: "ann", Status: routing.Available})
	s.as("bob", routing.SetStatus{Agent: "bob", Status: routing.Available})
	s.at("00:02:00")
	s.text("a1", ana, "where is my parcel?") // rings at ann
	s.at("00:02:20")
	s.accept("ann", ana) // after 20 s, in time
	s.at("00:03:00")
	s.as("ann", routing.SendReply{Conversation: s.with(ana).ID, Text: "on its way"}) // 60 s after the text, in time
	first := s.with(ana).LastMessage.ID
	s.at("00:05:00")
	s.text("a2", ana, "when will it be here?")
	s.at("00:06:30")
	s.as("ann", routing.SendReply{Conversation: s.with(ana).ID, Text: "today"}) // 90 s, too late
	s.at("00:07:00")
	s.as("ann", routing.EndConversation{Conversation: s.with(ana).ID}) // 280 s of talk
	s.at("00:07:50")
	s.as("ann", routing.WrapUp{Conversation: s.with(ana).ID, Disposition: "solved"}) // 50 s of wrap-up

	s.at("00:10:00")
	s.text("b1", ben, "hello?") // rings at ann, and lapses at 00:10:30; again at 00:10:40
	s.at("00:10:50")
	s.accept("ann", ben) // after 50 s, too late
	s.at("00:11:00")
	s.as("ann", routing.TransferConversation{Conversation: s.with(ben).ID, Queue: "sales"})
	s.at("00:11:05")
	s.accept("bob", ben) // after 5 s, in time; 15 s of talk for ann
	s.at("00:12:00")
	s.text("b2", ben, "STOP")
	s.at("00:14:50")
	s.as("bob", routing.EndConversation{Conversation: s.with(ben).ID}) // 225 s of talk, nothing answered, 60 s of wrap-up over the quarter

	s.at("00:16:00")
	s.as("ann", routing.SetStatus{Agent: "ann", Status: routing.OnBreak, Reason: "lunch"})
	s.at("00:20:00")
	s.as("bob", routing.SetStatus{Agent: "bob", Status: routing.LoggedOut})
	s.at("00:21:00")
	s.text("c1", cem, "anybody?")
	s.at("00:31:00")
	s.do(routing.Principal{Role: routing.RoleSupervisor, ID: "sue"}, routing.EndConversation{Conversation: s.with(cem).ID}) // waited 600 s
	s.at("00:33:00")
	s.text("d1", dia, "me too")
	s.at("00:35:00")
	receipt := routing.ReceiveReceipt{Message: first, CarrierID: "SM-" + string(first), State: routing.MessageDelivered}
	if err := s.engine.Receive(s.t.Context(), s.tenant.ID, receipt, "r1", "", time.Hour); err != nil {
		s.t.Fatal(err)
	}
	s.at("00:40:00") // ann is still on her break, and dia waits
}

func newShift(t *testing.T) *shift {
	t.Helper()
	minute := 60
	config := routing.Tenant{
		ID: "acme", Name: "Acme",
		Queues: []routing.Queue{
			{ID: "support", ServiceLevelSeconds: 30, ReplyTargetSeconds: 60, PostProcessingSeconds: &minute},
			{ID: "sales", PostProcessingSeconds: &minute},
		},
		Channels: []routing.Channel{{ID: "main", Carrier: "simulated", Number: "+14155550100", Queue: "support", Secret: "s"}},
		Agents: []routing.Profile{
			{ID: "ann", Name: "Ann", Capacity: 2, Queues: []routing.QueueID{"support"}},
			{ID: "bob", Name: "Bob", Capacity: 1, Queues: []routing.QueueID{"sales"}},
		},
		Supervisors:  []routing.Staff{{ID: "sue", Name: "Sue"}},
		Admins:       []routing.Staff{{ID: "root", Name: "Root"}},
		Dispositions: []routing.Disposition{{ID: "solved", Name: "Solved"}},
	}
	s := &shift{livelyDay: &livelyDay{t: t, store: memory.New(1), tenant: config}, begin: time.Now()}
	var err error
	s.engine, err = actors.New(actors.Config{
		Store: s.store, Sender: sayYes{}, Logger: slog.New(slog.DiscardHandler), Registerer: prometheus.NewRegistry(), Node: "test",
	})
	if err == nil {
		err = s.engine.Start(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	root := routing.Principal{Role: routing.RoleAdmin, ID: "root"}
	s.do(root, routing.ReplaceConfig{Tenant: config, Source: "test"})
	text, token := api.NewToken("acme", root, "", time.Now(), time.Time{})
	s.do(root, routing.GrantToken{Token: token})
	s.token = text
	s.face, err = api.New(api.Config{
		Engine: s.engine, Store: s.store, PublicURL: "https://sms.example.com", Logger: slog.New(slog.DiscardHandler), Registerer: prometheus.NewRegistry(),
		Carriers: []carrier.Carrier{simulated.New(nil, time.Now)},
	})
	if err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	return s
}

func (s *shift) end() {
	s.face.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	s.engine.Drain(ctx)
}

// anonymous numbers conversations in the order in which they are told, since their ids are chance.
func anonymous(report string) string {
	ids := regexp.MustCompile(`cv_[0-9a-f]+`)
	for i, id := range ids.FindAllString(report, -1) {
		report = strings.Replace(report, id, fmt.Sprint("cv_", i+1), 1)
	}
	return report
}

// TestShiftInReports: a shift whose every minute is known, in all reports. What stands in the golden files has been reckoned by
// hand from the script.
func TestShiftInReports(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newShift(t)
		defer s.end()
		s.play()
		for file, query := range map[string]string{
			"queues":        "queues?",
			"quarters":      "queues?interval=15m&to=2000-01-01T00:45:00Z&",
			"intervals":     "intervals?interval=30m&to=2000-01-01T01:00:00Z&",
			"agents":        "agents?interval=15m&to=2000-01-01T00:45:00Z&",
			"conversations": "conversations?",
			"agent_states":  "agent_states?tz=Europe/Berlin&",
			"deliveries":    "deliveries?",
			"dispositions":  "dispositions?",
		} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/reports/"+query+"from=2000-01-01T00:00:00Z&format=csv", nil)
			r.Header.Set("Authorization", "Bearer "+s.token)
			w := httptest.NewRecorder()
			s.face.ServeHTTP(w, r)
			if w.Code != http.StatusOK {
				t.Errorf("%s is answered %d: %s", file, w.Code, w.Body)
				continue
			}
			report := anonymous(w.Body.String())
			path := filepath.Join("testdata", "shift", file+".csv")
			if *update {
				if err := os.WriteFile(path, []byte(report), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			golden, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(golden), report); diff != "" {
				t.Errorf("%s, reckoned (-), reported (+):\n%s", file, diff)
			}
		}
	})
}
