package actors

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"switchyard/actors/routing"
	"switchyard/persistence"
	"switchyard/persistence/memory"
)

const (
	erasedNumber = "+14155550177"
	secret       = "XyZzY" // is in everything that anybody writes
)

// erasable is a centre in which a customer has said and been told things in every way that stores them.
func erasable(t *testing.T, d *desk) (customer routing.CustomerID, conversations []routing.ConversationID) {
	t.Helper()
	ann, admin := agentNamed("ann"), routing.Principal{Role: routing.RoleAdmin, ID: "root"}
	keyed := func(by routing.Principal, key string, cmd routing.Command) routing.Answer {
		t.Helper()
		a, err := d.engine.Do(t.Context(), acme, by, cmd, key, "")
		if err != nil || a.Refusal != nil {
			t.Fatalf("%T: %v %v", cmd, err, a.Refusal)
		}
		synctest.Wait()
		return a
	}
	d.available("ann")
	customer = keyed(admin, "made", routing.CreateCustomer{Customer: routing.CustomerDraft{
		Name: "Ada " + secret, Numbers: []string{erasedNumber}, Attributes: map[string]string{"a": secret}, Notes: secret,
	}}).Customer.ID
	name := secret + " Lovelace"
	keyed(admin, "changed", routing.ChangeCustomer{ID: customer, Change: routing.CustomerChange{Name: &name}})
	for n, key := range []string{"a", "b"} {
		d.text(erasedNumber, key+"1", secret+" 👋 one")
		part := routing.ReceiveText{Channel: "main", From: erasedNumber, Body: secret + " part", CarrierID: key + "p", Part: &routing.Part{Ref: "7", Number: 1, Total: 2}}
		if err := d.engine.Receive(t.Context(), acme, part, "simulated/main/"+key+"p", "", time.Hour); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		offered := d.conversations()[0]
		id := offered.ID
		keyed(ann, key+"accept", routing.AcceptOffer{Offer: offered.Ringing.ID})
		keyed(ann, key+"reply", routing.SendReply{Conversation: id, Text: secret + " reply", ClientRef: secret})
		keyed(ann, key+"note", routing.AddNote{Conversation: id, Text: secret + " note"})
		keyed(admin, key+"whisper", routing.Whisper{Conversation: id, Text: secret + " whisper"})
		keyed(ann, key+"attach", routing.AttachCustomer{Conversation: id, Customer: customer})
		k := keyed(ann, key+"case", routing.SaveCase{Conversation: id, Subject: secret, Notes: secret})
		note := secret + " changed"
		keyed(ann, key+"kase", routing.ChangeCase{ID: k.Case.ID, Change: routing.CaseChange{Notes: &note}})
		if n == 1 {
			d.text(erasedNumber, key+"2", "STOP")
		}
		keyed(ann, key+"end", routing.EndConversation{Conversation: id})
		keyed(ann, key+"wrap", routing.WrapUp{Conversation: id, Notes: secret + " wrapped"})
		conversations = append(conversations, id)
	}
	gone := routing.ReceiveText{Channel: "nowhere", From: erasedNumber, Body: secret, CarrierID: "dead"}
	if err := d.engine.Receive(t.Context(), acme, gone, "simulated/main/dead", "", time.Hour); err != nil {
		t.Fatal(err)
	}
	pass(time.Minute)
	return customer, conversations
}

func eraseIt(id routing.CustomerID) routing.EraseCustomer {
	return routing.EraseCustomer{ID: id, Salt: []byte("0123456789abcdef0123456789abcdef")}
}

// everything is what a store holds, names and values.
func everything(t *testing.T, d *desk) []byte {
	t.Helper()
	lease, err := d.store.Acquire(t.Context(), d.part(), "test")
	if err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	for piece, err := range d.store.(persistence.Archive).Dump(t.Context(), lease, func(string) bool { return true }) {
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(piece)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(decoded(b))
		all.WriteByte('\n')
	}
	return all.Bytes()
}

// decoded is a piece with all values that are base64 read, twice over.
func decoded(b []byte) []byte {
	out := bytes.Clone(b)
	for _, word := range bytes.FieldsFunc(b, func(r rune) bool { return r == '"' }) {
		if plain, err := base64.StdEncoding.DecodeString(string(word)); err == nil {
			out = append(append(out, ' '), plain...)
			if bytes.Contains(plain, []byte(`"`)) {
				out = append(out, decoded(plain)...)
			}
		}
	}
	return out
}

