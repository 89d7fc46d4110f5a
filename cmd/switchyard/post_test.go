package main

import (
	"context"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// How unruly the carrier is, in percent.
const (
	doubledTexts    = 10 // webhooks of texts that come twice, at two nodes at once
	doubledReceipts = 15
	lateReceipts    = 25 // reports that later ones overtake
	namelessReports = 20 // that name their text by the carrier's id alone
	slowReplies     = 20 // calls that are answered only after the reports on them
	lostReplies     = 4
	refusals        = 4 // calls that are to be repeated, 429
)

func happens(percent int) bool { return rand.IntN(100) < percent }

// post is how the carrier brings its webhooks: as unruly as the worst of them. A text it gives up in the end, as the network
// decides; a report it brings until it is taken.
type post struct {
	carry   http.RoundTripper
	ctx     context.Context
	running sync.WaitGroup
}

func newPost(t testing.TB) *post {
	t.Helper()
	carry := &http.Transport{MaxIdleConnsPerHost: 64}
	ctx, end := context.WithCancel(context.Background())
	p := &post{carry: carry, ctx: ctx}
	t.Cleanup(func() {
		end()
		p.running.Wait()
		carry.CloseIdleConnections()
	})
	return p
}

// RoundTrip implements [http.RoundTripper].
func (p *post) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if !strings.HasSuffix(r.URL.Path, "/receipts") {
		return p.bring(r, body, doubledTexts)
	}
	if happens(namelessReports) {
		r, body = nameless(r, body)
	}
	if happens(lateReceipts) {
		p.running.Go(func() {
			wait(p.ctx, time.Duration(rand.IntN(500))*time.Millisecond)
			p.insist(p.ctx, r, body)
		})
	} else {
		p.insist(r.Context(), r, body)
	}
	return &http.Response{StatusCode: http.StatusNoContent, Body: http.NoBody, Request: r}, nil
}

// bring makes one call, or two at once at two nodes, and answers with the first one's answer.
func (p *post) bring(r *http.Request, body []byte, twice int) (*http.Response, error) {
	if !happens(twice) {
		return p.carry.RoundTrip(again(r.Context(), r, body, ""))
	}
	first, second := again(r.Context(), r, body, "0"), again(r.Context(), r, body, "1")
	var also sync.WaitGroup
	also.Go(func() {
		if resp, err := p.carry.RoundTrip(second); err == nil {
			_ = resp.Body.Close()
		}
	})
	defer also.Wait()
	return p.carry.RoundTrip(first)
}

// insist brings a report until it is taken, or the test is over.
func (p *post) insist(ctx context.Context, r *http.Request, body []byte) {
	for ctx.Err() == nil {
		resp, err := p.bring(again(ctx, r, body, ""), body, doubledReceipts)
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode/100 == 2 {
				return
			}
		}
		wait(ctx, 200*time.Millisecond)
	}
}

// again is a request once more.
func again(ctx context.Context, r *http.Request, body []byte, lane string) *http.Request {
	next := r.Clone(ctx)
	next.Body, next.ContentLength = io.NopCloser(strings.NewReader(string(body))), int64(len(body))
	if lane != "" {
		next.Header.Set(laneHeader, lane)
	}
	return next
}

// unruly is the carrier's API as it is on a bad day: it refuses to be asked so often, is slow to answer, or its answer is lost.
func unruly(network http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/messages") && !strings.HasSuffix(r.URL.Path, "/Messages.json") {
			network.ServeHTTP(w, r)
			return
		}
		if happens(refusals) {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		answer := httptest.NewRecorder()
		network.ServeHTTP(answer, r)
		if happens(slowReplies) {
			wait(r.Context(), 100*time.Millisecond)
		}
		if happens(lostReplies) {
			panic(http.ErrAbortHandler)
		}
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes()) // the caller may be gone
	})
}
