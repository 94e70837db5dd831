//go:build !unix

package main

// cramped is for systems that limit what a process may use.
func cramped() {}
