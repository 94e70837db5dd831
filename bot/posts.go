package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/url"
	"strings"
)

// The posts of all groups lie on one shelf of the store, so that one look finds
// those that are due:
//
//	posts   GROUP CHANNEL KIND, each escaped as in an URL   a Post in JSON
const postShelf = "posts"

// A PostKey names a post: no channel has two of a kind.
type PostKey struct {
	Group   string
	Channel string // by the platform's id; empty in the terminal
	Kind    PostKind
}

// Platform is the letter of the platform that the group is on.
func (k PostKey) Platform() string { return Account(k.Group).Platform() }

func (k PostKey) String() string {
	return url.QueryEscape(k.Group) + " " + url.QueryEscape(k.Channel) + " " + string(k.Kind)
}

func parsePostKey(s string) (k PostKey, err error) {
	parts := strings.Split(s, " ")
	if len(parts) != 3 {
		return k, fmt.Errorf("the post's key %q has %d parts, want 3", s, len(parts))
	}
	if k.Group, err = url.QueryUnescape(parts[0]); err != nil {
		return k, fmt.Errorf("the post's key %q: %w", s, err)
	}
	if k.Channel, err = url.QueryUnescape(parts[1]); err != nil {
		return k, fmt.Errorf("the post's key %q: %w", s, err)
	}
	k.Kind = PostKind(parts[2])
	return k, nil
}

// A GroupPost is a post with its name.
type GroupPost struct {
	PostKey
	Post
}

// A postError is of a post that cannot be read.
type postError struct {
	PostKey
	err error
}

func (e *postError) Error() string {
	return fmt.Sprintf("the %s post of channel %q in group %q cannot be read: %v; set it anew with `%s`", e.Kind, e.Channel, e.Group, e.err, e.Kind)
}

func (e *postError) Unwrap() error { return e.err }

// Posts yields the posts of all groups, once each and in no order; for one that
// cannot be read, an error that names it. After an error of the store it ends.
func Posts(ctx context.Context, s Store) iter.Seq2[GroupPost, error] {
	return func(yield func(GroupPost, error) bool) {
		for paper, err := range s.Papers(ctx, postShelf) {
			if err != nil {
				yield(GroupPost{}, err)
				return
			}
			if p, err := parsePost(paper); !yield(p, err) {
				return
			}
		}
	}
}

func parsePost(paper Paper) (p GroupPost, err error) {
	if p.PostKey, err = parsePostKey(paper.Key); err != nil {
		return p, err
	}
	if err := json.Unmarshal([]byte(paper.Text), &p.Post); err != nil {
		return p, &postError{p.PostKey, err}
	}
	return p, nil
}

// UpdatePost is Store.Update for a post: change may run more than once, and its
// error is returned as it is. A post that is not there or cannot be read is the zero
// Post, and one that becomes it is taken away.
func UpdatePost(ctx context.Context, s Store, k PostKey, change func(Post) (Post, error)) (Post, error) {
	var after Post
	_, err := s.UpdatePaper(ctx, postShelf, k.String(), func(text string) (string, error) {
		before, err := parsePost(Paper{k.String(), text})
		if err != nil {
			before.Post = Post{}
		}
		if after, err = change(before.Post); err != nil || after == (Post{}) {
			return "", err
		}
		written, err := json.Marshal(after)
		return string(written), err
	})
	if err != nil { // when ctx ended, change may be at work still
		return Post{}, err //nolint:wrapcheck // the caller says what was being done
	}
	return after, nil
}
