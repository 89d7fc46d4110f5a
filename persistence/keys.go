package persistence

import (
	"fmt"
	"hash/fnv"
)

// The keys under which things are found, in one place. Every key begins with its kind and its tenant, since several tenants
// may share a partition. Keys that end with a slash are prefixes for [Store.Scan].
//
//	hot/config/<tenant>                       the configuration in force
//	hot/agent/<tenant>/<agent>                declared status and connection
//	hot/idle/<tenant>/<agent>                 when the agent's last conversation ended
//	hot/conversation/<tenant>/<conversation>  a conversation that is open, or still has texts to send
//	conversation/<tenant>/<conversation>      one that is neither
//	held/<tenant>/<agent>/<conversation>      index: whose slot an open conversation holds
//	parked/<tenant>/<agent>/<conversation>    index: whose a parked conversation is
//	had/<tenant>/<agent>/<conversation>       index: who has had a conversation
//	past/<tenant>/<number>/<conversation>     index: the conversations of a customer's number
//	bucket/<tenant>/<kind>/<s>/<name>         what a quarter hour of a queue, an agent or a channel comes to
//	row/<tenant>/<ms>/<conversation>          what is told of an ended conversation, by when it began
//	interval/<tenant>/<ms>/<agent>            a time that the agent spent in one status, by when it ended
//	thread/<tenant>/<channel>/<number>        opt-out and last conversation of a thread
//	consent/<tenant>/<number>                 what a customer's number said about texts to each channel
//	customer/<tenant>/<customer>              a customer
//	number/<tenant>/<number>/<customer>       index: the customers of a number
//	case/<tenant>/<case>                      a case
//	cases/<tenant>/<customer>/<case>          index: the cases of a customer
//	counter/<tenant>/case                     the highest case number given
//	token/<tenant>/<token>                    a credential
//	carried/<tenant>/<carrier>/<id>           index: which of our texts a carrier knows by its id
//	orphan/<tenant>/<carrier>/<id>            a report on a text that is not (yet) known by the carrier's id
//	erasing/<tenant>/<customer>               an erasure that is under way
//	erased/<tenant>/<customer>                one that is done: how much it took away
//	salt/<tenant>                             what numbers are hashed with, from the first erasure on
//	forgotten/<tenant>/<hash of a number>     what consent was of a number whose customer was erased
//	import/<tenant>                           how far the tenant has been moved here by an export file
//
// Lists and streams:
//
//	log/<tenant>/<conversation>               list: the conversation's events, which its state is the fold of
//	audit/<tenant>                            list: what supervisors and administrators did, and opt-outs
//	shifts/<tenant>/<agent>                   list: the commands that changed the agent's record, and when
//	dead/<tenant>                             list: inputs that could not be worked off
//	desk/<tenant>/<agent>                     stream: what the agent's desktop hears
//	config/<tenant>                           stream: rings when the configuration changed

// ConfigPrefix begins the keys of all tenants' configurations in a partition.
const ConfigPrefix = HotPrefix + "config/"

// ConfigKey is where a tenant's configuration is.
func ConfigKey(tenant string) string { return ConfigPrefix + tenant }

// AgentKey is where an agent's record is.
func AgentKey(tenant, agent string) string { return AgentPrefix(tenant) + agent }

// AgentPrefix begins the keys of a tenant's agents' records.
func AgentPrefix(tenant string) string { return HotPrefix + "agent/" + tenant + "/" }

// IdleKey is where the end of an agent's last conversation is noted.
func IdleKey(tenant, agent string) string { return HotPrefix + "idle/" + tenant + "/" + agent }

// HoldKey is where it is noted until when a queue holds its offers back.
func HoldKey(tenant, queue string) string { return "hold/" + tenant + "/" + queue }

// HotConversationKey is where an open conversation is.
func HotConversationKey(tenant, conversation string) string {
	return HotConversationPrefix(tenant) + conversation
}

