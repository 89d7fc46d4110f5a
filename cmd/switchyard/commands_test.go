package main

import (
	"io"
	"net/http"
	"strings"
)

// saidCommand is a command of an agent's and how it was answered; status 0: not at all.
type saidCommand struct {
	agent, method, path, key string
	body                     string
	status                   int
}

// done says that the command was answered 2xx, refused that it was turned down for good. Neither: nobody knows.
func (c saidCommand) done() bool { return c.status/100 == 2 }

func (c saidCommand) refused() bool {
	return c.status/100 == 4 && c.status != http.StatusUnauthorized && c.status != http.StatusTooManyRequests
}

// listening is a client like another that takes down the agent's commands.
func (r *recorder) listening(agent string, h *http.Client) *http.Client {
	return &http.Client{Transport: &stenographer{recorder: r, agent: agent, carry: h.Transport}}
}

type stenographer struct {
	*recorder
	agent string
	carry http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (s *stenographer) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method == http.MethodGet {
		return s.carry.RoundTrip(req)
	}
	said := saidCommand{agent: s.agent, method: req.Method, path: req.URL.Path, key: req.Header.Get("Idempotency-Key")}
	if body, err := req.GetBody(); err == nil {
		text, _ := io.ReadAll(body) // it is in memory
		said.body = string(text)
	}
	resp, err := s.carry.RoundTrip(req)
	if err == nil {
		said.status = resp.StatusCode
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.commands = append(s.commands, said)
	return resp, err
}

// command splits the path of a command on an offer or a conversation: whose, and what.
func (c saidCommand) command() (id, verb string) {
	parts := strings.Split(strings.TrimPrefix(c.path, "/v1/"), "/")
	if len(parts) != 3 {
		return "", c.path
	}
	return parts[1], parts[2]
}
