package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
)

// newLogger logs as text to a terminal and as JSON to anything else.
func newLogger(w io.Writer, level string) (*slog.Logger, error) {
	var least slog.Level
	if err := least.UnmarshalText([]byte(level)); err != nil {
		return nil, usage{fmt.Errorf("--%s: %q is no level; use debug, info, warn or error", flagLogLevel, level)}
	}
	options := &slog.HandlerOptions{Level: least}
	if file, ok := w.(*os.File); ok && isTerminal(file) {
		return slog.New(slog.NewTextHandler(w, options)), nil
	}
	return slog.New(slog.NewJSONHandler(w, options)), nil
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
