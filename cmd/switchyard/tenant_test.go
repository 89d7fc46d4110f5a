package main

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"testing"

	"switchyard/actors/routing"
)

// The test contact centre's channels.
const (
	simulatedLine, simulatedNumber = "line-s", "+18005550100"
	twilioLine, twilioNumber       = "line-t", "+14155550100"
	testSecret                     = "correct horse battery staple"
	testPassword                   = "opensesame"
	testRate                       = 1000 // segments per second
)

// testTenant is a contact centre with two queues, a channel at either carrier, and so many agents of differing skills, who
// hold 1 to capacity conversations.
func testTenant(t testing.TB, network string, agents, capacity int) routing.Tenant {
	t.Helper()
	password := testHash(t)
	wrapUp := 60
	tenant := routing.Tenant{
		ID: "test", Name: "Test", Skills: []routing.SkillID{"orders", "accounts"},
		Queues: []routing.Queue{
			{ID: "support", Skills: []routing.Need{{Skill: "orders", Level: 50}}, PostProcessingSeconds: &wrapUp},
			{ID: "billing", Skills: []routing.Need{{Skill: "accounts", Level: 70}}, PostProcessingSeconds: &wrapUp},
		},
		Channels: []routing.Channel{
			{
				ID: simulatedLine, Carrier: "simulated", Number: simulatedNumber, Queue: "support", Secret: testSecret,
				APIBase: network, KeywordReplies: "engine", SegmentsPerSecond: testRate,
			},
			{
				ID: twilioLine, Carrier: "twilio", Number: twilioNumber, Queue: "billing", Account: "AC1", Secret: testSecret,
				APIBase: network + "/twilio", SegmentsPerSecond: testRate,
			},
		},
		Supervisors: []routing.Staff{{ID: "sam", Password: password}}, Admins: []routing.Staff{{ID: "alex", Password: password}},
		Dispositions: []routing.Disposition{{ID: "solved", Name: "Solved"}},
	}
	for i := range agents {
		// Every agent serves support; every third one is good enough for billing as well.
		p := routing.Profile{
			ID: agentID(i), Name: fmt.Sprint("Agent ", i), Password: password, Capacity: capacity - i%capacity,
			Queues: []routing.QueueID{"support", "billing"},
			Skills: map[routing.SkillID]routing.Level{"orders": routing.Level(50 + 10*(i%6)), "accounts": routing.Level(60 + 10*((i+2)%3/2))},
		}
		tenant.Agents = append(tenant.Agents, p)
	}
	return tenant
}

func agentID(i int) routing.AgentID { return routing.AgentID(fmt.Sprint("agent-", i)) }

// testHash is a password hash that costs nothing to check.
func testHash(t testing.TB) string {
	t.Helper()
	salt := []byte("0123456789abcdef")
	key, err := pbkdf2.Key(sha256.New, testPassword, salt, 1, sha256.Size)
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.StdEncoding.EncodeToString
	return "pbkdf2-sha256$1$" + encode(salt) + "$" + encode(key)
}

func documentOf(t testing.TB, tenant routing.Tenant) string {
	t.Helper()
	text, err := json.Marshal(tenant)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
