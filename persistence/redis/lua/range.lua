-- range reads entries of a list or stream after a place. It writes nothing.
--
-- KEYS  1 the list   2 trimmed
-- ARGV  1 the list's name   2 the place, 0 for the beginning   3 how many entries at the most
-- Answers {0} when entries after the place are gone or it is none of the list's, else {1, entry…}, where the first entry may
-- have values up to the place as well as after it, or none after it.
local entry = ARGV[2] .. '-0'
local answer = redis.call('XRANGE', KEYS[1], entry, '+', 'COUNT', ARGV[3] + 1)
if ARGV[2] ~= '0' then
  local from = answer[1] and tonumber(string.match(answer[1][1], '%d+')) - #answer[1][2] / 2 -- the place before its first
  if not (from and from < tonumber(ARGV[2])) and redis.call('HGET', KEYS[2], ARGV[1]) ~= entry then
    return { 0 }
  end
end
table.insert(answer, 1, 1)
return answer
