package api

import (
	_ "embed"
	"net/http"

	"github.com/labstack/echo/v4"
)

// Contract is the description of everything that this package serves, in OpenAPI 3.1.
//
//go:embed openapi.yaml
var Contract []byte

func serveContract(c echo.Context) error {
	return c.Blob(http.StatusOK, "application/yaml", Contract)
}
