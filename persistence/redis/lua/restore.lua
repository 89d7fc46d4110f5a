-- restore adds what another store held. Entries keep the places they had; inputs get new ones in their order.
--
-- KEYS  1 own   2 waiting   3 inputs   4 place   5 records   6 names   7 trimmed
--       then the list of each Entries, the dedupe key of each Known and of each Entry
-- ARGV  1 token   2 lease in milliseconds   3 the highest place of all entries   4…7 how many Record, Entries, Known, Entry follow
--       then: keys and values; names, newest places that are gone (or empty), how many entries, and these: places and values;
--       " <length of the sum> <sum>" with "=<reply>" if there is one, and windows in milliseconds; inputs
-- Answers {'ok'}, {'lost', why} or {'broken', why}.
--
-- What fails in the middle leaves a part of it: whoever restores begins anew then, so it does not break the partition.
local own = redis.call('HMGET', KEYS[1], 'token', 'broken')
if own[2] then
  return { 'broken', own[2] }
end
if own[1] ~= ARGV[1] then
  return { 'lost', 'the token is not the owner\'s' }
end
local key, at = 8, 8
local function arg()
  at = at + 1
  return ARGV[at - 1]
end

-- Places never fall behind the microseconds of Redis' clock, see ingest.
local time = redis.call('TIME')
local last = math.max(tonumber(redis.call('GET', KEYS[4]) or '0'), tonumber(time[1]) * 1000000 + tonumber(time[2]) - 1, tonumber(ARGV[3]))
local function place()
  last = last + 1
  return string.format('%.0f', last)
end

for _ = 1, tonumber(ARGV[4]) do
  local name, value = arg(), arg()
  redis.call('HSET', KEYS[5], name, value)
  redis.call('ZADD', KEYS[6], 0, name)
end
for _ = 1, tonumber(ARGV[5]) do
  local name, gone = arg(), arg()
  if gone ~= '' then
    redis.call('HSET', KEYS[7], name, gone .. '-0')
  end
  for _ = 1, tonumber(arg()) do
    local id, value = arg() .. '-0', arg()
    if #redis.call('XRANGE', KEYS[key], id, id) == 0 then
      redis.call('XADD', KEYS[key], id, 'value', value)
    end
  end
  key = key + 1
end
for _ = 1, tonumber(ARGV[6]) do
  local kept, window = arg(), arg()
  redis.call('SET', KEYS[key], place() .. kept, 'PX', window)
  key = key + 1
end
for _ = 1, tonumber(ARGV[7]) do
  local input, id = arg(), place()
  redis.call('HSET', KEYS[3], id, input)
  redis.call('ZADD', KEYS[2], 0, id)
  local known = seen(KEYS[key])
  if known then
    redis.call('SET', KEYS[key], id .. string.match(known, ' .*'), 'KEEPTTL')
  end
  key = key + 1
end
redis.call('SET', KEYS[4], string.format('%.0f', last))
redis.call('HSET', KEYS[1], 'until', string.format('%.0f', tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000) + tonumber(ARGV[2])))
return { 'ok' }
