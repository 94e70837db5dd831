package discord

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/textproto"
	"strings"
)

// encode is a call's body: JSON, or with files a form of several parts. A call
// without a body has no type of content either: Discord refuses one.
func encode(c call) (body []byte, contentType string, err error) {
	if c.body == nil {
		return nil, "", nil
	}
	text, err := json.Marshal(c.body)
	if err != nil {
		return nil, "", fmt.Errorf("write a request: %w", err)
	}
	if len(c.files) == 0 {
		return text, "application/json", nil
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part := func(disposition, contentType string, data []byte) error {
		p, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {"form-data; " + disposition}, "Content-Type": {contentType}})
		if err == nil {
			_, err = p.Write(data)
		}
		return err
	}
	if err := part(`name="payload_json"`, "application/json", text); err != nil {
		return nil, "", fmt.Errorf("write a request: %w", err)
	}
	for i, f := range c.files {
		kind := "application/octet-stream"
		if strings.HasSuffix(f.name, ".png") {
			kind = "image/png"
		}
		if err := part(fmt.Sprintf(`name="files[%d]"; filename=%q`, i, f.name), kind, f.data); err != nil {
			return nil, "", fmt.Errorf("attach %s: %w", f.name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, "", fmt.Errorf("write a request: %w", err)
	}
	return b.Bytes(), w.FormDataContentType(), nil
}
