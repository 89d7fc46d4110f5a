package main

import (
	"bytes"
	"os"
	"runtime/debug"
	"strconv"
)

const (
	// gcPercent lets the heap grow to five times what lives before it is collected. What lives is little, so that the usual
	// 100 would collect more than a hundred times a second under load.
	gcPercent = 400
	// memoryShare of the machine's or the container's memory is where the collector begins to work harder instead.
	memoryShare = 0.7
)

// tuneMemory sets how garbage is collected, as far as the environment (GOGC, GOMEMLIMIT) does not.
func tuneMemory() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	if limit := machineMemory(); limit > 0 {
		debug.SetGCPercent(gcPercent)
		debug.SetMemoryLimit(int64(float64(limit) * memoryShare))
	}
}

// machineMemory is how much the container or the machine has, in bytes, 0 when that cannot be told.
func machineMemory() int64 {
	if text, err := os.ReadFile("/sys/fs/cgroup/memory.max"); err == nil {
		if limit, err := strconv.ParseInt(string(bytes.TrimSpace(text)), 10, 64); err == nil {
			return limit
		}
	}
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(text) {
		fields := bytes.Fields(line)
		if len(fields) == 3 && string(fields[0]) == "MemTotal:" {
			kilobytes, err := strconv.ParseInt(string(fields[1]), 10, 64)
			if err != nil {
				return 0
			}
			return kilobytes << 10
		}
	}
	return 0
}
