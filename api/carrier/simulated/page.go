package simulated

import (
	"embed"
	"mime"
	"net/http"
	"path"
)

//go:embed page/phone.html page/phone.js page/phone.css page/phone.svg
var pageFiles embed.FS

// pagePolicy lets the page load its own files and talk to its own network, and nothing else.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// servePage serves one of the page's files.
func servePage(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		content, err := pageFiles.ReadFile("page/" + name)
		if err != nil {
			problem(w, http.StatusNotFound, "no such file")
			return
		}
		h := w.Header()
		h.Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
		h.Set("Content-Security-Policy", pagePolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-cache")
		_, _ = w.Write(content) // the caller may be gone
	}
}
