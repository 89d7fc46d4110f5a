package main

import (
	"context"
	"net/http"
	"time"
)

// What the bots read of the API's objects.
type (
	deskObject struct {
		Agent         agentObject          `json:"agent"`
		Offers        []offerObject        `json:"offers"`
		Conversations []conversationObject `json:"conversations"`
		Cursor        string               `json:"cursor"`
	}
	agentObject struct {
		Status   string `json:"status"`
		Load     int    `json:"load"`
		Capacity int    `json:"capacity"`
	}
	offerObject struct {
		ID           string             `json:"id"`
		ExpiresAt    time.Time          `json:"expires_at"`
		Conversation conversationObject `json:"conversation"`
	}
	conversationObject struct {
		ID             string         `json:"id"`
		State          string         `json:"state"`
		Agent          string         `json:"agent"`
		Queue          string         `json:"queue"`
		Channel        string         `json:"channel"`
		CustomerNumber string         `json:"customer_number"`
		LinkedTo       string         `json:"linked_to"`
		Rev            int            `json:"rev"`
		LastMessage    *messageObject `json:"last_message"`
	}
	messageObject struct {
		ID           string `json:"id"`
		Seq          int    `json:"seq"`
		Conversation string `json:"conversation"`
		Direction    string `json:"direction"`
		Kind         string `json:"kind"`
		Text         string `json:"text"`
		State        string `json:"state"`
	}
	eventObject struct {
		Offer        *offerObject        `json:"offer"`
		OfferID      string              `json:"offer_id"`
		Outcome      string              `json:"outcome"`
		Conversation *conversationObject `json:"conversation"`
		Message      *messageObject      `json:"message"`
		Agent        *agentObject        `json:"agent"`
	}
)

// States of a conversation, and what tells a customer's text.
const (
	stateActive         = "active"
	statePostProcessing = "post_processing"
	stateEnded          = "ended"

	fromCustomer = "inbound"
)

// asks says that the message is a text from the customer.
func (m *messageObject) asks() bool {
	return m != nil && m.Direction == fromCustomer && m.Kind == "sms"
}

func (c client) desk(ctx context.Context) (deskObject, error) {
	var d deskObject
	return d, c.call(ctx, http.MethodGet, "/v1/desk", "", nil, &d)
}

func (c client) setStatus(ctx context.Context, status string) error {
	return c.call(ctx, http.MethodPut, "/v1/desk/status", "", map[string]string{"status": status}, nil)
}

func (c client) accept(ctx context.Context, offer string) (conversationObject, error) {
	var taken conversationObject
	return taken, c.call(ctx, http.MethodPost, "/v1/offers/"+offer+"/accept", "accept-"+offer, nil, &taken)
}

// reply sends a text; the same key sends it once.
func (c client) reply(ctx context.Context, conversation, text, key string) (messageObject, error) {
	var sent messageObject
	return sent, c.call(ctx, http.MethodPost, "/v1/conversations/"+conversation+"/messages", key, map[string]string{"text": text}, &sent)
}

func (c client) end(ctx context.Context, conversation string) (conversationObject, error) {
	var ended conversationObject
	return ended, c.call(ctx, http.MethodPost, "/v1/conversations/"+conversation+"/end", "", struct{}{}, &ended)
}

func (c client) wrapUp(ctx context.Context, conversation, disposition, notes string) (conversationObject, error) {
	var over conversationObject
	body := map[string]string{"disposition": disposition, "notes": notes}
	return over, c.call(ctx, http.MethodPost, "/v1/conversations/"+conversation+"/wrap_up", "", body, &over)
}