// HotConversationPrefix begins the keys of a tenant's open conversations.
func HotConversationPrefix(tenant string) string { return HotPrefix + "conversation/" + tenant + "/" }

// ConversationKey is where an ended conversation is.
func ConversationKey(tenant, conversation string) string {
	return ConversationPrefix(tenant) + conversation
}

// ConversationPrefix begins the keys of a tenant's ended conversations.
func ConversationPrefix(tenant string) string { return "conversation/" + tenant + "/" }

// HeldKey says that the conversation holds one of the agent's slots.
func HeldKey(tenant, agent, conversation string) string {
	return HeldPrefix(tenant, agent) + conversation
}

// HeldPrefix begins the index of what an agent holds.
func HeldPrefix(tenant, agent string) string { return "held/" + tenant + "/" + agent + "/" }

// ParkedKey says that the conversation is parked, and the agent's.
func ParkedKey(tenant, agent, conversation string) string {
	return ParkedPrefix(tenant, agent) + conversation
}

// ParkedPrefix begins the index of what an agent has parked.
func ParkedPrefix(tenant, agent string) string { return "parked/" + tenant + "/" + agent + "/" }

// HadKey says that the agent has had the conversation.
func HadKey(tenant, agent, conversation string) string {
	return HadPrefix(tenant, agent) + conversation
}

// HadPrefix begins the index of what an agent has had.
func HadPrefix(tenant, agent string) string { return "had/" + tenant + "/" + agent + "/" }

// PastKey says that the conversation is with the number.
func PastKey(tenant, number, conversation string) string {
	return PastPrefix(tenant, number) + conversation
}

// PastPrefix begins the index of a number's conversations.
func PastPrefix(tenant, number string) string { return "past/" + tenant + "/" + number + "/" }

// BucketKey is where the sums of the quarter hour are that began then, in seconds since 1970.
func BucketKey(tenant, kind string, start int64, name string) string {
	return BucketsSince(tenant, kind, start) + "/" + name
}

// BucketsPrefix begins the keys of all buckets of a kind, in the order of time.
func BucketsPrefix(tenant, kind string) string { return "bucket/" + tenant + "/" + kind + "/" }

// BucketsSince is before the keys of all buckets of a kind that began then or later.
func BucketsSince(tenant, kind string, start int64) string {
	return BucketsPrefix(tenant, kind) + fmt.Sprintf("%012d", start)
}

// RowKey is where the row of an ended conversation is that began at a time in milliseconds since 1970.
func RowKey(tenant string, ms int64, conversation string) string {
	return RowsSince(tenant, ms) + "/" + conversation
}

// RowsPrefix begins the keys of a tenant's rows, in the order in which the conversations began.
func RowsPrefix(tenant string) string { return "row/" + tenant + "/" }

// RowsSince is before the keys of all rows of conversations that began then or later.
func RowsSince(tenant string, ms int64) string {
	return RowsPrefix(tenant) + fmt.Sprintf("%015d", ms)
}

// IntervalKey is where an interval of an agent is that ended at a time in milliseconds since 1970.
func IntervalKey(tenant string, ms int64, agent string) string {
	return IntervalsSince(tenant, ms) + "/" + agent
}

// IntervalsPrefix begins the keys of a tenant's agents' intervals, in the order of their ends.
func IntervalsPrefix(tenant string) string { return "interval/" + tenant + "/" }

// IntervalsSince is before the keys of all intervals that ended then or later.
func IntervalsSince(tenant string, ms int64) string {
	return IntervalsPrefix(tenant) + fmt.Sprintf("%015d", ms)
}

// ThreadKey is where a thread's memory is.
func ThreadKey(tenant, channel, number string) string {
	return "thread/" + tenant + "/" + channel + "/" + number
}

// ConsentKey is where it is noted what a customer's number said about texts.
func ConsentKey(tenant, number string) string { return "consent/" + tenant + "/" + number }

// CustomerKey is where a customer's record is.
func CustomerKey(tenant, customer string) string { return CustomerPrefix(tenant) + customer }

