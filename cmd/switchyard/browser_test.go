package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestBrowser has Chromium walk through the pages as people do (api/desktop/browser), against this program in processes of its
// own. SWITCHYARD_BROWSER names the beginnings of the test files that are wanted; without it all are run.
func TestBrowser(t *testing.T) {
	arguments := []string{"--test-reporter=spec", "browser/run.mjs"}
	arguments = append(arguments, strings.Fields(os.Getenv("SWITCHYARD_BROWSER"))...)
	node := exec.CommandContext(t.Context(), "node", arguments...)
	node.Dir = filepath.Join(repositoryRoot, "api", "desktop")
	node.Env = append(os.Environ(), "SWITCHYARD="+buildProgram(t))
	node.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	node.Cancel = func() error { return syscall.Kill(-node.Process.Pid, syscall.SIGKILL) } // the browser and the demos too
	out, err := node.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v (what it needs is installed by .ci/install)\n%s", node, err, out)
	}
	t.Logf("%s", out)
}
