// Package desktop is the web pages: the agent desktop and its relatives. They are written in TSX and CSS below web, embedded,
// and bundled in this process on the first request, so that whoever runs Switchyard needs no Node and no build step. The pages
// speak the public contract like any other client.
package desktop

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html"
	"net/http"
	"strings"
	"sync"
	"time"
)

// web holds the pages' sources and what others made that they stand on.
//
//go:embed web
var web embed.FS

// AssetsPath is where the pages expect [Pages.Assets].
const AssetsPath = "/assets"

// policy lets a page load its own files and speak to its own server, and nothing else: no inline script, no inline style.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// page is the document around an application. It holds no text of its own, so that what is seen is in one place: the sources.
const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} · Switchyard</title>
<link rel="icon" type="image/svg+xml" href="{icon}" data-ringing="{ringing}">
<link rel="preload" href="{font}" as="font" type="font/woff2" crossorigin>
<link rel="stylesheet" href="{style}">
<script type="module" src="{script}"></script>
</head>
<body>
<div id="app"></div>
<noscript>This page needs JavaScript. The API that it speaks is described by /openapi.yaml.</noscript>
</body>
</html>
`

// Pages serves the pages. The zero value is not ready; make it with [New].
type Pages struct{ bundle func() (*bundle, error) }

// New makes the pages. They are bundled when the first is asked for.
func New() *Pages { return &Pages{bundle: sync.OnceValues(bundled)} }

// Desk is the agent desktop.
func (p *Pages) Desk() http.Handler { return p.page("desk", "Agent desktop") }

// Board is the wallboard and the supervisors' page.
func (p *Pages) Board() http.Handler { return p.page("board", "Wallboard") }

// Admin is the administrators' page.
func (p *Pages) Admin() http.Handler { return p.page("admin", "Administration") }

// SignIn is where an identity provider sends browsers back to.
func (p *Pages) SignIn() http.Handler { return p.page("signin", "Signing in") }

// Phone is the demo's customers' phones, for a simulated carrier at /simulated.
func (p *Pages) Phone() http.Handler { return p.page("phone", "Customers’ phones") }

// page serves the document of one application. It is asked for anew each time and costs nothing when it has not changed.
func (p *Pages) page(name, title string) http.Handler {
	return p.serve(func(w http.ResponseWriter, r *http.Request, b *bundle) {
		text := strings.NewReplacer(
			"{title}", html.EscapeString(title), "{script}", b.scripts[name], "{style}", b.styles[name], "{font}", b.named("atkinson-hyperlegible-next"),
			"{icon}", b.named("icon"), "{ringing}", b.named("ringing"),
		).Replace(page)
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", policy)
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		h.Set("Cache-Control", "no-cache")
		h.Set("ETag", etag([]byte(text)))
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(text))
	})
}

// Assets serves what the pages load. Their names hold a digest of what is in them, so they may be kept for ever.
func (p *Pages) Assets() http.Handler {
	return p.serve(func(w http.ResponseWriter, r *http.Request, b *bundle) {
		a, known := b.assets[strings.TrimPrefix(r.URL.Path, "/")]
		if !known {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", a.kind)
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		body, tag := a.plain, etag(a.plain)
		if a.zipped != nil {
			h.Set("Vary", "Accept-Encoding")
			if takesGzip(r.Header.Get("Accept-Encoding")) {
				h.Set("Content-Encoding", "gzip")
				body, tag = a.zipped, etag(a.zipped)
			}
		}
		h.Set("ETag", tag)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	})
}

// serve answers reads, once the pages are bundled.
func (p *Pages) serve(answer func(http.ResponseWriter, *http.Request, *bundle)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "pages are only read", http.StatusMethodNotAllowed)
			return
		}
		b, err := p.bundle()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		answer(w, r, b)
	})
}

func etag(body []byte) string { return `"` + digest(body) + `"` }

func digest(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:8])
}

// takesGzip reads Accept-Encoding as far as browsers use it: names, perhaps with a weight of zero.
func takesGzip(accept string) bool {
	for item := range strings.SplitSeq(accept, ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(item), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			return strings.Trim(strings.TrimPrefix(strings.ReplaceAll(weight, " ", ""), "q="), "0.") != "" || weight == ""
		}
	}
	return false
}
