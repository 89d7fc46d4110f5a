package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// acquaintance is a customer whom the sample contact centre knows.
type acquaintance struct {
	Name       string            `json:"name"`
	Numbers    []string          `json:"numbers"`
	Attributes map[string]string `json:"attributes,omitempty"`
	Notes      string            `json:"notes,omitempty"`
}

func acquaintances() []acquaintance {
	return []acquaintance{
		{"Ana Silva", []string{"+12025550110"}, map[string]string{"language": "Portuguese", "tier": "VIP"}, "Prefers to be written to in the morning."},
		{"Ben Okafor", []string{"+12025550111", "+12025550112"}, map[string]string{"tier": "standard"}, ""},
		{"Chloe Martin", []string{"+12025550113"}, map[string]string{"language": "French"}, ""},
		{"Diego Ruiz", []string{"+12025550114"}, map[string]string{"language": "Spanish", "tier": "VIP"}, ""},
		{"Eva Novak", []string{"+12025550115"}, nil, ""},
		{"Finn O'Hara", []string{"+12025550116"}, nil, "Two accounts; ask which one he means."},
	}
}

// furnish makes the sample customers, and lets the first agent work off one conversation of two of them, so that there is a
// history with cases. What an interrupted start has done already is not done again.
func (d *demonstration) furnish(ctx context.Context) error {
	admin := d.client(d.local, d.tenant.Admins[0].ID, d.http)
	for _, a := range acquaintances() {
		if known, err := admin.any(ctx, "/v1/customers?number="+url.QueryEscape(a.Numbers[0])); err != nil {
			return err
		} else if known {
			continue
		}
		if err := admin.call(ctx, http.MethodPost, "/v1/customers", "", a, nil); err != nil {
			return fmt.Errorf("customer %s: %w", a.Name, err)
		}
	}
	agent := d.client(d.local, string(d.tenant.Agents[0].ID), d.http)
	if err := agent.setStatus(ctx, "available"); err != nil {
		return err
	}
	for i, story := range stories() {
		from, to := acquaintances()[i].Numbers[0], d.tenant.Channels[i].Number
		if told, err := admin.any(ctx, "/v1/conversations?state=ended&customer_number="+url.QueryEscape(from)); err != nil {
			return err
		} else if told {
			continue
		}
		if err := d.tell(ctx, agent, phoneText{From: from, To: to, Text: story.question}, story); err != nil {
			return fmt.Errorf("conversation with %s: %w", acquaintances()[i].Name, err)
		}
	}
	return agent.setStatus(ctx, "logged_out")
}

// story is how a conversation went.
type story struct{ question, answer, subject, severity string }

func stories() []story {
	return []story{
		{
			"Hi, the parcel came but the blue scarf is missing.", "Hello Ana, I am sorry. A new one leaves our warehouse today.",
			"Scarf missing from parcel", "medium",
		},
		{
			"You charged my card twice for the same order", "Hello Ben, you are right. We have sent back the second payment.",
			"Charged twice", "high",
		},
	}
}

// tell plays a conversation from the first text to the end of post-processing. Where an interrupted start has begun it, it
// goes on.
func (d *demonstration) tell(ctx context.Context, agent client, t phoneText, s story) error {
	desk, err := agent.desk(ctx)
	if err != nil {
		return err
	}
	if len(desk.Offers)+len(desk.Conversations) == 0 {
		if err := newClient(d.local+networkPath, "", d.http).call(ctx, http.MethodPost, "/texts", "", t, nil); err != nil {
			return err
		}
	}
	c, err := agent.next(ctx)
	if err != nil {
		return err
	}
	if c.State == stateActive {
		if _, err := agent.reply(ctx, c.ID, s.answer, "furnish-"+c.ID); err != nil {
			return err
		}
		if c, err = agent.end(ctx, c.ID); err != nil {
			return err
		}
	}
	body := map[string]string{"subject": s.subject, "severity": s.severity}
	if err := agent.call(ctx, http.MethodPost, "/v1/conversations/"+c.ID+"/case", "", body, nil); err != nil {
		return err
	}
	_, err = agent.wrapUp(ctx, c.ID, demoDisposition, "")
	return err
}

// Bounds of waiting for an offer.
const (
	offerPatience = time.Minute
	offerLook     = 50 * time.Millisecond
)

// next returns the conversation on an otherwise empty desk, once it is there and accepted.
func (c client) next(ctx context.Context) (conversationObject, error) {
	ctx, cancel := context.WithTimeout(ctx, offerPatience)
	defer cancel()
	for ctx.Err() == nil {
		desk, err := c.desk(ctx)
		switch {
		case err != nil:
			return conversationObject{}, err
		case len(desk.Offers) > 0:
			return c.accept(ctx, desk.Offers[0].ID)
		case len(desk.Conversations) > 0:
			return desk.Conversations[0], nil
		}
		wait(ctx, offerLook)
	}
	return conversationObject{}, fmt.Errorf("no offer came: %w", ctx.Err())
}

// any says whether a list has anything in it.
func (c client) any(ctx context.Context, list string) (bool, error) {
	var page struct {
		Items []struct{} `json:"items"`
	}
	err := c.call(ctx, http.MethodGet, list, "", nil, &page)
	return len(page.Items) > 0, err
}
