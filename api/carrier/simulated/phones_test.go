package simulated

import (
	"fmt"
	"testing"
)

// TestPhonesAreBounded: the oldest text of a phone goes first, then the phone that was quiet longest.
func TestPhonesAreBounded(t *testing.T) {
	p := newPhones()
	for i := range phoneTextsMost + 5 {
		p.add("+1415", phoneText{ID: fmt.Sprint(i)})
	}
	texts, _ := p.read("+1415")
	if len(texts) != phoneTextsMost || texts[0].ID != "5" {
		t.Fatalf("%d texts from %s, want %d from 5", len(texts), texts[0].ID, phoneTextsMost)
	}
	for i := range textsMost {
		p.block(fmt.Sprint(i), "+1800", true)
	}
	if texts, _ := p.read("+1415"); len(texts) != 0 {
		t.Error("the quietest phone was not forgotten")
	}
	if !p.blocks(fmt.Sprint(textsMost-1), "+1800") {
		t.Error("the latest phone was forgotten")
	}
	if p.texts+p.recent.Len() > textsMost || len(p.number) != p.recent.Len() || p.texts != 0 {
		t.Errorf("%d texts, %d phones, %d numbers", p.texts, p.recent.Len(), len(p.number))
	}
}

// TestUnderwayIsBounded: a text keeps its place until it has arrived, and without a place none is taken.
func TestUnderwayIsBounded(t *testing.T) {
	line := Line{ID: "main", Carrier: Name, Number: "+18005550198", Secret: "s", WebhookURL: "-", ReceiptURL: "-"}
	n, err := NewNetwork(Config{Channels: []Line{line}})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	n.underway = make(chan struct{}, 1)
	h := handedOver{id: "sim_1", from: line.Number, to: "+14155550100", text: "x"}
	for range 3 {
		if got := n.take(line, h); got != taken {
			t.Fatalf("outcome %d, want taken", got)
		}
		n.working.Wait()
	}
	n.underway <- struct{}{}
	if got := n.take(line, h); got != crowded {
		t.Errorf("outcome %d, want crowded", got)
	}
}
