//go:build !race

package slack

const raceDetector = false
