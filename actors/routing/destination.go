package routing

import (
	"fmt"
	"slices"
	"strings"

	"switchyard/actors/sms"
)

// textable says whether the tenant sends texts to a number as [sms.Number] returns it; the refusal says why not, and what to do.
func (p *Policy) textable(number string) *Error {
	if p.tenant == nil || len(p.tenant.Destinations) == 0 {
		return nil
	}
	country := sms.Region(number)
	if slices.Contains(p.tenant.Destinations, country) {
		return nil
	}
	return refuse(CodeInvalid, fmt.Sprintf("the customer's number is in %s, and destinations allows %s only; end the conversation, or have an administrator add the country",
		or(country, "no country"), strings.Join(p.tenant.Destinations, ", ")))
}

// classInvalid is the word for a text that can never be sent as it is.
const classInvalid = "invalid"

// Unreachable lists what the configuration leaves out of reach: channels in countries to which no text may go, so that few of those who
// text there can be answered.
func (t *Tenant) Unreachable() []Problem {
	if len(t.Destinations) == 0 {
		return nil
	}
	var warnings []Problem
	for i, ch := range t.Channels {
		if country := sms.Region(ch.Number); country != "" && !slices.Contains(t.Destinations, country) {
			warnings = append(warnings, Problem{
				index("channels", i) + ".number",
				fmt.Sprintf("the number is in %s, and destinations leaves that out, so its customers there get no answer; add the country", country),
			})
		}
	}
	return warnings
}