// CustomerPrefix begins the keys of a tenant's customers.
func CustomerPrefix(tenant string) string { return "customer/" + tenant + "/" }

// NumberKey says that the number is the customer's.
func NumberKey(tenant, number, customer string) string {
	return NumberPrefix(tenant, number) + customer
}

// NumberPrefix begins the index of a number's customers.
func NumberPrefix(tenant, number string) string { return "number/" + tenant + "/" + number + "/" }

// ErasingKey is where an erasure that is under way has noted how far it is.
func ErasingKey(tenant, customer string) string { return "erasing/" + tenant + "/" + customer }

// ErasedKey is where it is noted that a customer was erased.
func ErasedKey(tenant, customer string) string { return "erased/" + tenant + "/" + customer }

// SaltKey is where the secret is that a tenant's numbers are hashed with.
func SaltKey(tenant string) string { return "salt/" + tenant }

// ForgottenKey is where the consent of a number is kept that nothing else is known of any more.
func ForgottenKey(tenant, hash string) string { return "forgotten/" + tenant + "/" + hash }

// CaseKey is where a case is.
func CaseKey(tenant, id string) string { return "case/" + tenant + "/" + id }

// CasesKey says that the case is the customer's.
func CasesKey(tenant, customer, id string) string { return CasesPrefix(tenant, customer) + id }

// CasesPrefix begins the index of a customer's cases.
func CasesPrefix(tenant, customer string) string { return "cases/" + tenant + "/" + customer + "/" }

// CaseCounterKey is where the highest case number is.
func CaseCounterKey(tenant string) string { return "counter/" + tenant + "/case" }

// TokenKey is where a credential is.
func TokenKey(tenant, token string) string { return TokenPrefix(tenant) + token }

// TokenPrefix begins the keys of a tenant's credentials.
func TokenPrefix(tenant string) string { return "token/" + tenant + "/" }

// CarriedKey is where it is noted which text a carrier knows by an id of its own.
func CarriedKey(tenant, carrier, id string) string {
	return "carried/" + tenant + "/" + carrier + "/" + id
}

// OrphanKey is where a report is kept that names its text by a carrier's id which is no text's yet. Of one id there is a
// [CarriedKey] or an orphan, never both.
func OrphanKey(tenant, carrier, id string) string {
	return OrphanPrefix + tenant + "/" + carrier + "/" + id
}

// OrphanPrefix begins the keys of all orphans in a partition.
const OrphanPrefix = "orphan/"

// ImportKey is where it is noted that a tenant was moved here by an export file. As long as the note says so, the tenant is
// half here.
func ImportKey(tenant string) string { return ImportPrefix + tenant }

// ImportPrefix begins the notes of all imports into a partition.
const ImportPrefix = "import/"

// LogList is the list of a conversation's events.
func LogList(tenant, conversation string) string { return "log/" + tenant + "/" + conversation }

// AuditList is the list of what a tenant's supervisors and administrators did.
func AuditList(tenant string) string { return "audit/" + tenant }

// ShiftsList is the list of what changed an agent's record: statuses declared, desktops that came and went.
func ShiftsList(tenant, agent string) string { return "shifts/" + tenant + "/" + agent }

// DeadList is the list of a tenant's inputs that could not be worked off.
func DeadList(tenant string) string { return "dead/" + tenant }

// DeskStream is the stream of what an agent's desktop hears.
func DeskStream(tenant, agent string) string { return "desk/" + tenant + "/" + agent }

// DecisionStream is the stream of why conversations were offered to whom, for supervisors.
func DecisionStream(tenant string) string { return "decisions/" + tenant }

// ConfigStream rings when a tenant's configuration changed.
func ConfigStream(tenant string) string { return "config/" + tenant }

// PartitionOf is the partition of n that a tenant lives in: the upper 31 bits of its id's FNV-1a hash, modulo n. It never
// changes for a given n.
func PartitionOf(tenant string, n int) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(tenant)) // never fails
	return int(h.Sum32()>>1) % n
}
