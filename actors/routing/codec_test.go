package routing

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// golden compares a value with its file, or writes it with -update. The formats are kept for ever: a change of a file means
// that what is stored today could not be read tomorrow, unless the codec is taught both.
func golden(t *testing.T, file string, value any) []byte {
	t.Helper()
	now, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	now = append(now, '\n')
	if *update {
		if err := os.WriteFile(file, now, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	stored, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(stored), string(now)); diff != "" {
		t.Errorf("%s (-), what is written now (+):\n%s", file, diff)
	}
	return stored
}

func goldenNames(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", folder, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(filepath.Base(f), ".json")
	}
	slices.Sort(files)
	return files
}

func TestGoldenEvents(t *testing.T) {
	var names []string
	for i, e := range sampleEvents() {
		env := Envelope{V: EventVersion, Type: EventType(e), Conversation: "cv_1", Seq: i + 1, At: sampleTime, Event: e}
		if i%2 == 0 {
			env.By = &Principal{RoleAgent, "ann"}
		}
		names = append(names, env.Type)
		var back Envelope
		if err := json.Unmarshal(golden(t, filepath.Join("testdata", "events", env.Type+".json"), env), &back); err != nil {
			t.Errorf("%s: %v", env.Type, err)
		}
		if diff := cmp.Diff(env, back); diff != "" {
			t.Errorf("%s does not come back as it was:\n%s", env.Type, diff)
		}
	}
	slices.Sort(names)
	if known := slices.Sorted(maps.Keys(eventDecoders)); !slices.Equal(names, known) {
		t.Errorf("samples of %v, decoders of %v", names, known)
	}
	if files := goldenNames(t, "events"); !slices.Equal(names, files) {
		t.Errorf("samples of %v, files of %v", names, files)
	}
}

func TestGoldenCommands(t *testing.T) {
	var names []string
	for i, c := range sampleCommands() {
		in := Input{ID: "1", At: sampleTime, Tenant: "acme", Command: c}
		if i >= 2 {
			in.By = Principal{RoleAgent, "ann"}
		}
		name := CommandType(c)
		names = append(names, name)
		var back Input
		if err := json.Unmarshal(golden(t, filepath.Join("testdata", "commands", name+".json"), in), &back); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(in, back); diff != "" {
			t.Errorf("%s does not come back as it was:\n%s", name, diff)
		}
		if b, err := json.Marshal(in); err != nil || TenantOfInput(b) != "acme" {
			t.Errorf("%s is said to be of tenant %q, %v", name, TenantOfInput(b), err)
		}
	}
	slices.Sort(names)
	if known := slices.Sorted(maps.Keys(commandDecoders)); !slices.Equal(names, known) {
		t.Errorf("samples of %v, decoders of %v", names, known)
	}
	if files := goldenNames(t, "commands"); !slices.Equal(names, files) {
		t.Errorf("samples of %v, files of %v", names, files)
	}
}

func TestGoldenConversation(t *testing.T) {
	c := sampleConversation()
	var back Conversation
	if err := json.Unmarshal(golden(t, filepath.Join("testdata", "conversation.json"), c), &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c, back); diff != "" {
		t.Errorf("does not come back as it was:\n%s", diff)
	}
}

