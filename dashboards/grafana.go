package dashboards

import (
	"bytes"
	"encoding/json"
	"fmt"

	"switchyard/actors/measures"
)

// schemaVersion is Grafana's version of the form of dashboards; Grafana 10.4 and later read it.
const schemaVersion = 39

// The parts of Grafana's form that we use.
type (
	page struct {
		UID           string     `json:"uid"`
		Title         string     `json:"title"`
		Description   string     `json:"description"`
		Tags          []string   `json:"tags"`
		SchemaVersion int        `json:"schemaVersion"`
		Version       int        `json:"version"`
		Editable      bool       `json:"editable"`
		GraphTooltip  int        `json:"graphTooltip"` // 1: one cross-hair in all panels
		Refresh       string     `json:"refresh"`
		Time          span       `json:"time"`
		Timezone      string     `json:"timezone"`
		Templating    templating `json:"templating"`
		Panels        []frame    `json:"panels"`
	}
	span       struct{ From, To string }
	templating struct {
		List []variable `json:"list"`
	}
	variable struct {
		Name       string      `json:"name"`
		Label      string      `json:"label"`
		Type       string      `json:"type"`
		Query      any         `json:"query"`
		Datasource *datasource `json:"datasource,omitempty"`
		Refresh    int         `json:"refresh,omitempty"` // 2: whenever the time changes
		Sort       int         `json:"sort,omitempty"`
		Multi      bool        `json:"multi,omitempty"`
		IncludeAll bool        `json:"includeAll,omitempty"`
		AllValue   string      `json:"allValue,omitempty"`
		Current    any         `json:"current,omitempty"`
	}
	datasource struct {
		Type string `json:"type"`
		UID  string `json:"uid"`
	}
	frame struct {
		ID              int              `json:"id"`
		Type            string           `json:"type"`
		Title           string           `json:"title"`
		Description     string           `json:"description,omitempty"`
		GridPos         place            `json:"gridPos"`
		Datasource      *datasource      `json:"datasource,omitempty"`
		Targets         []target         `json:"targets,omitempty"`
		FieldConfig     *fieldConfig     `json:"fieldConfig,omitempty"`
		Options         map[string]any   `json:"options,omitempty"`
		Transformations []transformation `json:"transformations,omitempty"`
		Collapsed       *bool            `json:"collapsed,omitempty"`
		Panels          []frame          `json:"panels,omitempty"`
	}
	place struct {
		H int `json:"h"`
		W int `json:"w"`
		X int `json:"x"`
		Y int `json:"y"`
	}
	target struct {
		RefID        string     `json:"refId"`
		Datasource   datasource `json:"datasource"`
		Expr         string     `json:"expr"`
		LegendFormat string     `json:"legendFormat"`
		Instant      bool       `json:"instant"`
		Range        bool       `json:"range"`
		Format       string     `json:"format,omitempty"`
	}
	fieldConfig struct {
		Defaults  defaults   `json:"defaults"`
		Overrides []override `json:"overrides"`
	}
	defaults struct {
		Unit       Unit           `json:"unit"`
		Min        *int           `json:"min,omitempty"`
		NoValue    string         `json:"noValue,omitempty"`
		Custom     map[string]any `json:"custom,omitempty"`
		Thresholds *thresholds    `json:"thresholds,omitempty"`
		Color      map[string]any `json:"color,omitempty"`
	}
	thresholds struct {
		Mode  string      `json:"mode"`
		Steps []threshold `json:"steps"`
	}
	threshold struct {
		Color string   `json:"color"`
		Value *float64 `json:"value"` // null for the first
	}
	override struct {
		Matcher    matcher    `json:"matcher"`
		Properties []property `json:"properties"`
	}
	matcher struct {
		ID      string `json:"id"`
		Options string `json:"options"`
	}
	property struct {
		ID    string `json:"id"`
		Value any    `json:"value"`
	}
	transformation struct {
		ID      string         `json:"id"`
		Options map[string]any `json:"options"`
	}
)

// MarshalJSON writes a span as Grafana wants it.
func (s span) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{"from": s.From, "to": s.To})
}

// source is where every panel gets its numbers from: what is chosen in the dashboard.
func source() datasource { return datasource{"prometheus", "${datasource}"} }

// heights of panels in Grafana's grid.
const (
	statHeight  = 4
	chartHeight = 8
	gridWidth   = 24
)

