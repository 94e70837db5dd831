package main

import (
	"fmt"
	"path/filepath"

	"mentor/knowledge"
)

// A guideSource says where the guide comes from.
type guideSource struct {
	whole  string   // a folder in place of the built-in guide; empty for that
	layers []string // folders laid over it, each over those before
}

// sourceOf is the guide that --guide names, or the built-in one with the folders of
// MENTOR_GUIDE laid over it, which are parted as in PATH.
func sourceOf(flag, env string) guideSource {
	if flag != "" {
		return guideSource{whole: flag}
	}
	s := guideSource{}
	for _, dir := range filepath.SplitList(env) {
		if dir != "" {
			s.layers = append(s.layers, dir)
		}
	}
	return s
}

// load reads the guide. The error names folder, file and cure.
func (s guideSource) load() (*knowledge.Guide, error) {
	guide := knowledge.Builtin()
	if s.whole != "" {
		fsys, err := guideFolder(s.whole)
		if err != nil {
			return nil, err
		}
		if guide, err = knowledge.Load(fsys); err != nil {
			return nil, fmt.Errorf("guide %s: %w", s.whole, err)
		}
	}
	for _, dir := range s.layers {
		fsys, err := guideFolder(dir)
		if err != nil {
			return nil, err
		}
		if guide, err = guide.Lay(fsys); err != nil {
			return nil, fmt.Errorf("guide %s: %w", dir, err)
		}
	}
	return guide, nil
}

// folders are the folders that the guide is read from.
func (s guideSource) folders() []string {
	if s.whole != "" {
		return append([]string{s.whole}, s.layers...)
	}
	return s.layers
}
