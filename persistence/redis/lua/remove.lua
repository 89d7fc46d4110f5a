-- remove takes away what a tenant left behind whose import was not finished.
--
-- KEYS  1 own   2 waiting   3 inputs   4 records   5 names   6 trimmed   then lists and dedupe keys, which go as a whole
-- ARGV  1 token   2 lease in milliseconds   3…5 how many records, lists, inputs follow
--       then: the records' keys; the lists' names; places of the inbox
-- Answers {'ok'} or {'lost', why}.
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then
  return { 'lost', 'the token is not the owner\'s' }
end
local at = 6
local function each(count, act)
  for _ = 1, tonumber(count) do
    act(ARGV[at])
    at = at + 1
  end
end
each(ARGV[3], function(name)
  redis.call('HDEL', KEYS[4], name)
  redis.call('ZREM', KEYS[5], name)
end)
each(ARGV[4], function(name) redis.call('HDEL', KEYS[6], name) end)
each(ARGV[5], function(place)
  redis.call('ZREM', KEYS[2], place)
  redis.call('HDEL', KEYS[3], place)
end)
for i = 7, #KEYS do
  redis.call('UNLINK', KEYS[i])
end
local time = redis.call('TIME')
redis.call('HSET', KEYS[1], 'until', string.format('%.0f', tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000) + tonumber(ARGV[2])))
return { 'ok' }
