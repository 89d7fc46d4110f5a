package routing

import (
	"fmt"
	"slices"
	"strings"

	"switchyard/actors/sms"
)

// Textable says whether the tenant sends texts to a conversation's customer; the refusal says why not, and what to do.
func (t *Tenant) Textable(c *Conversation) *Error {
	if len(t.Destinations) == 0 {
		return nil
	}
	country := c.Country
	if country == "" { // it has begun without such a list, or is in no country
		country = sms.Region(c.CustomerNumber)
	}
	if slices.Contains(t.Destinations, country) {
		return nil
	}
	return refuse(CodeInvalid, fmt.Sprintf("the customer's number is in %s, and destinations allows %s only; end the conversation, or have an administrator add the country",
		or(country, "no country"), strings.Join(t.Destinations, ", ")))
}

func (p *Policy) textable(c *Conversation) *Error {
	if p.tenant == nil {
		return nil
	}
	return p.tenant.Textable(c)
}

// country is that of a number as [sms.Number] returns it, where the tenant has to know: to find it takes as long as all else about a text.
func (p *Policy) country(number string) string {
	if p.tenant == nil || len(p.tenant.Destinations) == 0 {
		return ""
	}
	return sms.Region(number)
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
