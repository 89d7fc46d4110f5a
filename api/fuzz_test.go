package api

import (
	"errors"
	"testing"

	"switchyard/actors/routing"
)

// FuzzParseTenant: whatever is written as a configuration is read, or refused with a reason.
func FuzzParseTenant(f *testing.F) {
	f.Add([]byte(document), "application/yaml")
	f.Add([]byte(`{"id":"acme","queues":[{"id":"support"}]}`), "application/json")
	f.Add([]byte("id: [acme"), "")
	f.Fuzz(func(t *testing.T, source []byte, kind string) {
		tenant, err := ParseTenant(source, kind)
		var refusal *routing.Error
		switch {
		case err == nil && len(tenant.Check()) > 0:
			t.Error("a configuration that is not valid was taken")
		case err != nil && (!errors.As(err, &refusal) || len(refusal.Problems) == 0):
			t.Errorf("refused without a reason: %v", err)
		}
	})
}

// FuzzToken: no text but a token's own is taken for one.
func FuzzToken(f *testing.F) {
	f.Add("sy_acme_0011223344556677_00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff")
	f.Add("sy___")
	f.Fuzz(func(t *testing.T, text string) {
		if tenant, id, secret, ok := parseToken(text); ok && tokenMark+string(tenant)+"_"+id+"_"+secret != text {
			t.Errorf("%q is read as %q %q %q", text, tenant, id, secret)
		}
	})
}
