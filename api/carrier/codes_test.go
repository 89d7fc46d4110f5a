package carrier_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"switchyard/api/carrier"
)

func TestCodes(t *testing.T) {
	codes := carrier.NewCodes("\n 10 rate  too fast\n20 opted_out no more\n\n")
	if diff := cmp.Diff(carrier.Codes{
		"10": {Class: carrier.ClassRate, Words: "too fast"}, "20": {Class: carrier.ClassOptedOut, Words: "no more"},
	}, codes); diff != "" {
		t.Fatal(diff)
	}
	for code, want := range map[string]string{
		"20": "opted_out: 20 no more", "": "unknown: failed without a reason", "0": "unknown: failed without a reason",
		"99": "unknown: code 99", strings.Repeat("é", 99): "unknown: code " + strings.Repeat("é", 20),
	} {
		if class, detail := codes.Failure("failed", code); string(class)+": "+detail != want {
			t.Errorf("code %q is %s: %s, want %s", code, class, detail, want)
		}
	}
	rows := []struct {
		status int
		code   string
		want   carrier.SendError
	}{
		{400, "10", carrier.SendError{Class: carrier.ClassRate, Code: "10", Detail: "too fast", Retryable: true, After: time.Second}},
		{400, "20", carrier.SendError{Class: carrier.ClassOptedOut, Code: "20", Detail: "no more"}},
		{401, "", carrier.SendError{Class: carrier.ClassAuth, Code: "401", Retryable: true, After: 30 * time.Second, Detail: "account or key refused"}},
		{429, "x", carrier.SendError{Class: carrier.ClassRate, Code: "x", Detail: "too many requests", Retryable: true, After: time.Second}},
		{400, "30", carrier.SendError{Class: carrier.ClassUnknown, Code: "30", Detail: "refused without a reason"}},
	}
	for _, row := range rows {
		if diff := cmp.Diff(row.want, *codes.Refusal(carrier.Answer{Status: row.status}, row.code)); diff != "" {
			t.Errorf("%d %s (-want +got):\n%s", row.status, row.code, diff)
		}
	}
}
