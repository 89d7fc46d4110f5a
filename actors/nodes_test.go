package actors

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"switchyard/actors/routing"
	"switchyard/persistence"
	"switchyard/persistence/faulty"
	"switchyard/persistence/memory"
)

// inCluster runs a test in a bubble, over a store of 16 partitions that several nodes may share.
func inCluster(t *testing.T, test func(t *testing.T, store *memory.Store, first *desk)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := memory.New(16)
		first := open(t, store)
		test(t, store, first)
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
}

// join starts another node on the desk's store.
func (d *desk) join(node string) *desk {
	d.t.Helper()
	other := &desk{t: d.t, store: d.store, sent: d.sent, sender: d.sender, node: node}
	other.start()
	return other
}

// nodeOf is a node that serves acme's partition, or one that does not.
func nodeOf(serves bool, nodes ...*desk) *desk {
	for _, d := range nodes {
		if d.serves(d.part()) == serves {
			return d
		}
	}
	return nil
}

func (d *desk) serves(part int) bool {
	for _, t := range d.engine.tenures() {
		if t.part == part {
			return true
		}
	}
	return false
}

// balanced fails unless each partition is served by the node that is first for it, and by nobody else.
func balanced(t *testing.T, nodes ...*desk) {
	t.Helper()
	for part := range nodes[0].store.Partitions() {
		for _, d := range nodes {
			if d.serves(part) != d.engine.members.wants(part) {
				t.Errorf("partition %d: served by %q %t, wanted %t", part, d.node, d.serves(part), d.engine.members.wants(part))
			}
		}
	}
}

// TestNodesShareThePartitions lets two nodes come to one that serves everything, and take their share: at most an eighth of all
// partitions in a quarter of a second. Then they go again, one in order and one not.
func TestNodesShareThePartitions(t *testing.T) {
	inCluster(t, func(t *testing.T, store *memory.Store, first *desk) {
		started := time.Now()
		second := first.join("second")
		if took := time.Since(started); took > 3*time.Second {
			t.Errorf("the second node was in service after %v", took)
		}
		third := &desk{t: t, store: store, sent: first.sent, sender: first.sender, node: "third"}
		starting := make(chan struct{})
		go func() { defer close(starting); third.start() }()
		served := func(part int) *desk {
			for _, d := range []*desk{first, second} {
				if d.serves(part) {
					return d
				}
			}
			return nil // by the third, or on its way
		}
		synctest.Wait()
		turn := time.Now().Truncate(moveEvery).Add(moveEvery - time.Millisecond)
		pass(time.Until(turn)) // each look sees one turn, as the nodes' clocks have them
		for range 12 {
			var before [16]*desk
			for part := range before {
				before[part] = served(part)
			}
			pass(moveEvery)
			moved := 0
			for part := range before {
				if before[part] != nil && served(part) != before[part] {
					moved++
				}
			}
			if moved > 16/moveParts {
				t.Errorf("%d partitions moved within %v", moved, moveEvery)
			}
		}
		<-starting
		balanced(t, first, second, third)
		if err := errors.Join(first.engine.Ready(), second.engine.Ready(), third.engine.Ready()); err != nil {
			t.Errorf("ready: %v", err)
		}
		left := time.Now()
		second.engine.Retire(t.Context())
		if took := time.Since(left); took > time.Second || len(second.engine.tenures()) != 0 {
			t.Errorf("after %v the node that leaves serves %d partitions", took, len(second.engine.tenures()))
		}
		pass(rollEvery)
		balanced(t, first, third)
		second.close()
		third.close()
		pass(rollEvery)
		balanced(t, first)
		first.close()
	})
}

