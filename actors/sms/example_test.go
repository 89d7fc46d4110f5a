package sms_test

import (
	"errors"
	"fmt"

	"switchyard/actors/sms"
)

func ExampleNumber() {
	fmt.Println(sms.Number("+1 (415) 555-0100"))
	_, err := sms.Number("72975")
	fmt.Println(errors.Is(err, sms.ErrShortCode))
	// Output:
	// +14155550100 <nil>
	// true
}

func ExampleMask() {
	fmt.Println(sms.Mask("+14155550100"))
	// Output: +1415555**00
}

func ExampleNotPlain() {
	fmt.Println(sms.NotPlain("Thank you 😀 and see you © soon 👍🏽"))
	// Output: [😀 👍🏽]
}

func ExampleInbound() {
	fmt.Println(sms.Inbound("It works 👍🏽"))
	// Output: It works [emoji: thumbs up sign]
}

func ExamplePlaceholder() {
	fmt.Println(sms.Placeholder("image/jpeg"))
	// Output: [image not shown: image/jpeg]
}

func ExampleCount() {
	s := sms.Count("It’s on its way, you’ll have it before noon. Our driver calls you before.")
	fmt.Println(s.Encoding, s.Count, s.Characters, s.Left, s.NotGSM7)
	// Output: UCS-2 2 73 61 [’]
}

func ExampleRepair() {
	text, all := sms.Repair("It’s on its way – “express”…")
	fmt.Println(text, all)
	// Output: It's on its way - "express"... true
}

func ExampleKeywords_Match() {
	keywords := sms.NewKeywords([]string{"ARRÊT"}, nil, []string{"AIDE"})
	fmt.Println(keywords.Match("Stop!"), keywords.Match("arrêt"), keywords.Match("Please stop calling me"))
	// Output: stop stop none
}
