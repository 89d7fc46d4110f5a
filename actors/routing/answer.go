package routing

import "time"

// Answer is what a command's sender is told, committed together with what the command did: asking again with the same key
// gets the same Answer. At most one field besides Created is set.
type Answer struct {
	Refusal *Error `json:"refusal,omitempty"`
	// Created tells a thing that was made from one that was there already.
	Created      bool          `json:"created,omitempty"`
	Conversation *Conversation `json:"conversation,omitempty"`
	Message      *Message      `json:"message,omitempty"`
	Agent        *AgentRecord  `json:"agent,omitempty"`
	Customer     *Customer     `json:"customer,omitempty"`
	Case         *Case         `json:"case,omitempty"`
	Erasure      *Erasure      `json:"erasure,omitempty"`
	ETag         string        `json:"etag,omitempty"` // of the configuration
}

// Token is a credential as it is remembered: never the secret itself.
type Token struct {
	ID string `json:"id"`
	// Sum is the hex SHA-256 of the secret part. A secret has 256 random bits, so that a fast hash is enough.
	Sum       string    `json:"sum"`
	Principal Principal `json:"principal"`
	Name      string    `json:"name,omitempty"`
	Session   bool      `json:"session,omitempty"`
	Means     Means     `json:"means,omitempty"` // how the session began
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at,omitzero"` // zero: never
}
