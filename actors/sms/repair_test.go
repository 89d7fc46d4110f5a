package sms

import "testing"

func TestRepair(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text, want string
		all              bool
	}{
		{"nothing to do", "It's 5 €, [ok]?\r\n", "It's 5 €, [ok]?\r\n", true},
		{"empty", "", "", true},
		{"quotes", "‘It’s’ “fine” „so“ «là»", `'It's' "fine" "so" "là"`, true},
		{"dashes and dots", "9–5 — wait… −1", "9-5 - wait... -1", true},
		{"blanks", "5\u00a0€\u202fnet\u2003now\tgo\u2028end", "5 € net now go\nend", true},
		{"invisible", "\ufeffso\u00adft\u200b", "soft", true},
		{"signs", "Acme™ © ® ½ · •", "Acme(TM) (c) (R) 1/2 . *", true},
		{"accents apart", "e\u0301te A\u030a u\u0308", "éte Å ü", true},
		{"letters stay", "ça va – déjà", "ça va - déjà", false},
		{"other scripts stay", "“Привет”", `"Привет"`, false},
		{"emoji stay", "ok 👍", "ok 👍", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, all := Repair(tt.text); got != tt.want || all != tt.all {
				t.Errorf("Repair(%q) = %q, %v; want %q, %v", tt.text, got, all, tt.want, tt.all)
			}
		})
	}
}
