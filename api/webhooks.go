package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"switchyard/actors/routing"
	"switchyard/actors/sms"
	"switchyard/api/carrier"
)

// hook is one call of a carrier's: proven to be the carrier's own, and not yet read.
type hook struct {
	server  *Server
	line    *line
	request carrier.Request
}

// textsHook is /webhooks/{carrier}/{channel}.
func (s *Server) textsHook(c echo.Context) error { return s.serveHook(c, false) }

// receiptsHook is /webhooks/{carrier}/{channel}/receipts.
func (s *Server) receiptsHook(c echo.Context) error { return s.serveHook(c, true) }

// serveHook answers a carrier as it wants to be answered, and only when everything it brought is durable.
func (s *Server) serveHook(c echo.Context, receipts bool) error {
	ctx := c.Request().Context()
	at := address{c.Param("carrier"), c.Param("channel")}
	l, found := s.tenants.line(ctx, at)
	if !found {
		s.metrics.webhooks.WithLabelValues(s.tenants.label(at.carrier), hookUnknown).Inc()
		return s.tenants.absent(notFound("channel"))
	}
	h, err := s.openHook(c, l)
	if err == nil {
		err = h.take(ctx)
	}
	if err != nil {
		return h.refuse(ctx, err)
	}
	ack := l.dialect.Ack(receipts)
	if ack.ContentType == "" {
		return c.NoContent(ack.Status)
	}
	return c.Blob(ack.Status, ack.ContentType, []byte(ack.Body))
}

// label keeps the metrics' carriers a closed set.
func (t *tenants) label(name string) string {
	if _, known := t.carriers[name]; known {
		return name
	}
	return noCarrier
}

// openHook reads the call and proves that it is the carrier's.
func (s *Server) openHook(c echo.Context, l *line) (*hook, error) {
	h := &hook{server: s, line: l}
	if l.unready != nil {
		return h, fmt.Errorf("%w: %w", routing.ErrUnavailable, l.unready)
	}
	body, err := readBody(c)
	if err != nil {
		return h, err
	}
	r := c.Request()
	h.request = carrier.Request{Method: r.Method, URL: s.tenants.publicURL(r.URL), Header: r.Header, Body: body}.ReadOnce()
	return h, l.dialect.Verify(l.channel, h.request)
}

// publicURL is the address that the carrier called, whatever proxies made of it on the way.
func (t *tenants) publicURL(called *url.URL) *url.URL {
	u := *called
	u.Scheme, u.Host, u.User = t.public.Scheme, t.public.Host, nil
	return &u
}

// take makes durable all that the call brings. Carriers post texts and reports to one address, also in one call: both are looked for
// on both, and nothing is taken of a call that cannot be read as a whole.
func (h *hook) take(ctx context.Context) error {
	texts, err := h.line.dialect.Inbound(h.line.channel, h.request)
	if err != nil {
		return err
	}
	receipts, err := h.line.dialect.Receipts(h.line.channel, h.request)
	if err != nil {
		return err
	}
	cmds := make([]routing.ReceiveText, 0, len(texts))
	for _, t := range texts {
		cmd, err := h.command(ctx, t)
		if errors.Is(err, errUnanswerable) {
			h.count(hookUnroutable)
			h.server.log.LogAttrs(ctx, slog.LevelWarn, "text from a sender that cannot be answered", h.attrs(err)...)
			continue
		}
		if err != nil {
			return err
		}
		if why := h.unwanted(ctx, cmd); why != "" {
			h.count(why)
			h.server.log.LogAttrs(ctx, slog.LevelInfo, "text not kept", append(h.attrs(nil), slog.String("why", why), slog.String("from", sms.Mask(cmd.From)))...)
			continue
		}
		cmds = append(cmds, cmd)
	}
	for _, cmd := range cmds {
		if err := h.receive(ctx, cmd, cmd.Channel, cmd.CarrierID); err != nil {
			return err
		}
	}
	for _, r := range receipts {
		if err := h.takeReceipt(ctx, r); err != nil {
			return err
		}
	}
	if len(texts)+len(receipts) == 0 {
		h.count(hookAccepted) // nothing in it that we keep
	}
	return nil
}

// errMisdirected says that a text was sent to another number than the channel's. It is refused loudly: the carrier shows the
// refusal where its webhooks are set up, and that is where the mistake is.
var errMisdirected = badRequest("the text was sent to another number than this channel's; correct the webhook of that number")

// errUnanswerable says that a text's sender is no number (an alphanumeric sender, a short code): it can neither be routed nor answered,
// and the carrier is not to send it again.
var errUnanswerable = errors.New("the sender is no number")

// command is a text as the core takes it. A sender that cannot be one at all is no carrier's.
func (h *hook) command(ctx context.Context, t carrier.Text) (routing.ReceiveText, error) {
	to, err := sms.Number(t.To)
	if err != nil {
		return routing.ReceiveText{}, errMisdirected
	}
	channel, ok := h.channelOf(ctx, to)
	if !ok {
		return routing.ReceiveText{}, errMisdirected
	}
	from, err := sms.Number(t.From)
	switch {
	case errors.Is(err, sms.ErrAlphanumeric), errors.Is(err, sms.ErrShortCode):
		return routing.ReceiveText{}, fmt.Errorf("%w: %w", errUnanswerable, err)
	case err != nil:
		return routing.ReceiveText{}, fmt.Errorf("%w: the sender is %w", carrier.ErrMalformed, err)
	}
	cmd := routing.ReceiveText{
		Channel: channel, From: from, Body: t.Body, CarrierID: t.CarrierID, CarrierAt: t.At, OptOut: t.OptOut,
	}
	if p := t.Part; p != nil {
		cmd.Part = &routing.Part{Ref: p.Ref, Number: p.Number, Total: p.Total}
	}
	for _, m := range t.Media {
		cmd.Media = append(cmd.Media, routing.Media{ContentType: m.ContentType})
	}
	return cmd, nil
}

