-- inbox reads the next entries for the partition's owner. It writes nothing.
--
-- KEYS  1 own   2 inbox
-- ARGV  1 token   2 where to begin, as XRANGE understands it   3 how many entries at the most
--       4 how many bytes of bodies are enough
-- Answers {0} when the lease is lost, else {1, entry…}.
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then
  return { 0 }
end
local answer, from, bytes = { 1 }, ARGV[2], 0
while #answer <= tonumber(ARGV[3]) and bytes < tonumber(ARGV[4]) do
  local some = redis.call('XRANGE', KEYS[2], from, '+', 'COUNT', 16)
  for _, entry in ipairs(some) do
    answer[#answer + 1] = entry
    bytes = bytes + #entry[2][4]
  end
  if #some < 16 then
    break
  end
  from = '(' .. some[16][1]
end
return answer
