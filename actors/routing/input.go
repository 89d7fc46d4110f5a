package routing

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// inputJSON is an input as it travels: its command is raw until its type is known.
type inputJSON[C any] struct {
	V       int        `json:"v"`
	ID      string     `json:"id"`
	At      time.Time  `json:"at"`
	Tenant  TenantID   `json:"tenant"`
	By      *Principal `json:"by,omitempty"`
	Type    string     `json:"type"`
	Command C          `json:"command"`
}

// MarshalJSON implements json.Marshaler.
func (in Input) MarshalJSON() ([]byte, error) {
	out := inputJSON[Command]{
		V: EventVersion, ID: in.ID, At: in.At, Tenant: in.Tenant, Type: CommandType(in.Command), Command: in.Command,
	}
	if in.By != (Principal{}) {
		out.By = &in.By
	}
	b, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("encode command %s: %w", out.Type, err)
	}
	return b, nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (in *Input) UnmarshalJSON(b []byte) error {
	var raw inputJSON[json.RawMessage]
	if err := json.Unmarshal(b, &raw); err != nil {
		return fmt.Errorf("decode input: %w", err)
	}
	decode, ok := commandDecoders[raw.Type]
	if !ok || raw.V < 1 || raw.V > EventVersion {
		return fmt.Errorf("decode input: type %q, version %d is not known to this program", raw.Type, raw.V)
	}
	command, err := decode(raw.Command)
	if err != nil {
		return fmt.Errorf("decode input %s: %w", raw.Type, err)
	}
	*in = Input{ID: raw.ID, At: raw.At, Tenant: raw.Tenant, Command: command}
	if raw.By != nil {
		in.By = *raw.By
	}
	return nil
}

// TenantOfInput is the tenant of an encoded input, also of one whose command this program does not know; empty when it is
// no input at all.
func TenantOfInput(b []byte) TenantID {
	var raw inputJSON[json.RawMessage]
	_ = json.Unmarshal(b, &raw) // then it is nobody's
	return raw.Tenant
}

// CommandType is the name that a command travels under.
func CommandType(c Command) string {
	switch c.(type) {
	case ReceiveText:
		return "text"
	case ReceiveReceipt:
		return "receipt"
	case AcceptOffer:
		return "accept"
	case RejectOffer:
		return "reject"
	case SendReply:
		return "reply"
	case AddNote:
		return "note"
	case MarkRead:
		return "read"
	case AttachCustomer:
		return "attach_customer"
	case SaveCase:
		return "save_case"
	case TransferConversation:
		return "transfer"
	case AssignConversation:
		return "assign"
	case PrioritizeConversation:
		return "prioritize"
	case ReleaseConversation:
		return "release"
	case Whisper:
		return "whisper"
	case TakeOver:
		return "take_over"
	case ReadConversation:
		return "read_conversation"
	case EndConversation:
		return "end"
	case ExtendPostProcessing:
		return "extend"
	case WrapUp:
		return "wrap_up"
	case JudgeOptOut:
		return "opt_out"
	case SetStatus, Connect, Disconnect, CreateCustomer, ChangeCustomer, ChangeCase, ReplaceConfig, GrantToken, RevokeToken, EraseCustomer:
		return recordType(c)
	}
	return ""
}

// recordType is the same of the commands that concern an agent's or the tenant's records.
func recordType(c Command) string {
	switch c.(type) {
	case SetStatus:
		return "status"
	case Connect:
		return "connect"
	case Disconnect:
		return "disconnect"
	case CreateCustomer:
		return "create_customer"
	case ChangeCustomer:
		return "change_customer"
	case ChangeCase:
		return "change_case"
	case ReplaceConfig:
		return "replace_config"
	case GrantToken:
		return "grant_token"
	case RevokeToken:
		return "revoke_token"
	case EraseCustomer:
		return "erase_customer"
	case ReceiveText, ReceiveReceipt, AcceptOffer, RejectOffer, SendReply, AddNote, MarkRead, AttachCustomer, SaveCase, TransferConversation, AssignConversation, PrioritizeConversation, ReleaseConversation, Whisper, TakeOver, ReadConversation, EndConversation, ExtendPostProcessing, WrapUp, JudgeOptOut:
	}
	return ""
}

// CommandTypes is every such name.
func CommandTypes() []string { return slices.Sorted(maps.Keys(commandDecoders)) }

//nolint:gochecknoglobals // a constant table
var commandDecoders = map[string]func([]byte) (Command, error){
	"text":              decodeAs[ReceiveText, Command],
	"receipt":           decodeAs[ReceiveReceipt, Command],
	"accept":            decodeAs[AcceptOffer, Command],
	"reject":            decodeAs[RejectOffer, Command],
	"reply":             decodeAs[SendReply, Command],
	"note":              decodeAs[AddNote, Command],
	"read":              decodeAs[MarkRead, Command],
	"attach_customer":   decodeAs[AttachCustomer, Command],
	"save_case":         decodeAs[SaveCase, Command],
	"transfer":          decodeAs[TransferConversation, Command],
	"assign":            decodeAs[AssignConversation, Command],
	"prioritize":        decodeAs[PrioritizeConversation, Command],
	"release":           decodeAs[ReleaseConversation, Command],
	"whisper":           decodeAs[Whisper, Command],
	"take_over":         decodeAs[TakeOver, Command],
	"read_conversation": decodeAs[ReadConversation, Command],
	"end":               decodeAs[EndConversation, Command],
	"extend":            decodeAs[ExtendPostProcessing, Command],
	"wrap_up":           decodeAs[WrapUp, Command],
	"opt_out":           decodeAs[JudgeOptOut, Command],
	"status":            decodeAs[SetStatus, Command],
	"connect":           decodeAs[Connect, Command],
	"disconnect":        decodeAs[Disconnect, Command],
	"create_customer":   decodeAs[CreateCustomer, Command],
	"change_customer":   decodeAs[ChangeCustomer, Command],
	"change_case":       decodeAs[ChangeCase, Command],
	"replace_config":    decodeAs[ReplaceConfig, Command],
	"grant_token":       decodeAs[GrantToken, Command],
	"revoke_token":      decodeAs[RevokeToken, Command],
	"erase_customer":    decodeAs[EraseCustomer, Command],
}