func TestGoldenOrphan(t *testing.T) {
	heard := Orphan{}.Hear(sampleTime, ReceiveReceipt{CarrierID: "SM2", State: MessageFailed, Failure: &Failure{"unreachable", "handset off"}, Channel: "main", Carrier: "twilio"})
	var back Orphan
	if err := json.Unmarshal(golden(t, filepath.Join("testdata", "orphan.json"), heard), &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(heard, back); diff != "" {
		t.Errorf("does not come back as it was:\n%s", diff)
	}
}

// What the first version stored is read for ever.
func TestFirstConversationLoads(t *testing.T) {
	t.Parallel()
	stored, err := os.ReadFile(filepath.Join("testdata", "conversation.1.json"))
	if err != nil {
		t.Fatal(err)
	}
	var c Conversation
	if err := json.Unmarshal(stored, &c); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(firstConversation(), c); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, json, want string }{
		{"nothing", ``, "unexpected end"},
		{"no object", `[]`, "decode event"},
		{"a newer version", `{"v":2,"type":"case.saved","data":{}}`, "version 2 is not known"},
		{"no version", `{"type":"case.saved","data":{}}`, "version 0 is not known"},
		{"an unknown type", `{"v":1,"type":"case.eaten","data":{}}`, `"case.eaten" is not known`},
		{"data of another kind", `{"v":1,"type":"case.saved","data":[]}`, "decode event case.saved"},
		{"no data", `{"v":1,"type":"case.saved"}`, "decode event case.saved"},
	} {
		var e Envelope
		if err := json.Unmarshal([]byte(row.json), &e); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v, want %q", row.name, err, row.want)
		}
	}
	for _, row := range []struct{ name, json, want string }{
		{"no object", `1`, "decode input"},
		{"a newer version", `{"v":2,"type":"end","command":{}}`, "version 2 is not known"},
		{"an unknown type", `{"v":1,"type":"eat","command":{}}`, `"eat"`},
		{"a command of another kind", `{"v":1,"type":"end","command":"x"}`, "decode input end"},
	} {
		var in Input
		if err := json.Unmarshal([]byte(row.json), &in); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v, want %q", row.name, err, row.want)
		}
	}
}

// An empty list takes everything away, which is not the same as no list.
func TestChangesKeepWhatIsEmpty(t *testing.T) {
	t.Parallel()
	in := Input{ID: "1", At: sampleTime, Command: ChangeCustomer{"cu_1", CustomerChange{Numbers: []string{}, Attributes: map[string]string{}}}}
	written, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var back Input
	if err := json.Unmarshal(written, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(in, back); diff != "" {
		t.Error(diff)
	}
}

// addGolden seeds a fuzzer with every golden file of a folder.
func addGolden(f *testing.F, folder string) {
	files, err := filepath.Glob(filepath.Join("testdata", folder, "*.json"))
	if err != nil || len(files) == 0 {
		f.Fatal(folder, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
}

// comesBack wants whatever can be read to be written, and to be read again as the same.
func comesBack[T any](t *testing.T, data []byte) {
	t.Helper()
	var first, second T
	if json.Unmarshal(data, &first) != nil {
		return
	}
	written, err := json.Marshal(first)
	if err != nil {
		t.Fatalf("read, but cannot be written: %v", err)
	}
	if err := json.Unmarshal(written, &second); err != nil {
		t.Fatalf("written, but cannot be read: %v\n%s", err, written)
	}
	if again, err := json.Marshal(second); err != nil || !bytes.Equal(written, again) {
		t.Fatalf("%v\n%s\n%s", err, written, again)
	}
}

func FuzzEnvelope(f *testing.F) {
	addGolden(f, "events")
	f.Fuzz(func(t *testing.T, data []byte) { comesBack[Envelope](t, data) })
}

func FuzzInput(f *testing.F) {
	addGolden(f, "commands")
	f.Fuzz(func(t *testing.T, data []byte) { comesBack[Input](t, data) })
}

var sampleTime = time.Date(2026, 3, 2, 9, 0, 0, 123456789, time.UTC)

// Whose an input is can be told also when nothing else can.
func TestTenantOfInput(t *testing.T) {
	for text, want := range map[string]TenantID{
		`{"v":99,"tenant":"acme","type":"dance","command":{"steps":3}}`: "acme", `{"tenant":"acme"}`: "acme", `{}`: "", `garbage`: "", ``: "",
	} {
		if got := TenantOfInput([]byte(text)); got != want {
			t.Errorf("%s is of tenant %q, want %q", text, got, want)
		}
	}
}
