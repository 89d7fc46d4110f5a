-- range reads entries of a list or stream after a place. It writes nothing.
--
-- KEYS  1 the list   2 trimmed
-- ARGV  1 the list's name   2 the place, 0 for the beginning   3 how many entries at the most
-- Answers {0} when entries after the place are gone or it is none of the list's, else {1, entry…}.
local entry = ARGV[2] .. '-0'
if ARGV[2] ~= '0' and #redis.call('XRANGE', KEYS[1], entry, entry) == 0 and redis.call('HGET', KEYS[2], ARGV[1]) ~= entry then
  return { 0 }
end
local answer = redis.call('XRANGE', KEYS[1], '(' .. entry, '+', 'COUNT', ARGV[3])
table.insert(answer, 1, 1)
return answer
