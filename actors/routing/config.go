package routing

// Config is a tenant's configuration as it is stored: the document as it was written, and what it means.
type Config struct {
	Tenant Tenant `json:"tenant"`
	Source string `json:"source"`
	ETag   string `json:"etag"` // changes with every replacement
}