func wantErased(t *testing.T, d *desk) {
	t.Helper()
	for line := range bytes.Lines(everything(t, d)) {
		for _, word := range []string{secret, erasedNumber, strings.TrimPrefix(erasedNumber, "+")} {
			if at := bytes.Index(line, []byte(word)); at >= 0 {
				t.Errorf("still there: %.300s … %s", line, line[max(0, at-60):min(len(line), at+60)])
			}
		}
	}
}

// placesOfBodies are the kinds of names under which something of a customer is kept: whoever adds one sees to its erasure.
func placesOfBodies() []string {
	return []string{"case", "consent", "conversation", "customer", "dead", "desk", "k", "log", "number", "past", "row", "thread"}
}

// keptIn are those that are found.
func keptIn(t *testing.T, d *desk) []string {
	t.Helper()
	kinds := map[string]bool{}
	for line := range bytes.Lines(everything(t, d)) {
		var piece struct{ Key, Name string }
		if bytes.Contains(line, []byte(secret)) || bytes.Contains(line, []byte(erasedNumber)) {
			if err := json.NewDecoder(bytes.NewReader(line)).Decode(&piece); err != nil {
				t.Fatal(err)
			}
			kind, _, _ := strings.Cut(piece.Key+piece.Name, "/")
			kinds[kind] = true
		}
	}
	return slices.Sorted(maps.Keys(kinds))
}

// TestErasureLeavesNoBody is I12: every way that stores what was written, and then all that the store holds, name by name.
func TestErasureLeavesNoBody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := memory.New(2)
		defer store.Close()
		d := open(t, store)
		admin := routing.Principal{Role: routing.RoleAdmin, ID: "root"}
		customer, conversations := erasable(t, d)
		d.close()
		if diff := cmp.Diff(placesOfBodies(), keptIn(t, d)); diff != "" {
			t.Errorf("what was written is kept in (-want +got):\n%s", diff)
		}
		d.start()
		buckets, rows := d.records("bucket/acme/"), d.records("row/acme/")
		got := d.must(admin, eraseIt(customer))
		if got.Erasure == nil || got.Erasure.Counts != (routing.Counts{Conversations: 2, Messages: 13, Cases: 2}) {
			t.Errorf("erasure %+v", got.Erasure)
		}
		if again := d.must(admin, eraseIt(customer)); *again.Erasure != *got.Erasure {
			t.Errorf("again %+v", again.Erasure)
		}
		for _, id := range conversations {
			d.wantFolded(id)
		}
		if is := d.records("bucket/acme/"); is != buckets {
			t.Errorf("sums were\n%s\nand are\n%s", buckets, is)
		}
		if is := d.records("row/acme/"); is != strings.ReplaceAll(rows, erasedNumber, "") {
			t.Errorf("rows were\n%s\nand are\n%s", rows, is)
		}
		d.close()
		wantErased(t, d)
		d.start()
		d.text(erasedNumber, "new", "hello")
		c := d.conversations()[0]
		if !c.OptedOut || c.LinkedTo != "" || c.Customer != "" {
			t.Errorf("a new text begins %+v", c)
		}
		d.text(erasedNumber, "new2", "START")
		if c := d.conversations()[0]; c.OptedOut || d.records("forgotten/acme/") != "" {
			t.Errorf("after START %+v, %s", c.OptedOut, d.records("forgotten/acme/"))
		}
		d.close()
	})
}

func (d *desk) records(prefix string) string {
	d.t.Helper()
	all, err := d.store.Scan(d.t.Context(), d.part(), prefix, "", 1000)
	if err != nil {
		d.t.Fatal(err)
	}
	var b strings.Builder
	for _, r := range all {
		b.WriteString(r.Key + " " + string(r.Value) + "\n")
	}
	return b.String()
}

// wantFolded: an erased conversation is the fold of its log.
func (d *desk) wantFolded(id routing.ConversationID) {
	d.t.Helper()
	items, err := d.store.Range(d.t.Context(), d.part(), persistence.LogList(string(acme), string(id)), "", 1000)
	if err != nil {
		d.t.Fatal(err)
	}
	log := make([]routing.Envelope, len(items))
	for i, item := range items {
		decode(d.t, item.Value, &log[i])
	}
	b, err := d.store.Get(d.t.Context(), d.part(), persistence.ConversationKey(string(acme), string(id)))
	if err != nil {
		d.t.Fatal(err)
	}
	is, err := json.Marshal(routing.Fold(log))
	if err != nil || !bytes.Equal(is, b) {
		d.t.Errorf("stored\n%s\nthe log tells\n%s", b, is)
	}
	if !routing.Fold(log).Erased {
		d.t.Errorf("%s is not erased", id)
	}
}

