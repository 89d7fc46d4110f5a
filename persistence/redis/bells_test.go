package redis

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"switchyard/persistence"
)

func TestBells(t *testing.T) {
	t.Parallel()
	b := persistence.Batch{
		Event: []persistence.Event{{Stream: "s\xff\x00"}, {Stream: "t"}, {Stream: "t"}},
		Reply: []persistence.Reply{{Key: "t"}},
	}
	message := string(bellsOf(b)) + inboxBell
	bells, inbox := readBells(message, "mine")
	if diff := cmp.Diff([]persistence.Bell{{Reply: "t"}, {Stream: "s\xff\x00"}, {Stream: "t"}}, bells); diff != "" || !inbox {
		t.Errorf("bells, inbox %v (-want +got):\n%s", inbox, diff)
	}
	for n := range len(message) { // what breaks off rings what is whole
		if some, _ := readBells(message[:n], "mine"); len(some) > len(bells) {
			t.Errorf("%q rings %v", message[:n], some)
		}
	}
	for _, foreign := range []string{"hello", "s", "s\x09a", "s\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01a", "x\x00"} {
		if some, inbox := readBells(foreign, "mine"); len(some) != 0 || inbox {
			t.Errorf("%q rings %v", foreign, some)
		}
	}
	for by, wakes := range map[string]bool{"mine": false, "another": true, "": true} {
		if _, inbox := readBells(bellBy(by), "mine"); inbox != wakes {
			t.Errorf("what %q has put in wakes: %v", by, inbox)
		}
	}
	if len(bellsOf(persistence.Batch{})) != 0 {
		t.Error("a batch that tells nobody rings")
	}
}
