//go:build race

package discord_test

// raceDetector tells that everything is several times as slow.
const raceDetector = true
