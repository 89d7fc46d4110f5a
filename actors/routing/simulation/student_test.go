package simulation

import (
	"math"
	"testing"
)

// TestStudent compares with the table of W. S. Gosset's distribution, as in every textbook.
func TestStudent(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ within, freedom, want float64 }{
		{0.95, 1, 12.706},
		{0.95, 2, 4.303},
		{0.95, 3, 3.182},
		{0.95, 4, 2.776},
		{0.95, 9, 2.262},
		{0.95, 10, 2.228},
		{0.95, 29, 2.045},
		{0.95, 120, 1.980},
		{0.99, 1, 63.657},
		{0.99, 2, 9.925},
		{0.99, 5, 4.032},
		{0.99, 19, 2.861},
		{0.99, 30, 2.750},
		{0.90, 7, 1.895},
	} {
		if got := student(row.within, row.freedom); math.Abs(got-row.want) > 0.0006*row.want {
			t.Errorf("%v of t with %v degrees of freedom lies within %.4f, want %v", row.within, row.freedom, got, row.want)
		}
	}
}

func TestEstimate(t *testing.T) {
	t.Parallel()
	got := Estimate([]float64{1, math.NaN(), 2, 3}, 0.95)
	if want := 4.303 / math.Sqrt(3); got.Mean != 2 || math.Abs(got.Half-want) > 0.001 {
		t.Errorf("1, 2, 3: %v ± %v, want 2 ± %v", got.Mean, got.Half, want)
	}
	if got := Estimate([]float64{7}, 0.95); got.Mean != 7 || !math.IsInf(got.Half, 1) {
		t.Errorf("of one observation: %v", got)
	}
}
