package api

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// comparison collects how one document in JSON's values differs from another.
type comparison struct{ changes []Change }

func (c *comparison) add(path, change string, was, is any) {
	c.changes = append(c.changes, Change{path, change, discreet(lastField(path), was), discreet(lastField(path), is)})
}

func lastField(path string) string { return path[strings.LastIndex(path, ".")+1:] }

func (c *comparison) compare(path string, was, is any) {
	if reflect.DeepEqual(was, is) {
		return
	}
	a, aFields := was.(map[string]any)
	b, bFields := is.(map[string]any)
	if aFields && bFields {
		c.fields(path, a, b)
		return
	}
	if a, b := members(was), members(is); (a != nil || b != nil) && !secretive(lastField(path)) {
		c.members(path, a, b)
		return
	}
	switch {
	case was == nil:
		c.add(path, added, nil, is)
	case is == nil:
		c.add(path, removed, was, nil)
	default:
		c.add(path, changed, was, is)
	}
}

func (c *comparison) fields(path string, was, is map[string]any) {
	both := maps.Clone(was)
	maps.Copy(both, is)
	for _, name := range slices.Sorted(maps.Keys(both)) {
		at := name
		if path != "" {
			at = path + "." + name
		}
		c.compare(at, was[name], is[name])
	}
}

// member is one of a list whose members have ids.
type member struct {
	id    string
	value any
}

// members are those of a list of things with ids, or of names, of which each is its own id; nil for anything else.
func members(list any) []member {
	values, ok := list.([]any)
	if !ok {
		return nil
	}
	var all []member
	for _, v := range values {
		switch v := v.(type) {
		case string:
			all = append(all, member{v, v})
		case map[string]any:
			id, ok := v["id"].(string)
			if !ok {
				return nil
			}
			all = append(all, member{id, v})
		default:
			return nil
		}
	}
	return all
}

func (c *comparison) members(path string, was, is []member) {
	find := func(in []member, id string) (member, bool) {
		i := slices.IndexFunc(in, func(m member) bool { return m.id == id })
		if i < 0 {
			return member{}, false
		}
		return in[i], true
	}
	var stay, order []string
	for _, m := range was {
		at := path + "[" + m.id + "]"
		now, stays := find(is, m.id)
		if !stays {
			c.add(at, removed, m.value, nil)
			continue
		}
		stay = append(stay, m.id)
		c.compare(at, m.value, now.value)
	}
	for _, m := range is {
		if _, known := find(was, m.id); !known {
			c.add(path+"["+m.id+"]", added, nil, m.value)
			continue
		}
		order = append(order, m.id)
	}
	if !slices.Equal(stay, order) {
		c.add(path, reordered, stay, order)
	}
}

// hidden stands for what is not for every eye that sees a plan.
const hidden = "***"

// discreet is a field's value without passwords and secrets, at any depth.
func discreet(field string, value any) any {
	switch v := value.(type) {
	case nil:
		return nil
	case map[string]any:
		shown := make(map[string]any, len(v))
		for name, inner := range v {
			shown[name] = discreet(name, inner)
		}
		return shown
	}
	if secretive(field) {
		return hidden
	}
	return value
}

func secretive(field string) bool {
	return slices.Contains([]string{"password", "secret", "secrets", "api_key", "client_secret"}, field)
}
