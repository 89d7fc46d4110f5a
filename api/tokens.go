package api

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

// tokenView is a credential as administrators see it. Token, its text, is in the answer to its making and nowhere else.
type tokenView struct {
	ID        string       `json:"id"`
	Token     string       `json:"token,omitempty"`
	Agent     string       `json:"agent"`
	Role      routing.Role `json:"role"`
	Name      string       `json:"name,omitempty"`
	Session   bool         `json:"session"`
	CreatedAt stamp        `json:"created_at"`
	ExpiresAt stamp        `json:"expires_at,omitzero"`
}

func viewToken(t routing.Token) tokenView {
	return tokenView{
		ID: t.ID, Agent: t.Principal.ID, Role: t.Principal.Role, Name: t.Name, Session: t.Session, CreatedAt: stamp{t.CreatedAt},
		ExpiresAt: stamp{t.ExpiresAt},
	}
}

// listTokens is GET /v1/tokens: sessions and API tokens.
func (s *Server) listTokens(q *call) error {
	p, err := q.page()
	if err != nil {
		return err
	}
	var (
		found  []tokenView
		prefix = persistence.TokenPrefix(q.records.tenant)
	)
	err = q.records.scan(q.ctx, prefix, prefix+p.after, func(record persistence.Record) (bool, error) {
		var t routing.Token
		if err := json.Unmarshal(record.Value, &t); err != nil {
			return false, fmt.Errorf("decode token: %w", err)
		}
		found = append(found, viewToken(t))
		return len(found) <= p.limit, nil
	})
	if err != nil {
		return err
	}
	return q.JSON(http.StatusOK, turn(p, found, func(t tokenView) string { return t.ID }))
}

type createTokenBody struct {
	Agent            string       `json:"agent"` // whose: an agent's, supervisor's or administrator's id
	Role             routing.Role `json:"role"`
	Name             string       `json:"name"`
	ExpiresInSeconds int          `json:"expires_in_seconds"` // 0: never
}

// maxTokenYears keeps the end of a token's life within what times can say.
const maxTokenYears = 10

// createToken is POST /v1/tokens.
func (s *Server) createToken(q *call) error {
	var body createTokenBody
	if err := q.decode(&body); err != nil {
		return err
	}
	by := routing.Principal{Role: body.Role, ID: body.Agent}
	if _, _, declared := q.who.home.principal(by); !declared {
		return invalid("no such principal", routing.Problem{Path: "agent", Message: "the configuration declares nobody of that id in that role"})
	}
	life := time.Duration(body.ExpiresInSeconds) * time.Second
	if body.ExpiresInSeconds < 0 || body.ExpiresInSeconds > maxTokenYears*365*24*3600 || len(body.Name) > maxID {
		return invalid("the token is not valid", routing.Problem{Path: "expires_in_seconds", Message: "must be 0 (never) to ten years, and name at most 128 bytes"})
	}
	now, expires := time.Now(), time.Time{}
	if life > 0 {
		expires = now.Add(life)
	}
	text, token, err := q.newToken(by, body.Name, now, expires)
	if err != nil {
		return err
	}
	if _, err := q.do(routing.GrantToken{Token: token}); err != nil {
		return err
	}
	// A repetition is told what was committed the first time, but only to the same credential: another's text is another.
	committed, found, err := read[routing.Token](q.ctx, q.records, persistence.TokenKey(q.records.tenant, token.ID))
	if err != nil {
		return err
	}
	if !found {
		return routing.ErrKeyReused
	}
	view := viewToken(committed)
	view.Token = text
	return q.JSON(http.StatusCreated, view)
}

// newToken makes a token. With an idempotency key its secret derives from that key and the asker's own secret, so that a
// repetition gives the same text although nothing keeps it.
func (q *call) newToken(by routing.Principal, name string, now, expires time.Time) (string, routing.Token, error) {
	key := q.Request().Header.Get("Idempotency-Key")
	if key == "" {
		text, token := NewToken(q.who.tenant, by, name, now, expires)
		return text, token, nil
	}
	random, err := hkdf.Key(sha256.New, []byte(q.who.secret), nil, "switchyard token "+key, tokenIDBytes+tokenKeyBytes)
	if err != nil {
		return "", routing.Token{}, fmt.Errorf("derive token: %w", err)
	}
	text, token := tokenFrom(random, q.who.tenant, by, name, now, expires)
	return text, token, nil
}

// deleteToken is DELETE /v1/tokens/{id}.
func (s *Server) deleteToken(q *call) error {
	id := q.Param("id")
	_, found, err := read[routing.Token](q.ctx, q.records, persistence.TokenKey(q.records.tenant, id))
	if err != nil {
		return err
	}
	if !found {
		return notFound("token")
	}
	if _, err := q.do(routing.RevokeToken{ID: id}); err != nil {
		return err
	}
	return q.NoContent(http.StatusNoContent)
}

func invalid(detail string, problems ...routing.Problem) error {
	return &routing.Error{Code: routing.CodeInvalid, Detail: detail, Problems: problems}
}
