package discordtest

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// Discord's error codes that the fake gives, from the table "JSON Error Codes" of
// the documentation.
const (
	codeGeneral             = 0
	codeUnknownAccount      = 10002
	codeUnknownChannel      = 10003
	codeUnknownGuild        = 10004
	codeUnknownMember       = 10007
	codeUnknownMessage      = 10008
	codeUnknownUser         = 10013
	codeUnknownEmoji        = 10014
	codeUnknownWebhook      = 10015
	codeUnknownInteraction  = 10062
	codeUnknownCommand      = 10063
	codeCommandCreates      = 30034
	codeOldEdits            = 30046
	codeDMsTooFast          = 40003
	codeTooLarge            = 40005
	codeBlockedByCloudflare = 40333
	codeAlreadyAnswered     = 40060
	codeTooManyFollowUps    = 40094
	codeMissingAccess       = 50001
	codeWrongChannelType    = 50024
	codeNotYourMessage      = 50005
	codeEmptyMessage        = 50006
	codeCannotSendToUser    = 50007
	codeMissingPermissions  = 50013
	codeTooOldToBulkDelete  = 50034
	codeInvalidForm         = 50035
	codeInvalidWebhookToken = 50027
	codeArchivedThread      = 50083
	codeInvalidJSON         = 50109
	codeNoMutualGuild       = 50278
	codeReplyWithoutHistory = 160002
	codeThreadExists        = 160004
	codeLockedThread        = 160005
)

// An apiError is an answer that refuses a request.
type apiError struct {
	status  int
	code    int
	message string
	errors  any           // the tree of what is wrong in a form, or nil
	retry   *retryAdvice  // with a 429
	rule    violationKind // whether the bot is to blame
}

// violationKind says whose fault a refusal is.
type violationKind int

const (
	blameByStatus violationKind = iota // the bot's for malformed requests, nobody's otherwise
	blameBot                           // a rule the bot should have kept
	blameNobody                        // something a bot can only find out by asking
)

func (e *apiError) Error() string {
	return fmt.Sprintf("%d %d: %s", e.status, e.code, e.message)
}

// isViolation reports whether a bot that keeps the rules never gets e.
func (e *apiError) isViolation() bool {
	switch e.rule {
	case blameBot:
		return true
	case blameNobody:
		return false
	}
	return e.status == http.StatusBadRequest || e.status == http.StatusRequestEntityTooLarge
}

// body is e as JSON.
func (e *apiError) body() map[string]any {
	b := map[string]any{"code": e.code, "message": e.message}
	if e.errors != nil {
		b["errors"] = e.errors
	}
	if e.retry != nil {
		b["retry_after"] = e.retry.body.Seconds()
		b["global"] = e.retry.global
	}
	return b
}

// refuse returns a refusal that is the bot's when its status says so.
func refuse(status, code int, message string) *apiError {
	return &apiError{status: status, code: code, message: message}
}

// violation returns a refusal for a rule the bot should have kept.
func violation(status, code int, message string) *apiError {
	return &apiError{status: status, code: code, message: message, rule: blameBot}
}

// fact returns a refusal for something a bot can only find out by asking.
func fact(status, code int, message string) *apiError {
	return &apiError{status: status, code: code, message: message, rule: blameNobody}
}

// compact is v as JSON for reports; v came from JSON or is made of plain values.
func compact(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprintf("(not JSON: %v)", err)
	}
	return string(b)
}
