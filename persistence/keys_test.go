package persistence_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"

	"switchyard/persistence"
)

// names are all names that the keys' functions make, of one tenant, by the functions' names.
func names(tenant string) map[string]string {
	return map[string]string{
		"ConfigKey": persistence.ConfigKey(tenant), "ConfigStream": persistence.ConfigStream(tenant),
		"AgentKey": persistence.AgentKey(tenant, "x"), "AgentPrefix": persistence.AgentPrefix(tenant),
		"IdleKey": persistence.IdleKey(tenant, "x"), "HoldKey": persistence.HoldKey(tenant, "x"),
		"HotConversationKey": persistence.HotConversationKey(tenant, "x"), "HotConversationPrefix": persistence.HotConversationPrefix(tenant),
		"ConversationKey": persistence.ConversationKey(tenant, "x"), "ConversationPrefix": persistence.ConversationPrefix(tenant),
		"HeldKey": persistence.HeldKey(tenant, "x", "y"), "HeldPrefix": persistence.HeldPrefix(tenant, "x"),
		"HadKey": persistence.HadKey(tenant, "x", "y"), "HadPrefix": persistence.HadPrefix(tenant, "x"),
		"PastKey": persistence.PastKey(tenant, "x", "y"), "PastPrefix": persistence.PastPrefix(tenant, "x"),
		"ThreadKey":   persistence.ThreadKey(tenant, "x", "y"),
		"CustomerKey": persistence.CustomerKey(tenant, "x"), "CustomerPrefix": persistence.CustomerPrefix(tenant),
		"NumberKey": persistence.NumberKey(tenant, "x", "y"), "NumberPrefix": persistence.NumberPrefix(tenant, "x"),
		"CaseKey":  persistence.CaseKey(tenant, "x"),
		"CasesKey": persistence.CasesKey(tenant, "x", "y"), "CasesPrefix": persistence.CasesPrefix(tenant, "x"),
		"CaseCounterKey": persistence.CaseCounterKey(tenant),
		"TokenKey":       persistence.TokenKey(tenant, "x"), "TokenPrefix": persistence.TokenPrefix(tenant),
		"ParkedKey": persistence.ParkedKey(tenant, "x", "y"), "ParkedPrefix": persistence.ParkedPrefix(tenant, "x"),
		"AuditList":  persistence.AuditList(tenant),
		"ShiftsList": persistence.ShiftsList(tenant, "x"),
		"BucketKey":  persistence.BucketKey(tenant, "queue", 900, "x"), "BucketsPrefix": persistence.BucketsPrefix(tenant, "queue"),
		"BucketsSince": persistence.BucketsSince(tenant, "queue", 900),
		"RowKey":       persistence.RowKey(tenant, 1, "x"), "RowsPrefix": persistence.RowsPrefix(tenant), "RowsSince": persistence.RowsSince(tenant, 1),
		"IntervalKey": persistence.IntervalKey(tenant, 1, "x"), "IntervalsPrefix": persistence.IntervalsPrefix(tenant),
		"IntervalsSince": persistence.IntervalsSince(tenant, 1),
		"ImportKey":      persistence.ImportKey(tenant), "ConsentKey": persistence.ConsentKey(tenant, "x"),
		"ErasingKey": persistence.ErasingKey(tenant, "x"), "ErasedKey": persistence.ErasedKey(tenant, "x"), "SaltKey": persistence.SaltKey(tenant),
		"ForgottenKey": persistence.ForgottenKey(tenant, "x"),
		"CarriedKey":   persistence.CarriedKey(tenant, "x", "y"), "OrphanKey": persistence.OrphanKey(tenant, "x", "y"),
		"LogList": persistence.LogList(tenant, "x"), "DeadList": persistence.DeadList(tenant),
		"DeskStream": persistence.DeskStream(tenant, "x"), "DecisionStream": persistence.DecisionStream(tenant),
		"CommandKeys": persistence.CommandKeys(tenant), "CommandKey": persistence.CommandKey(tenant, "agent", "x", "y/z"), "CarrierKey": persistence.CarrierKey(tenant, "y/z"),
	}
}

// Every name tells its tenant, and whether it is a stream's: what is carried to another store depends on it.
func TestNames(t *testing.T) {
	t.Parallel()
	for _, tenant := range []string{"centre", "hot", "c", ""} {
		for function, name := range names(tenant) {
			if got := persistence.TenantOf(name); got != tenant {
				t.Errorf("%s makes %q, which is said to be of tenant %q", function, name, got)
			}
			if stream := function == "DeskStream" || function == "DecisionStream" || function == "ConfigStream"; persistence.IsStream(name) != stream {
				t.Errorf("%s makes %q; that it is a stream is said to be %t", function, name, !stream)
			}
			if persistence.IsOnce(name) {
				t.Errorf("%s makes %q, which is said to be of no use again", function, name)
			}
		}
	}
	if once := persistence.OnceKey("x/y"); persistence.TenantOf(once) != "" || !persistence.IsOnce(once) {
		t.Errorf("%q is said to be of tenant %q", once, persistence.TenantOf(once))
	}
}

// The table above knows every function that makes a name of a tenant's.
func TestNamesAreAll(t *testing.T) {
	t.Parallel()
	known := names("")
	for _, file := range []string{"keys.go", "tenancy.go"} {
		source, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range source.Decls {
			f, ok := declaration.(*ast.FuncDecl)
			if !ok || len(f.Type.Params.List[0].Names) == 0 || f.Type.Params.List[0].Names[0].Name != "tenant" || f.Name.Name == "PartitionOf" {
				continue
			}
			if _, found := known[f.Name.Name]; !found {
				t.Errorf("%s makes names, and this test does not know of it", f.Name.Name)
			}
		}
	}
}
