package redis_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/alicebob/miniredis/v2"

	"switchyard/persistence/redis"
)

// Over TLS a server must prove who it is, unless the URL says that it need not.
func TestTLS(t *testing.T) {
	t.Parallel()
	certified := httptest.NewTLSServer(http.NotFoundHandler()) // for its certificate alone
	defer certified.Close()
	m := newMiniBy(t, func(m *miniredis.Miniredis) error { return m.StartTLS(certified.TLS) })
	url := "rediss://" + m.Addr()
	if s, err := redis.Open(t.Context(), url, redis.Options{}); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a certificate of nobody's: %v, %v", s, err)
	}
	wholeWay(t, open(t, url+"?skip_verify=true", redis.Options{Partitions: 1}), 0)
	if _, err := redis.Open(t.Context(), "redis://"+m.Addr()+"?read_timeout=1s", redis.Options{}); err == nil {
		t.Error("a server that speaks TLS was opened without")
	}
}
