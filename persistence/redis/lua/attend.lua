-- attend notes that a node lives, forgets those that have not said so for too long, and tells who does.
--
-- KEYS  1 nodes
-- ARGV  1 the node's life   2 its name   3 whether it is leaving, 0 or 1   4 how many milliseconds it counts as living
--       5 the channel to tell that somebody has come or gone
-- Answers {life, name, leaving, life, name, leaving…}.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local news, gone, answer = true, false, {}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local till, leaving, name = string.match(all[i + 1], '^(%d+) (%d) (.*)$')
  if all[i] == ARGV[1] then
    news = news and leaving ~= ARGV[3]
  elseif now < tonumber(till) then
    answer[#answer + 1] = all[i]
    answer[#answer + 1] = name
    answer[#answer + 1] = leaving
  else
    redis.call('HDEL', KEYS[1], all[i])
    gone = true
  end
end
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f %s %s', now + tonumber(ARGV[4]), ARGV[3], ARGV[2]))
if news or gone then
  redis.call('PUBLISH', ARGV[5], '')
end
answer[#answer + 1] = ARGV[1]
answer[#answer + 1] = ARGV[2]
answer[#answer + 1] = ARGV[3]
return answer
