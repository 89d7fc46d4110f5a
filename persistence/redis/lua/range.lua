-- range reads entries of a list or stream after a place. It writes nothing.
--
-- KEYS  1 the list   2 trimmed
-- ARGV  1 the list's name   2 the place, 0 for the beginning   3 how many entries at the most
-- Answers {0} when entries after the place are gone, else {1, entry…}.
local dropped = redis.call('HGET', KEYS[2], ARGV[1])
if dropped and ARGV[2] ~= '0' and tonumber(ARGV[2]) < tonumber(string.match(dropped, '^%d+')) then
  return { 0 }
end
local answer = redis.call('XRANGE', KEYS[1], '(' .. ARGV[2] .. '-0', '+', 'COUNT', ARGV[3])
table.insert(answer, 1, 1)
return answer
