package routing

import (
	"slices"
	"time"

	"switchyard/actors/sms"
)

// Customer is a record of the built-in CRM.
type Customer struct {
	ID         CustomerID        `json:"id"`
	Name       string            `json:"name"`
	Numbers    []string          `json:"numbers"` // E.164; one number may belong to several customers
	Attributes map[string]string `json:"attributes"`
	Notes      string            `json:"notes,omitempty"`
	CreatedAt  time.Time         `json:"created_at"`
}

// CustomerDraft is a customer to be.
type CustomerDraft struct {
	Name       string            `json:"name"`
	Numbers    []string          `json:"numbers"`
	Attributes map[string]string `json:"attributes,omitempty"`
	Notes      string            `json:"notes,omitempty"`
}

// CustomerChange names what is to change; nil stays, empty takes away. Numbers and attributes are replaced as a whole.
type CustomerChange struct {
	Name       *string           `json:"name,omitempty"`
	Numbers    []string          `json:"numbers,omitzero"`
	Attributes map[string]string `json:"attributes,omitzero"`
	Notes      *string           `json:"notes,omitempty"`
}

// Limits of a customer's record.
const (
	MaxCustomerName    = 200
	MaxCustomerNumbers = 10
	MaxAttributes      = 50
	MaxNotes           = 10_000
)

// NewCustomer makes the record, or says what is wrong with the draft.
func NewCustomer(id CustomerID, at time.Time, d CustomerDraft) (Customer, error) {
	c := Customer{ID: id, Name: d.Name, Numbers: d.Numbers, Attributes: d.Attributes, Notes: d.Notes, CreatedAt: at}
	return c.checked()
}

// Change returns the record with the change made, or says what is wrong with it.
func (c Customer) Change(ch CustomerChange) (Customer, error) {
	if ch.Name != nil {
		c.Name = *ch.Name
	}
	if ch.Numbers != nil {
		c.Numbers = ch.Numbers
	}
	if ch.Attributes != nil {
		c.Attributes = ch.Attributes
	}
	if ch.Notes != nil {
		c.Notes = *ch.Notes
	}
	return c.checked()
}

func (c Customer) checked() (Customer, error) {
	var problems []Problem
	if c.Name == "" || len(c.Name) > MaxCustomerName {
		problems = append(problems, Problem{"name", "needs 1 to 200 bytes"})
	}
	if len(c.Numbers) > MaxCustomerNumbers {
		problems = append(problems, Problem{"numbers", "at most 10 numbers"})
	}
	if len(c.Attributes) > MaxAttributes {
		problems = append(problems, Problem{"attributes", "at most 50 attributes"})
	}
	if len(c.Notes) > MaxNotes {
		problems = append(problems, Problem{"notes", "at most 10,000 bytes"})
	}
	numbers := make([]string, 0, len(c.Numbers))
	for _, n := range c.Numbers {
		e164, err := sms.Number(n)
		if err != nil {
			problems = append(problems, Problem{"numbers", "not a phone number; write it as +14155550100"})
			continue
		}
		if !slices.Contains(numbers, e164) {
			numbers = append(numbers, e164)
		}
	}
	c.Numbers = numbers
	if c.Attributes == nil {
		c.Attributes = map[string]string{}
	}
	if problems != nil {
		return Customer{}, &Error{Code: CodeInvalid, Detail: "the customer's record is not valid", Problems: problems}
	}
	return c, nil
}
