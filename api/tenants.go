package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"switchyard/actors/routing"
	"switchyard/actors/sms"
	"switchyard/api/carrier"
	"switchyard/persistence"
)

const (
	// refreshEvery is how often the configurations are looked at even when no bell rang.
	refreshEvery = 2 * time.Second
	// missPause is how often at most somebody who asks for what is not there makes us look again.
	missPause = 100 * time.Millisecond
)

// tenants knows the committed configurations of the installation. Readers take a snapshot and never wait.
type tenants struct {
	store    persistence.Store
	carriers map[string]carrier.Carrier
	public   *url.URL
	outgoing *http.Client
	secret   func(string) (string, error)
	log      *slog.Logger
	metrics  *metrics

	installed atomic.Pointer[installation]
	mu        sync.Mutex // held by whoever refreshes
	refreshed time.Time
	failed    error // why the last refreshing did not come to its end
}

// installation is one snapshot; nothing in it changes.
type installation struct {
	tenants  map[routing.TenantID]*tenant
	channels map[address]*line
}

// tenant is one configuration with what follows from it.
type tenant struct {
	routing.Config
	raw      []byte
	lines    []*line
	keywords sms.Keywords
	provider *provider // nil: by password alone
}

// address is where a webhook comes in. Channel ids are unique over the installation.
type address struct{ carrier, channel string }

// line is a channel ready for use: its dialect, and its secrets at hand.
type line struct {
	tenant  routing.TenantID
	dialect carrier.Carrier
	channel carrier.Channel
	// unready says why the channel cannot be used now.
	unready error
}

func (t *tenants) now() *installation { return t.installed.Load() }

// get returns a tenant's configuration. One that is not known may just have been made.
func (t *tenants) get(ctx context.Context, id routing.TenantID) (*tenant, bool) {
	found := t.now().tenants[id]
	if found == nil {
		t.lookAgain(ctx)
		found = t.now().tenants[id]
	}
	return found, found != nil
}

// line returns the channel at an address.
func (t *tenants) line(ctx context.Context, at address) (*line, bool) {
	found := t.now().channels[at]
	if found == nil {
		t.lookAgain(ctx)
		found = t.now().channels[at]
	}
	return found, found != nil
}

// lookAgain refreshes unless that has just been done.
func (t *tenants) lookAgain(ctx context.Context) {
	t.mu.Lock()
	recent := time.Since(t.refreshed) < missPause
	t.mu.Unlock()
	if !recent {
		_ = t.refresh(context.WithoutCancel(ctx)) // everybody's, whoever asked; absent tells
	}
}

// absent is the answer to somebody who asked for what is not there: err, or that nobody can know while the store is away.
func (t *tenants) absent(err error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.failed != nil {
		return t.failed
	}
	return err
}

// refresh reads all configurations and replaces the snapshot where one has changed, or is not ready yet.
func (t *tenants) refresh(ctx context.Context) (failed error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	defer func() { t.refreshed, t.failed = time.Now(), failed }()
	was, is, changed := t.now(), map[routing.TenantID]*tenant{}, false
	for part := range t.store.Partitions() {
		r := records{store: t.store, part: part}
		err := r.scan(ctx, persistence.ConfigPrefix, "", func(record persistence.Record) (bool, error) {
			id := routing.TenantID(record.Key[len(persistence.ConfigPrefix):])
			old := was.tenants[id]
			if old == nil || !old.ready() || !bytes.Equal(old.raw, record.Value) {
				old, changed = t.renew(ctx, id, old, record.Value), true
			}
			if old != nil {
				is[id] = old
			}
			return true, nil
		})
		if err != nil {
			return fmt.Errorf("refresh configurations: %w", err)
		}
	}
	if changed || len(is) != len(was.tenants) {
		t.installed.Store(t.install(ctx, is))
	}
	return nil
}

