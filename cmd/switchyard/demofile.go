package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"switchyard/actors/routing"
)

// demoFileName is the file in the demo's directory that tells scripts whom to be and where to go.
const demoFileName = "demo.json"

// demoFile is what is in it. Its form is part of the contract.
type demoFile struct {
	BaseURL    string        `json:"base_url"`
	OpsURL     string        `json:"ops_url"`
	Tenant     string        `json:"tenant"`
	Agents     []demoPerson  `json:"agents"`
	Supervisor demoPerson    `json:"supervisor"`
	Admin      demoPerson    `json:"admin"`
	Channels   []demoChannel `json:"channels"`
}

type demoPerson struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Token    string `json:"token"`
	Password string `json:"password"`
}

type demoChannel struct {
	ID      string `json:"id"`
	Carrier string `json:"carrier"`
	Number  string `json:"number"`
	Queue   string `json:"queue"`
	Secret  string `json:"secret"`
}

// credentials are what only the demo's file knows: by person or by channel.
type credentials struct {
	tokens, passwords, secrets map[string]string
}

func newCredentials() credentials {
	return credentials{tokens: map[string]string{}, passwords: map[string]string{}, secrets: map[string]string{}}
}

// credentials takes them out of the file.
func (f demoFile) credentials() credentials {
	c := newCredentials()
	for _, p := range append([]demoPerson{f.Supervisor, f.Admin}, f.Agents...) {
		c.tokens[p.ID], c.passwords[p.ID] = p.Token, p.Password
	}
	for _, ch := range f.Channels {
		c.secrets[ch.ID] = ch.Secret
	}
	return c
}

// file puts a contact centre into the file's form.
func (s *sample) file(baseURL, opsURL string) demoFile {
	person := func(id, name string) demoPerson {
		return demoPerson{ID: id, Name: name, Token: s.tokens[id], Password: s.passwords[id]}
	}
	f := demoFile{BaseURL: baseURL, OpsURL: opsURL, Tenant: string(s.tenant.ID)}
	for _, a := range s.tenant.Agents {
		f.Agents = append(f.Agents, person(string(a.ID), a.Name))
	}
	firstOf := func(staff []routing.Staff) demoPerson {
		if len(staff) == 0 {
			return demoPerson{}
		}
		return person(staff[0].ID, staff[0].Name)
	}
	f.Supervisor, f.Admin = firstOf(s.tenant.Supervisors), firstOf(s.tenant.Admins)
	for _, ch := range s.tenant.Channels {
		f.Channels = append(f.Channels, demoChannel{
			ID: string(ch.ID), Carrier: ch.Carrier, Number: ch.Number, Queue: string(ch.Queue), Secret: s.secrets[string(ch.ID)],
		})
	}
	return f
}

// readDemoFile reads the file of an earlier start; false when there was none.
func readDemoFile(dir string) (demoFile, bool, error) {
	var f demoFile
	path := filepath.Join(dir, demoFileName)
	text, err := os.ReadFile(path) //nolint:gosec // in the directory that the operator names
	if errors.Is(err, fs.ErrNotExist) {
		return f, false, nil
	}
	if err != nil {
		return f, false, fmt.Errorf("read the demo's file: %w", err)
	}
	if err := json.Unmarshal(text, &f); err != nil {
		return f, false, fmt.Errorf("%s is damaged; delete it and start again, and new tokens are made: %w", path, err)
	}
	return f, true, nil
}

// write puts the file in its place as a whole, for its owner's eyes only.
func (f demoFile) write(dir string) error {
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the demo's file: %w", err)
	}
	path := filepath.Join(dir, demoFileName)
	if err := os.WriteFile(path+".new", append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("write the demo's file: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("write the demo's file: %w", err)
	}
	return nil
}