// unwanted says why a text is not kept, by the tenant's configuration in force; empty when it is.
func (h *hook) unwanted(ctx context.Context, cmd routing.ReceiveText) string {
	t, found := h.server.tenants.get(ctx, h.line.tenant)
	if !found {
		return ""
	}
	return t.unwanted(time.Now(), cmd.From, cmd, h.server.senders)
}

// channelOf finds the channel of the number that was texted: the one that was called, or, where a carrier has one webhook for all numbers
// of an account, another of the tenant's at this carrier by which the call is proven as well.
func (h *hook) channelOf(ctx context.Context, number string) (routing.ChannelID, bool) {
	if number == h.line.channel.Number {
		return routing.ChannelID(h.line.channel.ID), true
	}
	t, found := h.server.tenants.get(ctx, h.line.tenant)
	if !found {
		return "", false
	}
	for _, l := range t.lines {
		if l.channel.Number == number && l.dialectName() == h.line.dialectName() && l.unready == nil && l.dialect.Verify(l.channel, h.request) == nil {
			return routing.ChannelID(l.channel.ID), true
		}
	}
	return "", false
}

// carrierIDLongest bounds the ids that are kept of reports on texts that may be nobody's. Carriers' are far shorter.
const carrierIDLongest = 256

// takeReceipt makes a report durable. One that does not bring our own id of its text names it by the carrier's.
func (h *hook) takeReceipt(ctx context.Context, r carrier.Receipt) error {
	kind := "r/"
	cmd := routing.ReceiveReceipt{Message: routing.MessageID(r.Message), CarrierID: r.CarrierID, State: routing.MessageState(r.State)}
	if conversation, _ := cmd.Message.Conversation(); conversation == "" { // then the carrier's id tells, now or later
		if r.CarrierID == "" || len(r.CarrierID) > carrierIDLongest {
			h.count(hookUnroutable)
			return nil
		}
		cmd.Message, cmd.Channel, cmd.Carrier = "", routing.ChannelID(h.line.channel.ID), h.line.dialectName()
		kind = "o/" // the same report may come again with our id, and is not to be taken for this one
	}
	if r.Class != carrier.ClassNone {
		cmd.Failure = &routing.Failure{Class: string(r.Class), Detail: r.Detail}
	}
	report := r.CarrierID
	if report == "" {
		report = r.Message
	}
	return h.receive(ctx, cmd, routing.ChannelID(h.line.channel.ID), kind+report+"/"+string(r.State))
}

// receive makes a command durable under the carrier's own id of it.
func (h *hook) receive(ctx context.Context, cmd routing.Command, channel routing.ChannelID, id string) error {
	dialect := h.line.dialect
	key := dialect.Name() + "/" + string(channel) + "/" + id
	if err := h.server.engine.Receive(ctx, h.line.tenant, cmd, key, "", dialect.Window()); err != nil {
		return fmt.Errorf("%w: %w", errNotKept, err)
	}
	h.count(hookAccepted)
	return nil
}

// errNotKept says that something could not be made durable, or that it is not known: the carrier is to send it again.
var errNotKept = errors.New("not kept")

// hookPause is when a carrier may try again.
const hookPause = 2 * time.Second

// refuse turns an error into what the carrier is to hear, counts it and logs it.
func (h *hook) refuse(ctx context.Context, err error) error {
	switch {
	case errors.Is(err, carrier.ErrUnsigned):
		h.count(hookSignature)
		h.server.log.LogAttrs(ctx, slog.LevelWarn, "webhook refused", h.attrs(err)...)
		return comeBack(codeUnavailable, "the signature is missing; send the request again with one", hookPause)
	case errors.Is(err, carrier.ErrSignature):
		h.count(hookSignature)
		h.server.log.LogAttrs(ctx, slog.LevelWarn, "webhook refused", h.attrs(err)...)
		return forbidden("the signature is missing or wrong; check the channel's secret and public_url")
	case errors.Is(err, carrier.ErrMalformed):
		h.count(hookMalformed)
		h.server.log.LogAttrs(ctx, slog.LevelWarn, "webhook refused", h.attrs(err)...)
		return badRequest("the request is not what this carrier sends")
	case errors.Is(err, errMisdirected):
		h.count(hookMisdirected)
		h.server.log.LogAttrs(ctx, slog.LevelError, "webhook refused", h.attrs(err)...)
		return err
	case errors.Is(err, errNotKept), errors.Is(err, routing.ErrUnavailable):
		h.count(hookUnavailable)
		h.server.log.LogAttrs(ctx, slog.LevelError, "webhook not taken", h.attrs(err)...)
		return comeBack(codeUnavailable, "the text could not be stored; send it again", hookPause)
	case problemOf(err).Status < http.StatusInternalServerError:
		h.count(hookMalformed)
	}
	return err
}

func (h *hook) count(result string) {
	h.server.metrics.webhooks.WithLabelValues(h.line.dialectName(), result).Inc()
}

// attrs names the channel and never what was in the call.
func (h *hook) attrs(err error) []slog.Attr {
	return []slog.Attr{
		slog.String("tenant", string(h.line.tenant)), slog.String("channel", h.line.channel.ID),
		slog.String("carrier", h.line.dialectName()), slog.Any("error", err),
	}
}

func (l *line) dialectName() string {
	if l.dialect == nil {
		return noCarrier
	}
	return l.dialect.Name()
}
