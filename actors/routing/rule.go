package routing

// AgentRule says whom a queue asks first when several members could take a conversation (product.md §3.3). Among equals the
// longest waiting comes first, whatever the rule.
type AgentRule string

// The rules.
const (
	LevelThenIdle AgentRule = "level_then_idle" // the highest level, then the longest idle; 8x8's, and the default
	LongestIdle   AgentRule = "longest_idle"    // who holds nothing for the longest time, whatever the level
	LeastBusy     AgentRule = "least_busy"      // the fewest conversations
	RoundRobin    AgentRule = "round_robin"     // who was asked the longest ago, busy or not
)

// AgentRules lists all rules, the default first.
func AgentRules() []AgentRule { return []AgentRule{LevelThenIdle, LongestIdle, LeastBusy, RoundRobin} }
