// Package sms is what the trade knows about one text message: phone numbers, plain text, segments and keywords.
//
// Everything in it is a pure function of its arguments: no clock, no network, no state. It is the leaf of the repository and may be
// called from any room, on every webhook and on every keystroke of an agent.
package sms
