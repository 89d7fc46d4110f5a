-- ingest takes inputs into one partition's inbox, each unless its key is known already. It needs no owner.
--
-- KEYS  1 place   2 inbox   3… the dedupe key of each input, in order
-- ARGV  1 the bells' channel   2 the bell to ring when something is new   3 how many entries the inbox takes
--       then for each input: key, sum, body, window in milliseconds
-- Answers one {place, known (0 or 1), sum, reply or false} for each input, or {'full'}.
--
-- A known key is written to as well (its window): WAIT vouches for what its own connection wrote, so an answer to a
-- repetition must stand behind a write too. The entry is written before its key: a key never stands for nothing.
local answers, room = {}, tonumber(ARGV[3]) - redis.call('XLEN', KEYS[2])
local rang = false
for i = 3, #KEYS do
  local at = 4 + (i - 3) * 4
  local window = tonumber(ARGV[at + 3])
  local known = redis.call('HMGET', KEYS[i], 'place', 'sum', 'reply')
  if known[1] then
    redis.call('PEXPIRE', KEYS[i], math.max(window, redis.call('PTTL', KEYS[i])))
    answers[#answers + 1] = { known[1], 1, known[2], known[3] }
  elseif room <= 0 then
    answers[#answers + 1] = { 'full' }
  else
    local place = string.format('%.0f', redis.call('INCR', KEYS[1]))
    redis.call('XADD', KEYS[2], place .. '-0', 'key', ARGV[at], 'body', ARGV[at + 2])
    redis.call('HSET', KEYS[i], 'place', place, 'sum', ARGV[at + 1])
    redis.call('PEXPIRE', KEYS[i], window)
    answers[#answers + 1] = { place, 0, ARGV[at + 1], false }
    rang, room = true, room - 1
  end
end
if rang then
  redis.call('PUBLISH', ARGV[1], ARGV[2])
end
return answers
