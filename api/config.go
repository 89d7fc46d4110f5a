package api

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"switchyard/actors/routing"
	"switchyard/persistence"
)

const yamlType = "application/yaml"

// config reads the configuration in force.
func (q *call) config() (routing.Config, error) {
	c, found, err := read[routing.Config](q.ctx, q.records, persistence.ConfigKey(q.records.tenant))
	if err == nil && !found {
		err = notFound("configuration")
	}
	return c, err
}

// getConfig is GET /v1/config: the document as it was written, or its meaning in JSON for those who accept only that.
func (s *Server) getConfig(q *call) error {
	c, err := q.config()
	if err != nil {
		return err
	}
	q.Response().Header().Set("ETag", `"`+c.ETag+`"`)
	q.Response().Header().Set("Vary", echo.HeaderAccept)
	accept := q.Request().Header.Get(echo.HeaderAccept)
	if strings.Contains(accept, "json") && !strings.Contains(accept, "yaml") {
		return q.JSON(http.StatusOK, c.Tenant)
	}
	return q.Blob(http.StatusOK, yamlType, []byte(c.Source))
}

// configView answers a replacement.
type configView struct {
	ETag string `json:"etag"`
}

// putConfig is PUT /v1/config. It replaces only what the writer has seen.
func (s *Server) putConfig(q *call) error {
	seen := strings.Trim(strings.TrimPrefix(q.Request().Header.Get("If-Match"), "W/"), `"`)
	if seen == "" {
		return newProblem(codePreconditionRequired, "send the ETag of the configuration that you replace as If-Match")
	}
	source, err := readBody(q.Context)
	if err != nil {
		return err
	}
	q.body = source
	t, err := ParseTenant(source, q.Request().Header.Get(echo.HeaderContentType), s.carriers...)
	if err != nil {
		return err
	}
	if err := s.mayInstall(q, t); err != nil {
		return err
	}
	answer, err := q.do(routing.ReplaceConfig{Tenant: t, Source: string(source), IfMatch: seen})
	if err != nil {
		return err
	}
	s.refresh()
	q.Response().Header().Set("ETag", `"`+answer.ETag+`"`)
	return q.JSON(http.StatusOK, configView{ETag: answer.ETag})
}

// mayInstall refuses a configuration that is another tenant's, or that claims another tenant's channels.
func (s *Server) mayInstall(q *call, t routing.Tenant) error {
	if t.ID != q.who.tenant {
		return invalid("the configuration is another tenant's", routing.Problem{Path: "id", Message: "must be " + string(q.who.tenant)})
	}
	installed := s.tenants.now()
	for _, ch := range t.Channels {
		if owner, taken := installed.owner(ch.ID); taken && owner != t.ID {
			return invalid("a channel's id is taken", routing.Problem{Path: "channels", Message: "choose another id than " + string(ch.ID)})
		}
	}
	return nil
}
