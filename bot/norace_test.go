//go:build !race

package bot

// slowness is by how much the race detector slows a test down.
const slowness = 1
