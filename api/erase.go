package api

import (
	"crypto/rand"
	"net/http"

	"switchyard/actors/routing"
)

// saltBytes are as many as the hash has.
const saltBytes = 32

// erasureView is an erasure as the contract shows it.
type erasureView struct {
	Customer routing.CustomerID `json:"customer"`
	ErasedAt stamp              `json:"erased_at"`
	routing.Counts
}

// eraseCustomer is POST /v1/customers/{id}/erase.
func (s *Server) eraseCustomer(q *call) error {
	if err := q.decode(&struct{}{}); err != nil {
		return err
	}
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails
	answer, err := q.do(routing.EraseCustomer{ID: routing.CustomerID(q.Param("id")), Salt: salt})
	if err != nil {
		return err
	}
	e := answer.Erasure
	return q.JSON(http.StatusOK, erasureView{e.Customer, stamp{e.At}, e.Counts})
}
