package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// mutant is the product with one of its guards taken out, and a scenario in which that guard matters: the true program comes
// through it, and the mutant is found out.
type mutant struct {
	name      string
	changes   []change
	plan      plan
	play      func(*installation)
	complaint string
}

// change replaces a snippet of a source file, which has it exactly once.
type change struct{ file, from, to string }

// stranger has a script never notice that its caller is not the owner.
func stranger(script string) change {
	return change{"persistence/redis/lua/" + script + ".lua", "if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then", "if false then"}
}

func mutants() []mutant {
	small := plan{nodes: 1, tenants: 1, agents: 1, capacity: 1, calm: true}
	two, safe, nobody, hasty := small, small, small, small
	two.nodes, two.late = 2, 1
	safe.wait = 1
	nobody.nodes, nobody.agents = 2, 0
	hasty.hasty = true
	return []mutant{
		{
			"nobody looks at the owner's token", []change{
				{"persistence/redis/lua/commit.lua", "if own[1] ~= ARGV[1] then", "if false then"},
				stranger("renew"),
				stranger("waiting"),
			}, two, (*installation).twoOwners, "holds 2 conversations by the log",
		},
		{
			"nobody looks at the commit's number", []change{
				{"persistence/redis/lua/commit.lua", "if string.format('%.0f', tonumber(seq) + 1) ~= ARGV[3] then", "if false then"},
			}, small, (*installation).lostPast, "holds 2 conversations by the log",
		},
		{
			"nobody looks whether the inputs are there", []change{
				{"persistence/redis/lua/commit.lua", "if not there then", "if false then"},
			}, safe, (*installation).lostInput, "is in the transcripts 2 times",
		},
		{
			"nobody looks whether a webhook is known", []change{
				{"persistence/redis/lua/ingest.lua", "if known then", "if false then"},
			}, nobody, (*installation).webhookTwice, "is in the transcripts 2 times",
		},
		{
			// The mutant holds the window open until the next one is offered, and that committed, however long that takes.
			"a slot is free before the commit that frees it", []change{
				{"actors/conversation.go", "	if err := a.tenure.committer.commit(unit); err != nil {\n", `	for _, e := range routing.Delta(*was, *is) {
		if free, ok := e.(*routing.FreeSlot); ok {
			commits, early := a.tenure.committer.seq, routing.Mail{}
			early.Add(free)
			a.tenure.tell(a.house, &early)
			for late := time.Now().Add(10 * time.Second); a.tenure.committer.seq == commits && time.Now().Before(late); {
				<-time.After(time.Millisecond)
			}
		}
	}
	if err := a.tenure.committer.commit(unit); err != nil {
`},
			}, small, (*installation).nextInLine, "holds 2 conversations by the log",
		},
		{
			"nobody looks for reports that came before the carrier's id", []change{
				{"actors/orphans.go", "if !waiting.keys[key] {", "if true {"},
			}, hasty, (*installation).reportFirst, "is kept, and its text is known",
		},
	}
}

// TestMutants: the checker finds out what each guard is for.
func TestMutants(t *testing.T) {
	t.Parallel()
	for _, m := range mutants() {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			t.Run("not so", func(t *testing.T) {
				t.Parallel()
				check := m.stage(t, buildProgram(t))
				verdict(t, "nothing is wrong", check, func(wrong []string) bool { return len(wrong) == 0 })
			})
			t.Run("so", func(t *testing.T) {
				t.Parallel()
				check := m.stage(t, m.build(t))
				verdict(t, "the checker complains: "+m.complaint, check, func(wrong []string) bool {
					return strings.Contains(strings.Join(wrong, "\n"), m.complaint)
				})
			})
		})
	}
}

// verdict waits until what is wrong is as it should be.
func verdict(t *testing.T, what string, check func() []string, right func(wrong []string) bool) {
	t.Helper()
	var wrong []string
	defer func() {
		if t.Failed() {
			t.Logf("what is wrong: %q", wrong)
		}
	}()
	eventually(t, what, func() bool {
		wrong = check()
		return right(wrong)
	})
}

// stage plays the scenario with a program, and returns what says what is wrong after it.
func (m mutant) stage(t *testing.T, program string) func() []string {
	t.Helper()
	m.plan.program = program
	i := newInstallation(t, m.plan)
	m.play(i)
	c := i.centres[0]
	return func() []string {
		_, wrong := c.look(c.rec, c.sam, c.agents)
		return wrong
	}
}

// build builds the mutant.
func (m mutant) build(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	replaced := map[string]string{}
	for n, c := range m.changes {
		original, err := filepath.Abs(filepath.Join("..", "..", c.file))
		if err != nil {
			t.Fatal(err)
		}
		source, err := os.ReadFile(original)
		if err != nil {
			t.Fatal(err)
		}
		if times := strings.Count(string(source), c.from); times != 1 {
			t.Fatalf("%s has %q %d times; the mutant needs it once", c.file, c.from, times)
		}
		replaced[original] = filepath.Join(dir, string(rune('a'+n))+filepath.Ext(c.file))
		if err := os.WriteFile(replaced[original], []byte(strings.Replace(string(source), c.from, c.to, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": replaced})
	if err != nil {
		t.Fatal(err)
	}
	list, program := filepath.Join(dir, "overlay.json"), filepath.Join(dir, "switchyard")
	if err := os.WriteFile(list, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	build := exec.CommandContext(context.Background(), "go", "build", "-overlay", list, "-o", program, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}
