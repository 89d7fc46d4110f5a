package main

import (
	"net/http"
	"time"

	"switchyard/api/carrier"
	"switchyard/api/carrier/bandwidth"
	"switchyard/api/carrier/bird"
	"switchyard/api/carrier/eightbyeight"
	"switchyard/api/carrier/infobip"
	"switchyard/api/carrier/kannel"
	"switchyard/api/carrier/messagebird"
	"switchyard/api/carrier/plivo"
	"switchyard/api/carrier/simulated"
	"switchyard/api/carrier/sinch"
	"switchyard/api/carrier/telnyx"
	"switchyard/api/carrier/twilio"
	"switchyard/api/carrier/vonage"
	"switchyard/api/carrier/vonagesms"
)

// carriers are all that this program speaks with, by their client.
func carriers(client *http.Client) []carrier.Carrier {
	return []carrier.Carrier{
		bandwidth.New(client),
		bird.New(client, time.Now),
		eightbyeight.New(client),
		infobip.New(client),
		kannel.New(client),
		messagebird.New(client, time.Now),
		plivo.New(client),
		simulated.New(client, time.Now),
		sinch.New(client, time.Now),
		telnyx.New(client, time.Now),
		twilio.New(client),
		vonage.New(client, time.Now),
		vonagesms.New(client, time.Now),
	}
}
