package routing

import (
	"slices"
	"time"
)

// CaseStatus is open or closed.
type CaseStatus string

// The statuses.
const (
	CaseOpen   CaseStatus = "open"
	CaseClosed CaseStatus = "closed"
)

// Case is a matter of a customer's, with the conversations about it.
type Case struct {
	ID            CaseID           `json:"id"`
	Number        int              `json:"number"` // counts up from 1 within the tenant
	Subject       string           `json:"subject"`
	Status        CaseStatus       `json:"status"`
	Severity      string           `json:"severity"` // low, medium, high or critical
	Visibility    string           `json:"visibility"`
	Customer      CustomerID       `json:"customer,omitempty"`
	Conversations []ConversationID `json:"conversations"`
	Notes         string           `json:"notes,omitempty"`
	FollowUpAt    *time.Time       `json:"follow_up_at,omitempty"`
	CreatedAt     time.Time        `json:"created_at"`
}

// CaseChange names what is to change; nil stays.
type CaseChange struct {
	Subject    *string     `json:"subject,omitempty"`
	Status     *CaseStatus `json:"status,omitempty"`
	Severity   *string     `json:"severity,omitempty"`
	Visibility *string     `json:"visibility,omitempty"`
	Notes      *string     `json:"notes,omitempty"`
	FollowUpAt *time.Time  `json:"follow_up_at,omitempty"`
}

// MaxSubject is the longest subject in bytes.
const MaxSubject = 200

// NewCase is the case that saving conversation c makes. Without a subject it gets the first words that are at hand.
func NewCase(number int, at time.Time, c Conversation, cmd SaveCase) (Case, error) {
	k := Case{
		ID: c.ID.Case(), Number: number, Subject: cmd.Subject, Status: CaseOpen, Severity: cmd.Severity, Visibility: "public",
		Customer: c.Customer, Conversations: []ConversationID{c.ID}, Notes: cmd.Notes, CreatedAt: at,
	}
	if k.Subject == "" {
		k.Subject = "SMS conversation of " + c.CreatedAt.UTC().Format("2006-01-02 15:04") + " UTC"
	}
	if k.Severity == "" {
		k.Severity = "medium"
	}
	return k.checked()
}

// Join adds conversation c to an open case of the same customer.
func (k Case) Join(c Conversation, notes string) (Case, error) {
	if slices.Contains(k.Conversations, c.ID) {
		return k, nil
	}
	if k.Status != CaseOpen {
		return Case{}, refuse(CodeWrongState, "the case is closed; open it first or save a new case")
	}
	if k.Customer != "" && c.Customer != "" && k.Customer != c.Customer {
		return Case{}, refuse(CodeWrongState, "the case is another customer's; attach that customer first or save a new case")
	}
	if k.Customer == "" {
		k.Customer = c.Customer
	}
	k.Conversations = append(slices.Clip(k.Conversations), c.ID)
	if notes != "" {
		if k.Notes != "" {
			k.Notes += "\n"
		}
		k.Notes += notes
	}
	return k.checked()
}

// Change returns the case with the change made, or says what is wrong with it.
func (k Case) Change(ch CaseChange) (Case, error) {
	set(&k.Subject, ch.Subject)
	set(&k.Status, ch.Status)
	set(&k.Severity, ch.Severity)
	set(&k.Visibility, ch.Visibility)
	set(&k.Notes, ch.Notes)
	if ch.FollowUpAt != nil {
		k.FollowUpAt = ch.FollowUpAt
	}
	return k.checked()
}

func set[T any](field *T, to *T) {
	if to != nil {
		*field = *to
	}
}

func (k Case) checked() (Case, error) {
	var problems []Problem
	if k.Subject == "" || len(k.Subject) > MaxSubject {
		problems = append(problems, Problem{"subject", "needs 1 to 200 bytes"})
	}
	if k.Status != CaseOpen && k.Status != CaseClosed {
		problems = append(problems, Problem{"status", "must be open or closed"})
	}
	if !slices.Contains([]string{"low", "medium", "high", "critical"}, k.Severity) {
		problems = append(problems, Problem{"severity", "must be low, medium, high or critical"})
	}
	if !slices.Contains([]string{"public", "private"}, k.Visibility) {
		problems = append(problems, Problem{"visibility", "must be public or private"})
	}
	if len(k.Notes) > MaxNotes {
		problems = append(problems, Problem{"notes", "at most 10,000 bytes"})
	}
	if problems != nil {
		return Case{}, &Error{Code: CodeInvalid, Detail: "the case is not valid", Problems: problems}
	}
	return k, nil
}
