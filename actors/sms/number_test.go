package sms

import (
	"errors"
	"regexp"
	"strings"
	"testing"
)

func TestNumber(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in, want string
		err            error
	}{
		{"clean", "+14155550100", "+14155550100", nil},
		{"shortest in service", "+29051234", "+29051234", nil},
		{"longest", "+491511234567890", "+491511234567890", nil},
		{"reserved for films", "+447700900123", "+447700900123", nil},
		{"no plus", "14155550100", "+14155550100", nil},
		{"plus lost to form decoding", " 14155550100", "+14155550100", nil},
		{"double zero", "0044 20 7183 8750", "+442071838750", nil},
		{"people's marks", "+1 (415) 555-01.00", "+14155550100", nil},
		{"trunk zero in brackets", "+44 (0)20 7183 8750", "+442071838750", nil},
		{"Italian zero stays", "+39 06 698 12345", "+390669812345", nil},
		{"direction marks of an address book", "\u202a+1\u00a0415\u2011555\u20110100\u202c", "+14155550100", nil},
		{"old Mexican mobile", "+5215512345678", "+525512345678", nil},
		{"old Mexican mobile without plus", "521 55 1234 5678", "+525512345678", nil},
		{"Argentine mobile nine stays", "+5491123456789", "+5491123456789", nil},
		{"short code", "72975", "", ErrShortCode},
		{"shortest short code", "311", "", ErrShortCode},
		{"longest short code", "12345678", "", ErrShortCode},
		{"short code with marks", "729-75", "", ErrShortCode},
		{"short code with zeros", "00123", "", ErrShortCode},
		{"two digits", "42", "", ErrNumber},
		{"plus and seven digits", "+1234567", "", ErrNumber},
		{"plus and a short code", "+72975", "", ErrNumber},
		{"plus and sixteen digits", "+1234567890123456", "", ErrNumber},
		{"no such country", "+05555550100", "", ErrNumber},
		{"no such country without plus", "99955550100", "", ErrNumber},
		{"North American digit missing", "+1415555010", "", ErrNumber},
		{"North American digit too many", "+141555501000", "", ErrNumber},
		{"too long for the country", "+44 20 7183 8750 99", "", ErrNumber},
		{"local only", "+1 5550100", "", ErrNumber},
		{"national", "(0415) 555-0100", "", ErrNumber},
		{"alphanumeric", "MTN", "", ErrAlphanumeric},
		{"alphanumeric with digits", "8x8 Support", "", ErrAlphanumeric},
		{"plus and letters", "+MTN", "", ErrNumber},
		{"too long for a sender", "whatsapp:+14155550100", "", ErrNumber},
		{"extension", "+14155550100 x5", "", ErrNumber},
		{"letters outside ASCII", "МТС", "", ErrNumber},
		{"plus inside", "1415+5550100", "", ErrNumber},
		{"two pluses", "++14155550100", "", ErrNumber},
		{"empty", "", "", ErrNumber},
		{"only marks", "(-)", "", ErrNumber},
		{"endless", strings.Repeat("1", 1<<16), "", ErrNumber},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := Number(tt.in)
			if got != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("Number(%.40q) = %q, %v; want %q, %v", tt.in, got, err, tt.want, tt.err)
			}
		})
	}
}

func TestNumberCostsNothingWhenClean(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { _, _ = Number("+14155550100") }); n != 0 {
		t.Errorf("Number of a clean number makes %v allocations, want 0", n)
	}
}

func TestWhatANumberIs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		number, region     string
		tollFree, landline bool
	}{
		{"+14155550100", "US", false, false},
		{"+14165550100", "CA", false, false},
		{"+18005550199", "US", true, false},
		{"+18885550199", "US", true, false},
		{"+442071838750", "GB", false, true},
		{"+447400123456", "GB", false, false},
		{"+447700900123", "GB", false, false},
		{"+15550000000", "US", false, false},
		{"+4915112345678", "DE", false, false},
		{"+525512345678", "MX", false, false},
		{"+80012345678", "", true, false},
		{"+99912345678", "", false, false},
		{"MTN", "", false, false},
		{"", "", false, false},
	}
	for _, tt := range tests {
		t.Run(tt.number, func(t *testing.T) {
			t.Parallel()
			if got := Region(tt.number); got != tt.region {
				t.Errorf("Region = %q, want %q", got, tt.region)
			}
			if got := TollFree(tt.number); got != tt.tollFree {
				t.Errorf("TollFree = %v, want %v", got, tt.tollFree)
			}
			if got := Landline(tt.number); got != tt.landline {
				t.Errorf("Landline = %v, want %v", got, tt.landline)
			}
		})
	}
}

func TestMask(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"+14155550100":   "+1415555**00",
		"+29051234":      "+2905**34",
		"14155550100":    "****",
		"my PIN is 1234": "****",
		"":               "****",
	}
	for in, want := range tests {
		if got := Mask(in); got != want {
			t.Errorf("Mask(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzNumber(f *testing.F) {
	e164 := regexp.MustCompile(`^\+[1-9][0-9]{7,14}$`)
	f.Fuzz(func(t *testing.T, s string) {
		number, err := Number(s)
		if err != nil {
			if number != "" || !errors.Is(err, ErrNumber) && !errors.Is(err, ErrShortCode) && !errors.Is(err, ErrAlphanumeric) {
				t.Fatalf("Number(%q) = %q and an unknown error %v", s, number, err)
			}
			return
		}
		if !e164.MatchString(number) {
			t.Fatalf("Number(%q) = %q, not in E.164 form", s, number)
		}
		if again, err := Number(number); again != number || err != nil {
			t.Fatalf("Number(%q) = %q, whose own is %q, %v", s, number, again, err)
		}
		if region := Region(number); region != "" && len(region) != 2 {
			t.Fatalf("Region(%q) = %q", number, region)
		}
		if TollFree(number) && Landline(number) {
			t.Fatalf("%q is both toll-free and a landline", number)
		}
		if masked := Mask(number); len(masked) != len(number) || strings.Count(masked, "*") != 2 {
			t.Fatalf("Mask(%q) = %q", number, masked)
		}
	})
}

func BenchmarkNumber(b *testing.B) {
	for name, s := range map[string]string{"clean": "+14155550100", "no plus": "14155550100", "short code": "72975"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = Number(s)
			}
		})
	}
}
