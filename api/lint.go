package api

import (
	"fmt"
	"slices"
	"strings"

	"switchyard/actors/routing"
	"switchyard/actors/sms"
	"switchyard/api/carrier"
)

// checkChannels lists what the channels lack for their carriers. Without carriers there is nothing to hold them against.
func checkChannels(t routing.Tenant, carriers []carrier.Carrier) []routing.Problem {
	if len(carriers) == 0 {
		return nil
	}
	var problems []routing.Problem
	for i, ch := range t.Channels {
		path := fmt.Sprintf("channels[%d].", i)
		dialect := carrierNamed(carriers, ch.Carrier)
		if dialect == nil {
			if ch.Carrier != "" { // that it is missing has been said
				problems = append(problems, routing.Problem{
					Path: path + "carrier", Message: fmt.Sprintf("%q is not a carrier; write %s", ch.Carrier, names(carriers)),
				})
			}
			continue
		}
		if _, lists := dialect.(carrier.Lister); ch.RecoverHours > 0 && !lists {
			problems = append(problems, routing.Problem{Path: path + "recover_hours", Message: ch.Carrier + " lists no texts; leave it out"})
		}
		needs := dialect.Setup().Needs
		for _, need := range needs {
			if need.Field != carrier.NeedSecret && !has(ch, need.Field, needs) { // the core asks for the secret
				problems = append(problems, routing.Problem{Path: path + need.Field, Message: "is missing; " + need.Write})
			}
		}
	}
	return problems
}

// has says whether a channel has what its carrier needs. The secret stands in for the API key where webhooks do not need it.
func has(ch routing.Channel, field string, needs []carrier.Need) bool {
	switch field {
	case carrier.NeedAccount:
		return ch.Account != ""
	case carrier.NeedApplication:
		return ch.Application != ""
	case carrier.NeedPublicKey:
		return len(ch.ProvenBy().PublicKeys) > 0
	case carrier.NeedAPIBase:
		return ch.APIBase != ""
	case carrier.NeedAPIKey:
		ofSecret := !slices.ContainsFunc(needs, func(n carrier.Need) bool { return n.Field == carrier.NeedSecret })
		return ch.APIKey != "" || ofSecret && len(ch.ProvenBy().Secrets) > 0
	case carrier.NeedSecret:
		return len(ch.ProvenBy().Secrets) > 0
	}
	return true
}

func carrierNamed(carriers []carrier.Carrier, name string) carrier.Carrier {
	for _, c := range carriers {
		if c.Name() == name {
			return c
		}
	}
	return nil
}

func names(carriers []carrier.Carrier) string {
	var all []string
	for _, c := range carriers {
		all = append(all, c.Name())
	}
	slices.Sort(all)
	return strings.Join(all[:len(all)-1], ", ") + " or " + all[len(all)-1]
}

// Lint lists what is valid in a configuration and still asks for care: what it leaves to nobody, and channels whose carrier proves
// little.
func Lint(t routing.Tenant, carriers ...carrier.Carrier) []routing.Problem {
	warnings := append(t.Staffing(), t.Unreachable()...)
	warn := func(path, message string) { warnings = append(warnings, routing.Problem{Path: path, Message: message}) }
	for i, ch := range t.Channels {
		path := fmt.Sprintf("channels[%d].", i)
		if sms.Landline(ch.Number) {
			warn(path+"number", "this is a fixed line, and few of them take texts; ask "+ch.Carrier+" whether this one does")
		}
		dialect := carrierNamed(carriers, ch.Carrier)
		if dialect == nil {
			continue
		}
		setup := dialect.Setup()
		if setup.Weak != "" {
			warn(path+"carrier", setup.Weak)
		}
		if !setup.AnswersKeywords && (ch.KeywordReplies == "" || ch.KeywordReplies == routing.RepliesCarrier) {
			warn(path+"keyword_replies", ch.Carrier+" does not answer STOP, START and HELP, and customers must be answered once; write engine, or none if somebody else does")
		}
	}
	engine := slices.ContainsFunc(t.Channels, func(ch routing.Channel) bool { return ch.KeywordReplies == routing.RepliesEngine })
	if engine && (t.Keywords.StopReply == "" || t.Keywords.HelpReply == "") {
		warn("keywords", "customers who text STOP or HELP get words without your name; carriers want stop_reply and help_reply to name you, and the latter a contact")
	}
	for i, f := range t.FAQs {
		if strange := f.Strange(); len(strange) > 0 {
			warn(fmt.Sprintf("faqs[%d].text", i), strings.Join(strange, ", ")+" would be sent as it is; what is filled in are {customer} and {agent}")
		}
	}
	return warnings
}
