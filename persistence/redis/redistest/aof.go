package redistest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Written gives see every command that the server has written to its append-only file and not folded into a snapshot since,
// oldest first: what scripts did, one by one.
func (r *Server) Written(see func(command []string)) {
	r.t.Helper()
	dir := r.options[slices.Index(r.options, "--dir")+1]
	files, err := filepath.Glob(filepath.Join(dir, "appendonlydir", "*.incr.aof"))
	if err != nil {
		r.t.Fatal(err)
	}
	slices.SortFunc(files, func(a, b string) int { return len(a) - len(b) })
	for _, name := range files {
		if err := readCommands(name, see); err != nil {
			r.t.Fatalf("%s: %v", name, err)
		}
	}
}

// readCommands reads a file as far as it is whole: the server may be writing to it.
func readCommands(name string, see func(command []string)) error {
	file, err := os.Open(name) //nolint:gosec // the test's own server's
	if err != nil {
		return err
	}
	defer file.Close()
	in := bufio.NewReader(file)
	for n := 0; ; n++ {
		command, err := readCommand(in)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("after %d commands: %w", n, err)
		}
		see(command)
	}
}

func readCommand(in *bufio.Reader) ([]string, error) {
	words, err := readNumber(in, "*")
	if err != nil {
		return nil, err
	}
	command := make([]string, words)
	for i := range command {
		length, err := readNumber(in, "$")
		if err != nil {
			return nil, err
		}
		word := make([]byte, length+len("\r\n"))
		if _, err := io.ReadFull(in, word); err != nil {
			return nil, err
		}
		command[i] = string(word[:length])
	}
	return command, nil
}

func readNumber(in *bufio.Reader, kind string) (int, error) {
	line, err := in.ReadString('\n')
	if err != nil {
		return 0, err
	}
	digits, found := strings.CutPrefix(strings.TrimSpace(line), kind)
	if !found {
		return 0, fmt.Errorf("%q does not begin with %s", line, kind)
	}
	return strconv.Atoi(digits)
}
