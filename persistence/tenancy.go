package persistence

import "strings"

// Ingest keys, by which a repetition is recognised:
//
//	k/<tenant>/<role>/<id>/<key>   a command that its sender may repeat, by the sender's own key
//	w/<tenant>/<key>               what a carrier brought, by the carrier's id
//	c/<id>                         a command that nobody can repeat

// onceKind begins the ingest keys that nobody can use again.
const onceKind = "c/"

// CommandKey is the ingest key of a command that a person sent with an idempotency key.
func CommandKey(tenant, role, id, key string) string {
	return CommandKeys(tenant) + role + "/" + id + "/" + key
}

// CommandKeys begins all such keys of a tenant.
func CommandKeys(tenant string) string { return "k/" + tenant + "/" }

// CarrierKey is the ingest key of what a carrier brought to a tenant.
func CarrierKey(tenant, key string) string { return "w/" + tenant + "/" + key }

// OnceKey is the ingest key of a command that cannot be repeated. Whose it is stands in its input.
func OnceKey(id string) string { return onceKind + id }

// IsOnce says that an ingest key is no more use once its input is worked off.
func IsOnce(key string) bool { return strings.HasPrefix(key, onceKind) }

// TenantOf is the tenant that a record, list, stream or ingest key belongs to by its name; empty when it is no tenant's.
func TenantOf(name string) string {
	kind, rest, _ := strings.Cut(strings.TrimPrefix(name, HotPrefix), "/")
	if kind+"/" == onceKind {
		return ""
	}
	tenant, _, _ := strings.Cut(rest, "/")
	return tenant
}

// IsStream says whether a name is a stream's; otherwise it is a list's.
func IsStream(name string) bool {
	return strings.HasPrefix(name, "desk/") || strings.HasPrefix(name, "decisions/") || strings.HasPrefix(name, "config/")
}
