package kannel

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"switchyard/actors/sms"
	"switchyard/api/carrier"
)

const (
	reportMask = "31" // delivered, failed, buffered, accepted and rejected by the carrier
	ucs2       = "2"
	gsm7       = "0"

	retryPause = time.Second
)

// Send implements [carrier.Carrier]. Kannel names no id: our own goes into dlr-url and comes back with each report. A text that holds
// characters outside GSM-7 must be said to: Kannel would turn them into question marks.
func (c Carrier) Send(ctx context.Context, ch carrier.Channel, m carrier.Outbound) (carrier.Accepted, error) {
	if ch.Account == "" || ch.APIKey == "" || ch.APIBase == "" || len(ch.Secrets) == 0 {
		return carrier.Accepted{}, carrier.Unready("api_base, account, api_key and secret")
	}
	coding := gsm7
	if len(sms.Count(m.Body).NotGSM7) > 0 {
		coding = ucs2
	}
	parameters := url.Values{
		"username": {ch.Account}, "password": {ch.APIKey}, "from": {m.From}, "to": {m.To}, "text": {m.Body}, "coding": {coding},
		"charset": {"UTF-8"},
	}
	if ch.Application != "" {
		parameters.Set("smsc", ch.Application)
	}
	if callback := ch.ReceiptsFor(m.Message); callback != "" {
		parameters.Set("dlr-mask", reportMask)
		// Kannel fills in the type of the report and the carrier's words.
		parameters.Set("dlr-url", callback+"&"+secretParameter+"="+url.QueryEscape(ch.Secrets[0])+"&type=%d&reply=%A")
	}
	req, err := carrier.NewRequest(ctx, ch, http.MethodGet, "", "/cgi-bin/sendsms?"+parameters.Encode(), "", nil)
	if err != nil {
		return carrier.Accepted{}, err
	}
	answer, err := c.caller.Call(req)
	if failed := (*carrier.SendError)(nil); errors.As(err, &failed) && failed.Code == strconv.Itoa(http.StatusServiceUnavailable) {
		// This is all that the smsbox says when there is no bearerbox to take the text.
		return carrier.Accepted{}, &carrier.SendError{
			Class: carrier.ClassCarrier, Code: failed.Code, Retryable: true, After: retryPause, Detail: "Kannel's bearerbox is away",
		}
	}
	if err != nil {
		return carrier.Accepted{}, err
	}
	if answer.Status >= http.StatusBadRequest {
		return carrier.Accepted{}, carrier.Refused(answer, "", meaningOf(answer.Status))
	}
	return carrier.Accepted{}, nil
}

func meaningOf(status int) carrier.Meaning {
	if status == http.StatusBadRequest {
		return carrier.Meaning{Class: carrier.ClassInvalid, Words: "Kannel refuses the text or a number"}
	}
	return carrier.MeaningOfStatus(status)
}
