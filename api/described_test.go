package api

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"switchyard/actors/routing"
)

// TestTenantIsDescribed: the contract names every field of a configuration and no other, also of what stands inside it. A client that is
// made from the contract could write none that it lacks.
func TestTenantIsDescribed(t *testing.T) {
	t.Parallel()
	described(t, "Tenant", reflect.TypeFor[routing.Tenant](), contract.doc.Components.Schemas["Tenant"])
}

func described(t *testing.T, path string, is reflect.Type, schema *openapi3.SchemaRef) {
	t.Helper()
	kind := is.Kind()
	if kind == reflect.Pointer {
		described(t, path, is.Elem(), schema)
		return
	}
	if kind == reflect.Slice {
		if schema.Value.Items == nil {
			t.Errorf("%s: the contract says nothing of its members", path)
			return
		}
		described(t, path+"[]", is.Elem(), schema.Value.Items)
	}
	if kind != reflect.Struct {
		return // a word, a number, or a table whose names are the tenant's own
	}
	fields := map[string]reflect.Type{}
	for f := range is.Fields() {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			fields[name] = f.Type
		}
	}
	if len(fields) == 0 {
		return // written as a word
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(fields)), slices.Sorted(maps.Keys(schema.Value.Properties))); diff != "" {
		t.Errorf("%s (-fields +contract):\n%s", path, diff)
	}
	for name, f := range fields {
		if property := schema.Value.Properties[name]; property != nil {
			described(t, path+"."+name, f, property)
		}
	}
}