// dying loses the lease at one of the commits to come.
type dying struct {
	persistence.Archive
	left atomic.Int64
}

func (s *dying) Commit(ctx context.Context, l persistence.Lease, b persistence.Batch) error {
	if s.left.Add(-1) == 0 {
		return persistence.ErrLost
	}
	return s.Archive.Commit(ctx, l, b)
}

// TestErasureGoesOn has the owner die at each of an erasure's commits: the next goes on, and the count is as if nothing had been.
func TestErasureGoesOn(t *testing.T) {
	t.Parallel()
	for n := int64(1); n <= 5; n++ {
		synctest.Test(t, func(t *testing.T) {
			store := &dying{Archive: memory.New(2)}
			defer store.Close()
			d := open(t, store)
			customer, conversations := erasable(t, d)
			store.left.Store(n)
			got := d.must(routing.Principal{Role: routing.RoleAdmin, ID: "root"}, eraseIt(customer))
			if got.Erasure.Counts != (routing.Counts{Conversations: 2, Messages: 13, Cases: 2}) || n < 5 == (store.left.Load() > 0) {
				t.Errorf("died at %d: %+v, %d left", n, got.Erasure, store.left.Load())
			}
			for _, id := range conversations {
				d.wantFolded(id)
			}
			d.close()
			wantErased(t, d)
		})
	}
}

// TestErasureWaitsForTheEnd refuses to erase a customer with whom somebody talks, and names the conversation.
func TestErasureWaitsForTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := memory.New(2)
		defer store.Close()
		d := open(t, store)
		defer d.close()
		admin := routing.Principal{Role: routing.RoleAdmin, ID: "root"}
		customer, _ := erasable(t, d)
		d.text(erasedNumber, "more", "hi")
		a := d.ask(admin, eraseIt(customer))
		if a.Refusal == nil || a.Refusal.Code != routing.CodeWrongState || !strings.Contains(a.Refusal.Detail, string(d.conversations()[0].ID)) {
			t.Errorf("answer %+v", a.Refusal)
		}
		if a := d.ask(admin, eraseIt("cu_none")); a.Refusal == nil || a.Refusal.Code != routing.CodeNotFound {
			t.Errorf("nobody: %+v", a.Refusal)
		}
	})
}

// TestErasureMeetsADamagedRecord: it is refused and names the record, and the centre goes on; otherwise it would fail again with each owner.
func TestErasureMeetsADamagedRecord(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := memory.New(2)
		defer store.Close()
		d := open(t, store)
		customer, _ := erasable(t, d)
		d.close()
		spoilAs(t, store, "cv_torn", `{"id":`)
		d = open(t, store)
		defer d.close()
		a := d.ask(routing.Principal{Role: routing.RoleAdmin, ID: "root"}, eraseIt(customer))
		if a.Refusal == nil || a.Refusal.Code != routing.CodeInternal || !strings.Contains(a.Refusal.Detail, "cv_torn") {
			t.Errorf("answer %+v", a)
		}
		d.text("+14155550188", "after", "hi")
		if c := d.conversations(); len(c) != 1 {
			t.Errorf("a text begins %+v", c)
		}
	})
}

// TestErasureAskedOfAnotherNode: any node takes it, who serves the partition does it, and the next owner still knows the number's opt-out.
func TestErasureAskedOfAnotherNode(t *testing.T) {
	inCluster(t, func(t *testing.T, _ *memory.Store, first *desk) {
		customer, _ := erasable(t, first)
		second := first.join("second")
		pass(10 * time.Second)
		asked, serving := nodeOf(false, first, second), nodeOf(true, first, second)
		got := asked.must(routing.Principal{Role: routing.RoleAdmin, ID: "root"}, eraseIt(customer))
		if got.Erasure.Conversations != 2 {
			t.Errorf("erasure %+v", got.Erasure)
		}
		serving.close()
		pass(10 * time.Second)
		asked.text(erasedNumber, "later", "hello")
		pass(time.Second)
		if c := asked.conversations(); len(c) != 1 || !c[0].OptedOut {
			t.Errorf("with the next owner a new text begins %+v", c)
		}
		asked.close()
	})
}
