package twilio

import (
	"net/http"
	"strconv"

	"switchyard/api/carrier"
)

// meaning is what one of Twilio's error codes tells us.
type meaning struct {
	class carrier.Class
	words string
}

// meanings are Twilio's error codes that say something about a text. The words are ours: Twilio's own hold phone numbers.
//
//nolint:gochecknoglobals // a constant table
var meanings = map[int]meaning{
	14107: {carrier.ClassRate, "too many requests"},
	20003: {carrier.ClassAuth, "account or secret refused"},
	20429: {carrier.ClassRate, "too many requests"},
	21211: {carrier.ClassInvalid, "the customer's number is not valid"},
	21408: {carrier.ClassBlocked, "the account may not send to this region"},
	21602: {carrier.ClassInvalid, "the text is empty"},
	21606: {carrier.ClassRegistered, "the channel's number cannot send texts for this account"},
	21609: {carrier.ClassInvalid, "the address for receipts is not valid; check public_url"},
	21610: {carrier.ClassOptedOut, "the customer has opted out with the carrier"},
	21611: {carrier.ClassRate, "the number's queue at the carrier is full"},
	21612: {carrier.ClassUnreachable, "the customer's number cannot be reached from this number"},
	21614: {carrier.ClassLandline, "the customer's number is not a mobile number"},
	21617: {carrier.ClassInvalid, "the text is longer than 1600 characters"},
	21635: {carrier.ClassLandline, "the customer's number is a landline"},
	30001: {carrier.ClassRate, "the carrier's queue overflowed"},
	30002: {carrier.ClassAuth, "the account is suspended"},
	30003: {carrier.ClassUnreachable, "the handset cannot be reached"},
	30004: {carrier.ClassBlocked, "the text was blocked"},
	30005: {carrier.ClassUnknown, "the handset is unknown"},
	30006: {carrier.ClassLandline, "a landline or a carrier that cannot be reached"},
	30007: {carrier.ClassBlocked, "the text was filtered"},
	30008: {carrier.ClassUnknown, "the carrier gives no reason"},
	30022: {carrier.ClassRate, "the campaign's rate is exceeded"},
	30023: {carrier.ClassRate, "the campaign's daily limit is reached"},
	30027: {carrier.ClassRate, "the campaign's daily limit is reached"},
	30032: {carrier.ClassRegistered, "the toll-free number is not verified"},
	30034: {carrier.ClassRegistered, "the number is not registered for 10DLC"},
	30036: {carrier.ClassExpired, "not sent within its validity"},
	30450: {carrier.ClassBlocked, "blocked as suspected pumping"},
	30610: {carrier.ClassBlocked, "held back in quiet hours"},
	63018: {carrier.ClassRate, "the channel's rate is exceeded"},
}

// meaningOf reads an error code; one that is not in the table is looked up at Twilio by people.
func meaningOf(code int) meaning {
	if m, ok := meanings[code]; ok {
		return m
	}
	return meaning{carrier.ClassUnknown, "see twilio.com/docs/api/errors/" + strconv.Itoa(code)}
}

// failure reads a report of a text that will not arrive.
func failure(status, code string) (carrier.Class, string) {
	number, err := strconv.Atoi(code)
	if err != nil || number <= 0 {
		return carrier.ClassUnknown, status + " without a reason"
	}
	m := meaningOf(number)
	return m.class, strconv.Itoa(number) + " " + m.words
}

// refusalMeaning reads a refused call: the code in its body says most, else the HTTP status.
func refusalMeaning(status, code int) meaning {
	switch m, known := meanings[code]; {
	case known:
		return m
	case status == http.StatusTooManyRequests:
		return meanings[20429]
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return meanings[20003]
	case code > 0:
		return meaningOf(code)
	}
	return meaning{carrier.ClassUnknown, "refused without a reason"}
}
