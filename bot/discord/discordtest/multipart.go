package discordtest

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"regexp"
)

// maxFile is the most a file may hold where nobody pays for more.
const maxFile = 10 << 20

// An upload is a file of a multipart request.
type upload struct {
	key  string // the n of files[n]
	name string
	kind string
	data []byte
}

// fileKey is how a file is named in a form.
var fileKey = regexp.MustCompile(`^files\[(\d+)\]$`)

// readMultipart is the JSON of a form's payload_json, and its files.
func readMultipart(contentType string, raw []byte) ([]byte, []upload, *apiError) {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return nil, nil, badContentType(contentType)
	}
	payload, files := []byte("{}"), []upload(nil)
	r := multipart.NewReader(bytes.NewReader(raw), params["boundary"])
	for {
		part, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return payload, files, nil
		}
		if err != nil {
			return nil, nil, badContentType("a broken multipart form")
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return nil, nil, badContentType("a broken multipart form")
		}
		if part.FormName() == "payload_json" {
			payload = data
			continue
		}
		u, refusal := newUpload(part, data)
		if refusal != nil {
			return nil, nil, refusal
		}
		files = append(files, u)
	}
}

// newUpload checks a part that is a file.
func newUpload(part *multipart.Part, data []byte) (upload, *apiError) {
	m := fileKey.FindStringSubmatch(part.FormName())
	if m == nil || part.FileName() == "" {
		f := newForm(nil)
		f.top().under(part.FormName(), "").fail("FORM_PART_UNKNOWN", "Only payload_json and files[n] with a filename are read.")
		return upload{}, f.err()
	}
	if len(data) > maxFile {
		return upload{}, refuse(http.StatusRequestEntityTooLarge, codeTooLarge, "Request entity too large")
	}
	return upload{key: m[1], name: part.FileName(), kind: part.Header.Get("Content-Type"), data: data}, nil
}
