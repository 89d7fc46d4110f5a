package main

import (
	"context"
	"crypto/rand"
	_ "embed"
	"fmt"
	"net/http"
	"strings"
	"text/template"
	"time"

	"switchyard/actors/routing"
	"switchyard/api"
)

// demoTenant is the sample contact centre's document.
//
//go:embed demo_tenant.yaml
var demoTenant string

// sample is the sample contact centre as it shall be in force: what the store has, or a new one.
type sample struct {
	document
	credentials
	replaces string // ETag of the configuration that it replaces; empty when there is none yet
	changed  bool   // the store has another document, or none
	fresh    bool   // credentials are still to be granted, and records to be made
}

// newSample makes up a contact centre: its secrets and passwords are new, and known to nobody else.
func newSample(network string) (sample, error) {
	s := sample{credentials: newCredentials(), changed: true, fresh: true}
	var failed error
	made := template.New("demo_tenant.yaml").Funcs(template.FuncMap{
		"secret": func(channel string) string {
			s.secrets[channel] = rand.Text()
			return s.secrets[channel]
		},
		"password": func(id string) (string, error) {
			s.passwords[id] = strings.ToLower(rand.Text()[:12])
			return api.HashPassword(s.passwords[id])
		},
	})
	if made, failed = made.Parse(demoTenant); failed != nil {
		return s, fmt.Errorf("sample contact centre: %w", failed)
	}
	var text strings.Builder
	if err := made.Execute(&text, struct{ Network string }{network}); err != nil {
		return s, fmt.Errorf("sample contact centre: %w", err)
	}
	return s, s.write(text.String())
}

// write replaces the document.
func (s *sample) write(source string) error {
	tenant, err := api.ParseTenant([]byte(source), "application/yaml", carriers(nil)...)
	if err != nil {
		return fmt.Errorf("sample contact centre: %w", listed(err))
	}
	s.changed = s.changed || source != s.source
	s.document = document{tenant: tenant, source: source, kind: "application/yaml"}
	return nil
}

// staffBots adds agents for the bots at the end of the document, as far as they are not there.
func (s *sample) staffBots(n int) error {
	var more strings.Builder
	for i := range n {
		if id := botID(i); !s.employs(id) {
			fmt.Fprintf(&more, "  - {id: %s, name: Bot %d, capacity: 6, queues: [support, billing], skills: {english: 50, orders: 50, accounts: 50}}\n", id, i+1)
		}
	}
	if more.Len() == 0 {
		return nil
	}
	if err := s.write(strings.TrimRight(s.source, "\n") + "\n" + more.String()); err != nil {
		return fmt.Errorf("bot agents cannot be added to a document that does not end with its agents; start without --%s: %w", flagBotAgents, err)
	}
	return nil
}

func (s *sample) employs(id string) bool {
	_, known := s.tenant.Agent(routing.AgentID(id))
	return known
}

func botID(i int) string { return fmt.Sprintf("bot-%d", i+1) }

// principals are all who work in the contact centre.
func (s *sample) principals() []routing.Principal {
	var all []routing.Principal
	for _, a := range s.tenant.Agents {
		all = append(all, routing.Principal{Role: routing.RoleAgent, ID: string(a.ID)})
	}
	for _, p := range s.tenant.Supervisors {
		all = append(all, routing.Principal{Role: routing.RoleSupervisor, ID: p.ID})
	}
	for _, p := range s.tenant.Admins {
		all = append(all, routing.Principal{Role: routing.RoleAdmin, ID: p.ID})
	}
	return all
}

// grant gives everybody a token who has none.
func (s *sample) grant(ctx context.Context, service *service) error {
	for _, who := range s.principals() {
		if s.tokens[who.ID] != "" {
			continue
		}
		text, token := api.NewToken(s.tenant.ID, who, "demo", time.Now(), time.Time{})
		answer, err := service.engine.Do(ctx, s.tenant.ID, operator(), routing.GrantToken{Token: token}, "", "")
		if err == nil && answer.Refusal != nil {
			err = answer.Refusal
		}
		if err != nil {
			return fmt.Errorf("grant a token: %w", err)
		}
		s.tokens[who.ID] = text
	}
	return nil
}

// client is the API as seen by one of the contact centre's people.
func (s *sample) client(base, id string, h *http.Client) client {
	return newClient(base, s.tokens[id], h)
}
