package simulation

import (
	"runtime/debug"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	debug.SetGCPercent(800) // as the command does: much is made, little is kept
	goleak.VerifyTestMain(m)
}
