package main

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestDraw draws all pictures from answers of a Prometheus's form, and looks whether they are pictures, with what was answered in them.
func TestDraw(t *testing.T) {
	t.Parallel()
	answer := `{"status":"success","data":{"result":[{"metric":{"queue":"sup<port","state":"busy"},"values":[[%d,"1"],[%d,"3000"]]}]}}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if q := r.URL.Query().Get("query"); strings.Contains(q, "$") {
			t.Errorf("a variable is left in %s", q)
		}
		fmt.Fprintf(w, answer, time.Now().Add(-time.Minute).Unix(), time.Now().Unix())
	}))
	defer server.Close()
	dir := t.TempDir()
	if err := draw(t.Context(), server.URL, 2*time.Minute, dir); err != nil {
		t.Fatal(err)
	}
	for file, titles := range pictures() {
		raw, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		for from := xml.NewDecoder(strings.NewReader(string(raw))); ; {
			if _, err := from.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
		}
		for _, title := range titles {
			if !strings.Contains(string(raw), ">"+title+"<") {
				t.Errorf("%s: %s is not drawn", file, title)
			}
		}
		if strings.Contains(string(raw), "e+0") {
			t.Errorf("%s: a number is written with an exponent", file)
		}
		if file == "watch-queue.svg" && !strings.Contains(string(raw), "sup&lt;port") {
			t.Errorf("%s: the queue is not named", file)
		}
	}
}

// TestDrawNothing: an answer that is none leaves no picture that looks like one.
func TestDrawNothing(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"status":"error","error":"parse error"}`)
	}))
	defer server.Close()
	if err := draw(t.Context(), server.URL, time.Minute, t.TempDir()); err == nil || !strings.Contains(err.Error(), "parse error") {
		t.Errorf("drawn from an error: %v", err)
	}
}
