package twilio

import "switchyard/api/carrier"

// meanings are Twilio's error codes that say something about a text.
//
//nolint:gochecknoglobals // a constant table
var meanings = carrier.NewCodes(`
14107 rate         too many requests
20003 auth         account or secret refused
20429 rate         too many requests
21211 invalid      the customer's number is not valid
21408 blocked      the account may not send to this region
21602 invalid      the text is empty
21606 unregistered the channel's number cannot send texts for this account
21609 invalid      the address for receipts is not valid; check public_url
21610 opted_out    the customer has opted out with the carrier
21611 rate         the number's queue at the carrier is full
21612 unreachable  the customer's number cannot be reached from this number
21614 landline     the customer's number is not a mobile number
21617 invalid      the text is longer than 1600 characters
21635 landline     the customer's number is a landline
30001 rate         the carrier's queue overflowed
30002 auth         the account is suspended
30003 unreachable  the handset cannot be reached
30004 blocked      the text was blocked
30005 unknown      the handset is unknown
30006 landline     a landline or a carrier that cannot be reached
30007 blocked      the text was filtered
30008 unknown      the carrier gives no reason
30022 rate         the campaign's rate is exceeded
30023 rate         the campaign's daily limit is reached
30027 rate         the campaign's daily limit is reached
30032 unregistered the toll-free number is not verified
30034 unregistered the number is not registered for 10DLC
30036 expired      not sent within its validity
30450 blocked      blocked as suspected pumping
30610 blocked      held back in quiet hours
63018 rate         the channel's rate is exceeded
`)
