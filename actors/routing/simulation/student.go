package simulation

import "math"

// Interval is a mean with the half width of its confidence interval.
type Interval struct{ Mean, Half float64 }

// Contains says whether the value is in the interval.
func (i Interval) Contains(x float64) bool { return math.Abs(x-i.Mean) <= i.Half }

// Estimate is the mean of independent observations with its confidence interval, by Student's t. NaN observations are left out;
// with fewer than two the interval is without end.
func Estimate(observed []float64, confidence float64) Interval {
	var n, sum, squares float64
	for _, x := range observed {
		if !math.IsNaN(x) {
			n++
			sum += x
		}
	}
	mean := sum / n
	for _, x := range observed {
		if !math.IsNaN(x) {
			squares += (x - mean) * (x - mean)
		}
	}
	if n < 2 {
		return Interval{mean, math.Inf(1)}
	}
	return Interval{mean, student(confidence, n-1) * math.Sqrt(squares/(n-1)/n)}
}

// student is the t that so much of Student's distribution lies within, on both sides of 0: found by halving, from the
// distribution function.
func student(within, freedom float64) float64 {
	low, high := 0.0, 1.0
	for inside(high, freedom) < within {
		high *= 2
	}
	for range 60 {
		if middle := (low + high) / 2; inside(middle, freedom) < within {
			low = middle
		} else {
			high = middle
		}
	}
	return high
}

// inside is the probability that Student's t with a whole number of degrees of freedom lies within -t and t: the finite sums of
// Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4.
func inside(t, freedom float64) float64 {
	theta := math.Atan(t / math.Sqrt(freedom))
	cos2 := math.Cos(theta) * math.Cos(theta)
	odd := int(freedom)%2 == 1
	term, sum, k := 1.0, 1.0, 1.0
	if odd {
		term, sum, k = math.Cos(theta), math.Cos(theta), 2
	}
	for ; k < freedom-2; k += 2 {
		term *= cos2 * k / (k + 1)
		sum += term
	}
	switch {
	case !odd:
		return math.Sin(theta) * sum
	case freedom == 1:
		return 2 * theta / math.Pi
	}
	return 2 / math.Pi * (theta + math.Sin(theta)*sum)
}