// TestNodeThatCannotLoadIsNotReady has a node go whose partitions another one cannot read: that one says so, as long as it cannot.
func TestNodeThatCannotLoadIsNotReady(t *testing.T) {
	inCluster(t, func(t *testing.T, store *memory.Store, first *desk) {
		second := first.join("second")
		flawed := faulty.New(store)
		third := &desk{t: t, store: flawed, sent: first.sent, sender: first.sender, node: "third"}
		third.start()
		pass(4 * time.Second)
		balanced(t, first, second, third)
		for n := range 40 {
			flawed.Soon(faulty.Fail, faulty.Load, n+1)
		}
		second.engine.Retire(t.Context())
		second.close()
		pass(time.Second)
		if err := third.engine.Ready(); err == nil || first.engine.Ready() != nil {
			t.Errorf("ready: the one that cannot load %v, the other one %v", err, first.engine.Ready())
		}
		pass(5 * time.Minute)
		balanced(t, first, third)
		if err := third.engine.Ready(); err != nil {
			t.Errorf("ready, now that it can load: %v", err)
		}
		third.close()
		first.close()
	})
}

// TestAnyNodeServesAnyRequest walks a conversation by nodes of which one does not own it, while the ownership changes.
func TestAnyNodeServesAnyRequest(t *testing.T) {
	inCluster(t, func(t *testing.T, _ *memory.Store, first *desk) {
		second := first.join("second")
		pass(4 * time.Second)
		ann := agentNamed("ann")
		owner, other := nodeOf(true, first, second), nodeOf(false, first, second)
		other.available("ann")
		other.text("+14155550100", "m1", "hello")
		if err := owner.engine.Receive(t.Context(), acme, routing.ReceiveText{Channel: "main", From: "+14155550100", Body: "hello", CarrierID: "m1"},
			"simulated/main/m1", "", time.Hour); err != nil {
			t.Fatal(err)
		}
		c := owner.conversations()[0]
		if len(owner.bodies(c.ID)) != 1 {
			t.Errorf("one text came over two nodes and is there as %q", owner.bodies(c.ID))
		}
		asked := time.Now()
		other.must(ann, routing.AcceptOffer{Offer: c.Ringing.ID})
		if took := time.Since(asked); took > 0 {
			t.Errorf("the answer of the other node took %v: nobody heard its bell", took)
		}
		other.must(ann, routing.SendReply{Conversation: c.ID, Text: "hi"})
		owner.engine.Retire(t.Context())
		for _, node := range []*desk{owner, other} {
			node.must(ann, routing.AddNote{Conversation: c.ID, Text: "by " + node.node})
		}
		if !other.serves(other.part()) {
			t.Error("the partition has not moved")
		}
		owner.close()
		other.must(ann, routing.EndConversation{Conversation: c.ID})
		other.close()
	})
}

// TestDeadNodeIsMissed has a node die that held partitions and desktops: the others take over when its lease has run out, and its
// desktops have the grace to come back.
func TestDeadNodeIsMissed(t *testing.T) {
	inCluster(t, func(t *testing.T, store *memory.Store, first *desk) {
		ann := agentNamed("ann")
		first.available("ann")
		dead := persistence.Node{Name: "dead", Life: "dead-1"}
		if _, err := store.Attend(t.Context(), dead); err != nil {
			t.Fatal(err)
		}
		first.must(ann, routing.Connect{Agent: "ann", Stream: "dead-1/s", Opened: time.Now()})
		pass(4 * time.Second)
		taken := 0
		for part := range 16 {
			if _, err := store.Acquire(t.Context(), part, dead.Name); err == nil {
				taken++
			}
		}
		if taken == 0 || taken == 16 {
			t.Fatalf("the node that is to die has %d partitions", taken)
		}
		record := func() routing.AgentRecord {
			b, err := store.Get(t.Context(), first.part(), persistence.AgentKey(string(acme), "ann"))
			if err != nil {
				t.Fatal(err)
			}
			var r routing.AgentRecord
			decode(t, b, &r)
			return r
		}
		pass(memory.LeaseTime - 5*time.Second)
		if r := record(); r.Stream == "" {
			t.Errorf("missed too soon: %+v", r)
		}
		pass(6 * time.Second)
		balanced(t, first)
		if r := record(); r.Stream != "" || r.LostAt.IsZero() {
			t.Errorf("the desktop of the dead node is not missed: %+v", r)
		}
		first.close()
	})
}

