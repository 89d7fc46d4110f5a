package redis

import (
	"testing"

	"switchyard/persistence"
)

// A page is never much larger than a megabyte for long, and takes many entries where they are small.
func TestRoomOfAPage(t *testing.T) {
	for _, row := range []struct{ entries, bytes, want int }{
		{16, 900, 32},
		{100, 900, pageMost},
		{pageMost, 900, pageMost},
		{16, pageBytes / 20, 16},
		{16, pageBytes / 2, 8},
		{3, pageBytes, 1},
		{1, pageBytes + 1, 1},
	} {
		page := make([]persistence.Entry, row.entries)
		for i := range page {
			page[i].Body = make([]byte, row.bytes)
		}
		if got := roomAfter(page); got != row.want {
			t.Errorf("after %d entries of %d bytes there is room for %d, want %d", row.entries, row.bytes, got, row.want)
		}
	}
}
