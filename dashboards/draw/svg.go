package main

import (
	"cmp"
	"fmt"
	"html"
	"math"
	"slices"
	"strings"

	"switchyard/dashboards"
)

type (
	// chart is one panel as it is drawn.
	chart struct {
		title   string
		unit    dashboards.Unit
		stacked bool
		lines   []line
	}
	// line is one series that is not always 0.
	line struct {
		name   string
		points []point
		most   float64
	}
	// point is a value at a moment, from 0, the beginning, to 1, the end.
	point struct{ at, value float64 }
)

// The measures of a picture, in pixels.
const (
	width, height = 440, 250
	left, top     = 52, 34
	right, bottom = 14, 62
	plotW, plotH  = width - left - right, height - top - bottom
	across        = 2
	legendMost    = 6
)

// colours can be told apart in print and by colour-blind people (Okabe and Ito).
func colours() []string {
	return []string{"#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8a7f00", "#000000"}
}

// svg draws charts two by two.
func svg(charts []chart) string {
	rows := (len(charts) + across - 1) / across
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="11">`+"\n", across*width, rows*height)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#ffffff"/>`+"\n", across*width, rows*height)
	for i, c := range charts {
		fmt.Fprintf(&b, `<g transform="translate(%d,%d)">`+"\n", i%across*width, i/across*height)
		c.draw(&b)
		b.WriteString("</g>\n")
	}
	b.WriteString("</svg>\n")
	return b.String()
}

func (c chart) draw(b *strings.Builder) {
	fmt.Fprintf(b, `<text x="%d" y="20" font-size="13" font-weight="bold" fill="#222222">%s</text>`+"\n", left, html.EscapeString(c.title))
	slices.SortFunc(c.lines, func(a, b line) int { return cmp.Compare(b.most, a.most) })
	if c.stacked {
		c.pile()
	}
	top := 0.0
	for _, l := range c.lines {
		for _, p := range l.points {
			top = max(top, p.value)
		}
	}
	top = round(top)
	for i := range 5 {
		y := y(float64(i)/4*top, top)
		fmt.Fprintf(b, `<line x1="%d" x2="%d" y1="%.1f" y2="%.1f" stroke="#dddddd"/><text x="%d" y="%.1f" text-anchor="end" fill="#666666">%s</text>`+"\n",
			left, left+plotW, y, y, left-6, y+4, c.label(float64(i)/4*top))
	}
	for i, l := range slices.Backward(c.lines) { // the highest of a pile first
		l.draw(b, top, colours()[i%len(colours())], c.stacked)
	}
	x, row := left, top0()
	for i, l := range c.lines[:min(len(c.lines), legendMost)] {
		wide := 22 + 6*len(l.name)
		if x+wide > width-right && x > left {
			x, row = left, row+16
		}
		fmt.Fprintf(b, `<rect x="%d" y="%d" width="10" height="10" fill="%s"/><text x="%d" y="%d" fill="#444444">%s</text>`+"\n",
			x, row-9, colours()[i%len(colours())], x+14, row, html.EscapeString(l.name))
		x += wide
	}
}

// top0 is where the legend begins.
func top0() int { return top + plotH + 22 }

// pile puts each line upon those before it.
func (c chart) pile() {
	base := map[float64]float64{}
	for i := range c.lines {
		for j, p := range c.lines[i].points {
			at := math.Round(p.at * 1000)
			base[at] += p.value
			c.lines[i].points[j].value = base[at]
		}
	}
}

func (l line) draw(b *strings.Builder, top float64, colour string, filled bool) {
	var path strings.Builder
	for i, p := range l.points {
		letter := "L"
		if i == 0 {
			letter = "M"
		}
		fmt.Fprintf(&path, "%s%.1f %.1f", letter, x(p.at), y(p.value, top))
	}
	if len(l.points) == 0 {
		return
	}
	if filled {
		first, last := x(l.points[0].at), x(l.points[len(l.points)-1].at)
		fmt.Fprintf(b, `<path d="%sL%.1f %.1fL%.1f %.1fZ" fill="%s" fill-opacity="0.85"/>`+"\n", path.String(), last, y(0, top), first, y(0, top), colour)
		return
	}
	fmt.Fprintf(b, `<path d="%s" fill="none" stroke="%s" stroke-width="1.8"/>`+"\n", path.String(), colour)
}

func x(at float64) float64 { return left + at*plotW }

func y(value, most float64) float64 { return top + plotH - value/most*plotH }

// round is a number above n that four steps divide well.
func round(n float64) float64 {
	if n <= 0 {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(n)))
	for _, m := range []float64{1, 2, 4, 8, 10} {
		if n <= m*unit {
			return m * unit
		}
	}
	return n
}

func (c chart) label(v float64) string {
	switch c.unit {
	case dashboards.Share:
		return fmt.Sprintf("%.0f %%", 100*v)
	case dashboards.Seconds:
		if v > 0 && v < 1 {
			return fmt.Sprintf("%.3g ms", 1000*v)
		}
		return plain(v) + " s"
	case dashboards.Count, dashboards.Rate, dashboards.Bytes:
	}
	return plain(v)
}

// plain writes a mark's number without an exponent.
func plain(v float64) string {
	const thousand = 1000
	if v >= thousand {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.3g", v)
}
