package slacktest

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func uploadURL(s *Server, c *call) (obj, *failure) {
	size, err := strconv.Atoi(c.str("length"))
	if err != nil || size < 1 || c.str("filename") == "" {
		return nil, fail("invalid_arguments")
	}
	f := &file{id: fmt.Sprintf("F%04d", s.nextID()), name: c.str("filename"), token: c.token, size: size}
	s.files[f.id] = f
	return obj{"upload_url": s.http.URL + "/upload/" + f.id, "file_id": f.id}, nil
}

// serveUpload takes the content of a file, as a form's member or as it is.
func (s *Server) serveUpload(w http.ResponseWriter, r *http.Request) {
	content, err := uploaded(w, r)
	s.mu.Lock()
	fault := s.faults.take("upload")
	f := s.files[r.PathValue("id")]
	status, text := http.StatusOK, "OK - "+strconv.Itoa(len(content))
	switch {
	case fault != nil && fault.instead:
		status, text = fault.status, fault.code
	case err != nil || f == nil || f.uploaded:
		status, text = http.StatusBadRequest, "no such upload"
	case len(content) != f.size:
		status, text = http.StatusBadRequest, fmt.Sprintf("%d bytes came, %d were announced", len(content), f.size)
		s.violate(Rejected, "upload: "+text)
	default:
		f.content, f.uploaded = content, true
	}
	s.ledger.requests = append(s.ledger.requests, Request{At: s.clock.now(), Method: "upload", Args: obj{"file": r.PathValue("id"), "bytes": len(content)}, Status: status, Answer: obj{"text": text}, Fault: fault.name()})
	s.happened()
	s.mu.Unlock()
	if fault != nil && fault.reset {
		reset(w)
		return
	}
	http.Error(w, text, max(status, http.StatusOK))
}

func uploaded(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		return io.ReadAll(r.Body)
	}
	if err := r.ParseMultipartForm(maxBody); err != nil { //nolint:gosec // the body is bounded above
		return nil, err
	}
	for _, headers := range r.MultipartForm.File {
		part, err := headers[0].Open()
		if err != nil {
			return nil, err
		}
		defer part.Close()
		return io.ReadAll(part)
	}
	return nil, http.ErrMissingFile
}

// completeUpload shares uploaded files in a channel, as one message.
func completeUpload(s *Server, c *call) (obj, *failure) {
	raw, ok := c.decoded("files")
	wanted, isList := raw.([]any)
	if !ok || !isList || len(wanted) == 0 {
		return nil, fail("invalid_arguments")
	}
	var names []string
	var shown []any
	for _, w := range wanted {
		o, _ := w.(obj)
		f := s.files[member(o, "id")]
		if f == nil || !f.uploaded || f.shared || f.token != c.token {
			return nil, fail("file_not_found")
		}
		f.shared, f.title = true, member(o, "title")
		names = append(names, f.name)
		shown = append(shown, obj{"id": f.id, "title": f.title})
	}
	if id := c.str("channel_id"); id != "" {
		c.args["channel"] = id
		if f := s.share(c, names); f != nil {
			return nil, f
		}
	}
	return obj{"files": shown}, nil
}

// share posts files with their comment.
func (s *Server) share(c *call, names []string) *failure {
	ch, f := c.target(s)
	if f != nil {
		return f
	}
	thread, f := c.thread(s, ch)
	if f != nil {
		return f
	}
	d := draft{text: c.str("initial_comment"), subtype: "file_share", files: names}
	s.lintDraft(c.method, d)
	s.post(ch, d, thread, "")
	return nil
}

// File is the content of a file the bot uploaded under that name, nil when
// there is none.
func (s *Server) File(name string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.files {
		if f.name == name && f.uploaded {
			return slices.Clone(f.content)
		}
	}
	return nil
}
