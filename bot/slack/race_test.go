//go:build race

package slack

const raceDetector = true