// renew makes a configuration ready for use. One that this program cannot read changes nothing: not what is in use, and not
// the other tenants. What is wrong is logged once.
func (t *tenants) renew(ctx context.Context, id routing.TenantID, old *tenant, raw []byte) *tenant {
	known := old != nil && bytes.Equal(old.raw, raw)
	next := &tenant{raw: raw}
	if err := json.Unmarshal(raw, &next.Config); err != nil {
		t.log.LogAttrs(ctx, slog.LevelError, "configuration cannot be read", slog.String("tenant", string(id)), slog.Any("error", err))
		return old
	}
	words := next.Tenant.Keywords
	next.keywords = sms.NewKeywords(words.Stop, words.Start, words.Help)
	for _, ch := range next.Tenant.Channels {
		l := &line{tenant: id, dialect: t.carriers[ch.Carrier]}
		l.channel, l.unready = t.carrierChannel(ch)
		if l.dialect == nil {
			l.unready = fmt.Errorf("channel %s: this program does not speak the dialect of carrier %q", ch.ID, ch.Carrier)
		}
		if l.unready != nil && !known {
			t.log.LogAttrs(ctx, slog.LevelError, "channel cannot be used", slog.String("tenant", string(id)),
				slog.String("channel", string(ch.ID)), slog.Any("error", l.unready))
		}
		next.lines = append(next.lines, l)
	}
	next.provider = t.identityProvider(ctx, old, next, known)
	return next
}

// ready says that nothing about the tenant's channels and its provider is left to be tried again.
func (t *tenant) ready() bool {
	return (t.provider == nil || t.provider.unready == nil) && !slices.ContainsFunc(t.lines, func(l *line) bool { return l.unready != nil })
}

// install makes the snapshot. Of two channels with one id the first tenant's counts.
func (t *tenants) install(ctx context.Context, all map[routing.TenantID]*tenant) *installation {
	next := &installation{tenants: all, channels: map[address]*line{}}
	owners := map[string]routing.TenantID{}
	for _, id := range slices.Sorted(maps.Keys(all)) {
		for i, l := range all[id].lines {
			if owner, taken := owners[l.channel.ID]; taken {
				t.log.LogAttrs(ctx, slog.LevelError, "channel id is used twice; rename one", slog.String("channel", l.channel.ID),
					slog.String("tenant", string(owner)), slog.String("ignored_tenant", string(id)))
				continue
			}
			owners[l.channel.ID] = id
			next.channels[address{all[id].Tenant.Channels[i].Carrier, l.channel.ID}] = l
			t.metrics.declare(l.dialectName())
		}
	}
	return next
}

// carrierChannel is a channel as its carrier's dialect needs it.
func (t *tenants) carrierChannel(ch routing.Channel) (carrier.Channel, error) {
	hook := t.public.JoinPath("webhooks", ch.Carrier, string(ch.ID))
	c := carrier.Channel{
		ID: string(ch.ID), Number: ch.Number, Account: ch.Account, Application: ch.Application, APIBase: ch.APIBase,
		WebhookURL: hook.String(), ReceiptURL: hook.JoinPath("receipts").String(),
	}
	by := ch.ProvenBy()
	var err error
	if c.Secrets, err = t.resolved(by.Secrets...); err != nil {
		return c, fmt.Errorf("channel %s: secret: %w", ch.ID, err)
	}
	if c.PublicKeys, err = t.resolved(by.PublicKeys...); err != nil {
		return c, fmt.Errorf("channel %s: public_key: %w", ch.ID, err)
	}
	if ch.APIKey == "" {
		return c, nil
	}
	keys, err := t.resolved(ch.APIKey)
	if err != nil {
		return c, fmt.Errorf("channel %s: api_key: %w", ch.ID, err)
	}
	c.APIKey = keys[0]
	return c, nil
}

// resolved fetches secrets from where the configuration says they are.
func (t *tenants) resolved(refs ...string) ([]string, error) {
	var secrets []string
	for _, ref := range refs {
		secret, err := t.secret(ref)
		if err != nil {
			return nil, err
		}
		secrets = append(secrets, secret)
	}
	return secrets, nil
}

// owner returns the tenant that a channel id belongs to.
func (i *installation) owner(channel routing.ChannelID) (routing.TenantID, bool) {
	for at, l := range i.channels {
		if at.channel == string(channel) {
			return l.tenant, true
		}
	}
	return "", false
}

// Channel returns what sending a text over a channel takes: its carrier, and the channel as the carrier knows it, with the
// secrets of the configuration in force.
func (s *Server) Channel(ctx context.Context, id routing.TenantID, channel routing.ChannelID) (carrier.Carrier, carrier.Channel, error) {
	t, found := s.tenants.get(ctx, id)
	if found {
		for _, l := range t.lines {
			if l.channel.ID == string(channel) {
				return l.dialect, l.channel, l.unready
			}
		}
	}
	return nil, carrier.Channel{}, fmt.Errorf("channel %s of tenant %s is not configured", channel, id)
}