// JSON is the dashboard as Grafana reads it.
func (d Dashboard) JSON() ([]byte, error) {
	closed := false
	p := page{
		UID: d.UID, Title: d.Title, Description: d.Description, Tags: []string{"switchyard"}, SchemaVersion: schemaVersion, Version: 1,
		GraphTooltip: 1, Refresh: "30s", Time: span{"now-6h", "now"}, Timezone: "browser", Templating: templating{variables()},
	}
	y := 0
	for _, row := range d.Rows {
		p.Panels = append(p.Panels, frame{ID: len(p.Panels) + 1, Type: "row", Title: row.Title, GridPos: place{1, gridWidth, 0, y}, Collapsed: &closed})
		y++
		x, tall := 0, 0
		for _, panel := range row.Panels {
			f := panel.frame()
			if x+f.GridPos.W > gridWidth {
				x, y, tall = 0, y+tall, 0
			}
			f.ID, f.GridPos.X, f.GridPos.Y = len(p.Panels)+1, x, y
			x, tall = x+f.GridPos.W, max(tall, f.GridPos.H)
			p.Panels = append(p.Panels, f)
		}
		y += tall
	}
	var b bytes.Buffer
	to := json.NewEncoder(&b)
	to.SetEscapeHTML(false)
	to.SetIndent("", "  ")
	if err := to.Encode(p); err != nil {
		return nil, fmt.Errorf("dashboard %s: %w", d.UID, err)
	}
	return b.Bytes(), nil
}

func variables() []variable {
	from := source()
	every := map[string]any{"text": []string{"All"}, "value": []string{"$__all"}}
	choice := func(name, label, query string) variable {
		return variable{
			Name: name, Label: label, Type: "query", Query: map[string]string{"query": query, "refId": name}, Datasource: &from,
			Refresh: 2, Sort: 1, Multi: true, IncludeAll: true, AllValue: ".+", Current: every,
		}
	}
	return []variable{
		{Name: "datasource", Label: "Prometheus", Type: "datasource", Query: "prometheus"},
		choice("job", "Job", "label_values("+measures.PartitionsServed+", job)"),
		choice("queue", "Queue", "label_values("+measures.QueueEntries+`{job=~"$job"}, queue)`),
	}
}

func (p Panel) frame() frame {
	from := source()
	f := frame{
		Type: string(p.Kind), Title: p.Title, Description: p.Description, Datasource: &from, GridPos: place{H: chartHeight, W: p.Width},
		FieldConfig: &fieldConfig{Defaults: defaults{Unit: p.Unit, NoValue: "–"}, Overrides: []override{}},
	}
	for i, q := range p.Queries {
		f.Targets = append(f.Targets, target{
			RefID: ref(i), Datasource: from, Expr: q.Expr, LegendFormat: q.Legend, Instant: p.Kind == Stat || p.Kind == Table, Range: p.Kind == Series || p.Kind == Stack,
		})
	}
	switch p.Kind {
	case Stat:
		f.GridPos.H = statHeight
		f.Options = map[string]any{
			"reduceOptions": map[string]any{"calcs": []string{"lastNotNull"}, "fields": "", "values": false},
			"colorMode":     "value", "graphMode": "none", "textMode": "value",
		}
		f.colour(p.Steps)
	case Series, Stack:
		f.lines(p.Kind == Stack)
	case Table:
		f.table(p.Queries)
	}
	return f
}

// ref is the name of a panel's query, a letter.
func ref(i int) string { return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[i : i+1] }

func (f *frame) colour(steps []Step) {
	if len(steps) == 0 {
		f.FieldConfig.Defaults.Color = map[string]any{"mode": "fixed", "fixedColor": "text"}
		return
	}
	t := thresholds{Mode: "absolute"}
	for i, s := range steps {
		value := &s.From
		if i == 0 {
			value = nil
		}
		t.Steps = append(t.Steps, threshold{s.Colour, value})
	}
	f.FieldConfig.Defaults.Color = map[string]any{"mode": "thresholds"}
	f.FieldConfig.Defaults.Thresholds = &t
}

func (f *frame) lines(stacked bool) {
	zero := 0
	f.Type = string(Series)
	f.FieldConfig.Defaults.Min = &zero
	f.FieldConfig.Defaults.Custom = map[string]any{"drawStyle": "line", "lineWidth": 2, "fillOpacity": 0, "showPoints": "never", "spanNulls": false}
	if stacked {
		f.FieldConfig.Defaults.Custom["fillOpacity"] = 40
		f.FieldConfig.Defaults.Custom["lineWidth"] = 1
		f.FieldConfig.Defaults.Custom["stacking"] = map[string]any{"mode": "normal", "group": "A"}
	}
	f.Options = map[string]any{
		"legend":  map[string]any{"displayMode": "list", "placement": "bottom", "showLegend": true},
		"tooltip": map[string]any{"mode": "multi", "sort": "desc"},
	}
}

// table makes one row of what the queries tell of one label value.
func (f *frame) table(queries []Query) {
	names := map[string]string{}
	for i, q := range queries {
		f.Targets[i].Format = "table"
		names["Value #"+ref(i)] = q.Legend
		if q.Unit != "" {
			f.FieldConfig.Overrides = append(f.FieldConfig.Overrides, override{matcher{"byName", q.Legend}, []property{{"unit", q.Unit}}})
		}
	}
	f.FieldConfig.Defaults.Custom = map[string]any{"align": "auto"}
	f.Options = map[string]any{"showHeader": true}
	f.Transformations = []transformation{
		{"merge", map[string]any{}},
		{"organize", map[string]any{"excludeByName": map[string]bool{"Time": true}, "renameByName": names}},
	}
}