// TestLateDesktopOfADeadNodeIsMissed hears of a desktop when its node has been gone for long.
func TestLateDesktopOfADeadNodeIsMissed(t *testing.T) {
	inCluster(t, func(t *testing.T, _ *memory.Store, first *desk) {
		first.available("ann")
		pass(time.Minute)
		first.must(agentNamed("ann"), routing.Connect{Agent: "ann", Stream: "dead-1/s", Opened: time.Now()})
		pass(deskCheckEvery + rollEvery + routing.ConnectionGrace)
		first.text("+14155550100", "m1", "hello")
		if c := first.conversations()[0]; c.State != routing.Queued {
			t.Errorf("nobody listens, and the conversation is %s", c.State)
		}
		first.close()
	})
}

// TestAllNodesLeaveAtOnce: the last one finds nobody to hand over to, and does not wait for somebody.
func TestAllNodesLeaveAtOnce(t *testing.T) {
	inCluster(t, func(t *testing.T, _ *memory.Store, first *desk) {
		second := first.join("second")
		pass(4 * time.Second)
		left := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var leaving sync.WaitGroup
		for _, node := range []*desk{first, second} {
			leaving.Go(func() { node.engine.Retire(ctx) })
		}
		leaving.Wait()
		if took := time.Since(left); took > time.Second {
			t.Errorf("two nodes that leave at once waited for each other for %v", took)
		}
		first.close()
		second.close()
	})
}

// slowCarrier takes its time with each text.
type slowCarrier struct {
	*carrierBook
	takes time.Duration
}

func (s *slowCarrier) Send(ctx context.Context, tenant routing.TenantID, channel routing.ChannelID, m routing.MessageID, from, to, text string) (string, *routing.SendFailure) {
	<-time.After(s.takes)
	return s.carrierBook.Send(ctx, tenant, channel, m, from, to, text)
}

// TestHandOverWaitsForTheCarrier: a text that is with its carrier when the partition moves has a known outcome, and meanwhile
// the inbox is worked off.
func TestHandOverWaitsForTheCarrier(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := memory.New(16)
		book := &carrierBook{}
		first := openWith(t, store, book, &slowCarrier{book, 10 * time.Second})
		second := first.join("second")
		pass(4 * time.Second)
		owner, other := nodeOf(true, first, second), nodeOf(false, first, second)
		owner.available("ann")
		c := owner.talk("+14155550100")
		other.must(agentNamed("ann"), routing.SendReply{Conversation: c, Text: "hi"})
		retired := make(chan struct{})
		go func() { defer close(retired); owner.engine.Retire(t.Context()) }()
		synctest.Wait()
		asked := time.Now()
		other.must(agentNamed("ann"), routing.AddNote{Conversation: c, Text: "waiting"})
		if took := time.Since(asked); took > 0 {
			t.Errorf("while the carrier was waited for, a note took %v", took)
		}
		other.must(agentNamed("ann"), routing.SendReply{Conversation: c, Text: "still there?"})
		<-retired
		pass(time.Minute)
		if got := fmt.Sprint(book.said()); got != "[hi still there?]" {
			t.Errorf("the carrier got %s", got)
		}
		for _, o := range other.conversations()[0].Outbox {
			if o.State == routing.MessageUnknown {
				t.Errorf("nobody knows what became of %+v", o)
			}
		}
		owner.close()
		other.close()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
}

// TestDrainDoesNotWaitForAHandOver: the time for draining bounds the end of a node also when a partition of it waits for a carrier
// before it is handed over.
func TestDrainDoesNotWaitForAHandOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := memory.New(16)
		book := &carrierBook{}
		first := openWith(t, store, book, &slowCarrier{book, 10 * time.Second})
		second := first.join("second")
		pass(4 * time.Second)
		owner, other := nodeOf(true, first, second), nodeOf(false, first, second)
		owner.available("ann")
		other.must(agentNamed("ann"), routing.SendReply{Conversation: owner.talk("+14155550100"), Text: "hi"})
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		owner.engine.Retire(ctx)
		owner.engine.Drain(ctx)
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("two seconds for draining became %v", took)
		}
		pass(10 * time.Second) // the carrier answers
		other.close()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
}
