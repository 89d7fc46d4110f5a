package main

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"switchyard/persistence/redis"
)

func TestMain(m *testing.M) {
	redis.Quiet()
	code := m.Run()
	forgetProgram()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			_, _ = os.Stderr.WriteString(err.Error() + "\n")
			code = 1
		}
	}
	os.Exit(code)
}
