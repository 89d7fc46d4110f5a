package main

import (
	"context"
	"errors"

	"switchyard/actors/routing"
	"switchyard/api"
	"switchyard/api/carrier"
)

// sender hands texts to the carrier of their channel. The server, which knows the channels, is made after the engine that
// sends; it is set before the engine starts.
type sender struct{ server *api.Server }

// Send implements [switchyard/actors.Sender].
func (s *sender) Send(
	ctx context.Context, tenant routing.TenantID, channel routing.ChannelID, message routing.MessageID, from, to, text string,
) (string, *routing.SendFailure) {
	dialect, line, err := s.server.Channel(ctx, tenant, channel)
	if err != nil {
		return "", &routing.SendFailure{
			Failure:   routing.Failure{Class: string(carrier.ClassCarrier), Detail: err.Error()},
			Retryable: true, // a channel that is set right meanwhile sends it
		}
	}
	accepted, err := dialect.Send(ctx, line, carrier.Outbound{Message: string(message), From: from, To: to, Body: text})
	if err == nil {
		return accepted.CarrierID, nil
	}
	failed := (*carrier.SendError)(nil)
	if !errors.As(err, &failed) {
		failed = &carrier.SendError{Class: carrier.ClassUnknown, Detail: err.Error(), Unknown: true}
	}
	detail := failed.Detail
	if failed.Code != "" {
		detail = failed.Code + " " + detail
	}
	return "", &routing.SendFailure{
		Failure: routing.Failure{Class: string(failed.Class), Detail: detail},
		Unknown: failed.Unknown, Retryable: failed.Retryable, After: failed.After,
	}
}
