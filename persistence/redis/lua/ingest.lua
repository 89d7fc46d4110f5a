-- ingest takes inputs into one partition's inbox, each unless its key is known already. It needs no owner.
--
-- KEYS  1 place   2 waiting   3 inputs   4… the dedupe key of each input, in order
-- ARGV  1 the bells' channel   2 the bell to ring when something is new   3 how many entries the inbox takes
--       then for each input: what is kept of its key but the place, the input, window in milliseconds
-- Answers for each input: the place of a new one, {what is kept of it} of a known one, false when the inbox is full. And then the
-- newest that was waiting before, false when none was.
--
-- A known key is written to as well (its window): WAIT vouches for what its own connection wrote, so an answer to a
-- repetition must stand behind a write too. An input is written before its key: a key never stands for nothing.
--
-- Places never fall behind the microseconds of Redis' clock: when a failover has lost the newest entries, theirs are not
-- given to others. An owner that outlives the failover and still holds a lost input does not find another one in its place,
-- and whoever has read a lost entry of a list can tell.
local answers, room = {}, tonumber(ARGV[3]) - redis.call('ZCARD', KEYS[2])
local newest = redis.call('ZRANGE', KEYS[2], -1, -1)[1] or false

-- decimal writes a place down; a float of its size is slow to.
local function decimal(place)
  local high = math.floor(place / 1000000)
  return string.format('%d%06d', high, place - high * 1000000)
end

local time = redis.call('TIME')
local last = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), tonumber(time[1]) * 1000000 + tonumber(time[2]) - 1)
local repeated, fresh = redis.call('EXISTS', unpack(KEYS, 4)) > 0, {} -- most groups repeat nothing, which one call tells
local inputs, places, keys = {}, {}, {}
for i = 4, #KEYS do
  local key, at = KEYS[i], 4 + (i - 4) * 3
  local known = repeated and seen(key)
  if known then
    redis.call('PEXPIRE', key, math.max(tonumber(ARGV[at + 2]), redis.call('PTTL', key)))
    answers[i - 3] = { known }
  elseif fresh[key] then
    answers[i - 3] = { fresh[key] }
  elseif room <= 0 then
    answers[i - 3] = false
  else
    last, room = last + 1, room - 1
    local place, n = decimal(last), 2 * #keys
    inputs[n + 1], inputs[n + 2] = place, ARGV[at + 1]
    places[n + 1], places[n + 2] = 0, place
    keys[#keys + 1] = i
    fresh[key] = place .. ARGV[at]
    answers[i - 3] = place
  end
end
if #keys > 0 then
  redis.call('HSET', KEYS[3], unpack(inputs))
  redis.call('ZADD', KEYS[2], unpack(places))
  for _, i in ipairs(keys) do
    redis.call('SET', KEYS[i], fresh[KEYS[i]], 'PX', ARGV[6 + (i - 4) * 3])
  end
  redis.call('SET', KEYS[1], decimal(last))
  redis.call('PUBLISH', ARGV[1], ARGV[2])
end
answers[#KEYS - 2] = newest
return answers
