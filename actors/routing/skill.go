package routing

// Level is how well an agent masters a skill: 10..100 in steps of 10, higher is better (8x8: "agent skill levels"). Zero
// means not at all.
type Level int

// MaxLevel is the highest level, and the level of everybody where no skill is needed.
const MaxLevel Level = 100

// Valid says whether l is one of the ten levels.
func (l Level) Valid() bool { return l >= 10 && l <= MaxLevel && l%10 == 0 }

// Need is a skill that a conversation requires, at a level or better.
type Need struct {
	Skill SkillID `json:"skill"`
	Level Level   `json:"level"`
}
