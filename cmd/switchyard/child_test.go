package main

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

// built is the real program, for all tests that run it as a process of its own: built once a run, without the race detector.
var built struct {
	once sync.Once
	dir  string
	err  error
}

func buildProgram(t testing.TB) string {
	t.Helper()
	built.once.Do(func() {
		//nolint:usetesting // it outlives the test that needs it first
		if built.dir, built.err = os.MkdirTemp("", "switchyard"); built.err != nil {
			return
		}
		build := exec.CommandContext(context.Background(), "go", "build", "-o", filepath.Join(built.dir, "switchyard"), ".")
		if out, err := build.CombinedOutput(); err != nil {
			built.err = errors.New(string(out))
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return filepath.Join(built.dir, "switchyard")
}

// forgetProgram removes what was built.
func forgetProgram() {
	if built.dir != "" {
		_ = os.RemoveAll(built.dir)
	}
}

// child is the program running in a process of its own.
type child struct {
	test    testing.TB
	process *exec.Cmd
	stdout  lockedBuffer
	stderr  lockedBuffer
	exited  chan struct{}
}

// lockedBuffer takes down what a process says while tests look.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// startChild runs the program; the test's end kills it if nobody did before.
func startChild(t testing.TB, args ...string) *child {
	t.Helper()
	return startProgram(t, buildProgram(t), args...)
}

func startProgram(t testing.TB, program string, args ...string) *child {
	t.Helper()
	return startProcess(t, exec.CommandContext(context.Background(), program, args...))
}

// startProcess starts any process as a child of the test's.
func startProcess(t testing.TB, process *exec.Cmd) *child {
	t.Helper()
	c := &child{test: t, process: process, exited: make(chan struct{})}
	c.process.Stdout, c.process.Stderr = &c.stdout, &c.stderr
	if err := c.process.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = c.process.Wait() // how it ended is in ProcessState
		close(c.exited)
	}()
	t.Cleanup(func() { c.kill() })
	return c
}

// kill ends the process as a power cut would.
func (c *child) kill() {
	_ = c.process.Process.Kill() // it may have ended
	<-c.exited
}

// ask sends a signal.
func (c *child) ask(s syscall.Signal) {
	c.test.Helper()
	if err := c.process.Process.Signal(s); err != nil {
		c.test.Fatal(err)
	}
}

// exit waits for the end and returns the exit code.
func (c *child) exit() int {
	<-c.exited
	return c.process.ProcessState.ExitCode()
}

// running says that the process has not ended.
func (c *child) running() bool {
	select {
	case <-c.exited:
		return false
	default:
		return true
	}
}

// ready waits until the operator's listener says so.
func (o *outside) ready(c *child, ops string) {
	o.t.Helper()
	o.eventually("the program is ready", func() bool {
		if !c.running() {
			o.t.Fatalf("the program has ended with %d:\n%s", c.exit(), c.stderr.String())
		}
		req, err := http.NewRequestWithContext(o.t.Context(), http.MethodGet, ops+"/readyz", http.NoBody)
		if err != nil {
			o.t.Fatal(err)
		}
		resp, err := o.http.Do(req)
		if err != nil {
			return false
		}
		_ = resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}
