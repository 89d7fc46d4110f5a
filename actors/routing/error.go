package routing

// Code is what went wrong, in one of the words that clients may test (the contract's problem codes).
type Code string

// The codes of refusals that the core decides. The edge maps each to its HTTP status.
const (
	CodeInvalid             Code = "invalid"
	CodeForbidden           Code = "forbidden"
	CodeNotFound            Code = "not-found"
	CodeOfferGone           Code = "offer-gone"
	CodeNotYourConversation Code = "not-your-conversation"
	CodeWrongState          Code = "wrong-state"
	CodeOptedOut            Code = "opted-out"
	CodeNoCapacity          Code = "no-capacity"
	CodeNotPlainText        Code = "not-plain-text"
	CodeTooLong             Code = "too-long"
	CodeDispositionRequired Code = "disposition-required"
	CodePreconditionFailed  Code = "precondition-failed"
	CodeInternal            Code = "internal"
)

// Codes is every code.
func Codes() []Code {
	return []Code{
		CodeInvalid, CodeForbidden, CodeNotFound, CodeOfferGone, CodeNotYourConversation, CodeWrongState, CodeOptedOut, CodeNoCapacity,
		CodeNotPlainText, CodeTooLong, CodeDispositionRequired, CodePreconditionFailed, CodeInternal,
	}
}

// Error is a refusal: nothing has changed. Detail tells the reader what to do instead.
type Error struct {
	Code       Code      `json:"code"`
	Detail     string    `json:"detail,omitempty"`
	Characters []string  `json:"characters,omitempty"` // with not-plain-text: what to take out
	Segments   int       `json:"segments,omitempty"`   // with too-long: how many the text would need
	Problems   []Problem `json:"problems,omitempty"`   // with invalid
}

// Problem is one thing that is wrong with a document or a body. Path is like "queues[0].skills[1].level".
type Problem struct {
	Path    string `json:"path"`
	Message string `json:"message"`
}

// Error implements error.
func (e *Error) Error() string { return string(e.Code) + ": " + e.Detail }

// Is makes errors of equal code equal for errors.Is.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

func refuse(c Code, detail string) *Error { return &Error{Code: c, Detail: detail} }
