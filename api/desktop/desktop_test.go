package desktop

import (
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

// get asks a handler for a path.
func get(t *testing.T, h http.Handler, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
	r.URL.Path = path
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

var loaded = regexp.MustCompile(`(?:href|src|data-ringing)="([^"]*)"`)

// TestPages: every page is bundled, and all that its document loads is there, in a name of its own, and may be kept.
func TestPages(t *testing.T) {
	t.Parallel()
	p := New()
	for name, page := range map[string]http.Handler{"desk": p.Desk(), "admin": p.Admin(), "board": p.Board(), "phone": p.Phone(), "signin": p.SignIn()} {
		w := get(t, page, "")
		text := w.Body.String()
		if w.Code != http.StatusOK || strings.Contains(text, "{") || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			t.Fatalf("%s: %d %s", name, w.Code, text)
		}
		found := loaded.FindAllStringSubmatch(text, -1)
		if len(found) < 5 {
			t.Errorf("%s loads only %v", name, found)
		}
		for _, match := range found {
			path, ours := strings.CutPrefix(match[1], AssetsPath)
			asset := get(t, p.Assets(), path)
			if !ours || asset.Code != http.StatusOK || asset.Header().Get("Content-Type") == "" ||
				!strings.Contains(asset.Header().Get("Cache-Control"), "immutable") || asset.Body.Len() == 0 {
				t.Errorf("%s: %s is answered %d %v", name, match[1], asset.Code, asset.Header())
			}
		}
	}
}

// TestPolicy: a page lets nothing run or be shown that is not a file of its own server.
func TestPolicy(t *testing.T) {
	t.Parallel()
	w := get(t, New().Desk(), "")
	policy := w.Header().Get("Content-Security-Policy")
	for _, wanted := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(policy, wanted) {
			t.Errorf("the policy lacks %s: %s", wanted, policy)
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") || strings.Contains(policy, "*") {
		t.Errorf("the policy lets in more than our own files: %s", policy)
	}
	if inline := regexp.MustCompile(`<script(?:\s[^>]*)?>[^<]|<style|\sstyle=|\son\w+=`).FindString(w.Body.String()); inline != "" {
		t.Errorf("the document has %q inline, which the policy refuses", inline)
	}
}

// TestUnchanged: what a browser has, it is not sent again.
func TestUnchanged(t *testing.T) {
	t.Parallel()
	p := New()
	first := get(t, p.Desk(), "")
	if again := get(t, p.Desk(), "", "If-None-Match", first.Header().Get("ETag")); again.Code != http.StatusNotModified || again.Body.Len() != 0 {
		t.Errorf("an unchanged page is answered %d with %d bytes", again.Code, again.Body.Len())
	}
	if first.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("a page may be kept unasked: %q", first.Header().Get("Cache-Control"))
	}
}

// TestZipped: scripts go zipped to who takes that, and whole to who does not.
func TestZipped(t *testing.T) {
	t.Parallel()
	p := New()
	script, _ := strings.CutPrefix(regexp.MustCompile(`src="([^"]*)"`).FindStringSubmatch(get(t, p.Desk(), "").Body.String())[1], AssetsPath)
	plain, zipped := get(t, p.Assets(), script), get(t, p.Assets(), script, "Accept-Encoding", "br, gzip")
	unzip, err := gzip.NewReader(zipped.Body)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := io.ReadAll(unzip)
	if err != nil || string(whole) != plain.Body.String() || zipped.Header().Get("Content-Encoding") != "gzip" {
		t.Errorf("zipped: %d bytes, %v, %v; plain: %d bytes", len(whole), err, zipped.Header(), plain.Body.Len())
	}
	if plain.Header().Get("ETag") == zipped.Header().Get("ETag") || plain.Header().Get("Vary") != "Accept-Encoding" {
		t.Error("a cache cannot tell the zipped script from the plain one")
	}
	for accept, takes := range map[string]bool{"": false, "gzip": true, "br": false, "gzip;q=0": false, "gzip; q=0.0": false, "GZIP;q=0.5": true, "deflate, gzip ;q=1": true} {
		if takesGzip(accept) != takes {
			t.Errorf("Accept-Encoding %q: gzip %t, want %t", accept, !takes, takes)
		}
	}
}

// TestOthersWork: what others made comes with its licence, which is served, and with where it is from.
func TestOthersWork(t *testing.T) {
	t.Parallel()
	p := New()
	licences := get(t, p.Assets(), "/licences.txt").Body.String()
	if strings.Count(licences, "The MIT License") < 2 || !strings.Contains(licences, "SIL OPEN FONT LICENSE") {
		t.Errorf("the licences are %.200s …", licences)
	}
	files, err := fs.Glob(web, "web/vendor/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if name := strings.TrimPrefix(file, "web/vendor/"); !strings.HasSuffix(name, ".txt") && !strings.Contains(licences, name+" ") {
			t.Errorf("VENDOR.txt does not tell where %s is from", name)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	p := New()
	if w := get(t, p.Assets(), "/desk-00000000.js"); w.Code != http.StatusNotFound || strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("an unknown asset is answered %d %v", w.Code, w.Header())
	}
	w := httptest.NewRecorder()
	p.Desk().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", http.NoBody))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("a POST to a page is answered %d", w.Code)
	}
}
