-- ingest takes inputs into one partition's inbox, each unless its key is known already. It needs no owner.
--
-- KEYS  1 place   2 inbox   3… the dedupe key of each input, in order
-- ARGV  1 the bells' channel   2 the bell to ring when something is new   3 how many entries the inbox takes
--       then for each input: key, " <length of the sum> <sum>", body, window in milliseconds
-- Answers for each input: the place of a new one, {what is kept of it} of a known one, false when the inbox is full. And then the
-- newest entry that was there before, false when there was none.
--
-- A known key is written to as well (its window): WAIT vouches for what its own connection wrote, so an answer to a
-- repetition must stand behind a write too. The entry is written before its key: a key never stands for nothing.
--
-- Places never fall behind the microseconds of Redis' clock: when a failover has lost the newest entries, theirs are not
-- given to others. An owner that outlives the failover and still holds a lost input does not find another one in its place,
-- and whoever has read a lost entry of a list can tell.
local answers, waiting = {}, redis.call('XLEN', KEYS[2])
local newest = waiting > 0 and redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1][1]
local room, rang = tonumber(ARGV[3]) - waiting, false

-- decimal writes a place down; a float of its size is slow to.
local function decimal(place)
  local high = math.floor(place / 1000000)
  return string.format('%d%06d', high, place - high * 1000000)
end

local time = redis.call('TIME')
local last = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), tonumber(time[1]) * 1000000 + tonumber(time[2]) - 1)
local repeated, fresh = redis.call('EXISTS', unpack(KEYS, 3)) > 0, {} -- most groups repeat nothing, which one call tells
for i = 3, #KEYS do
  local key, at = KEYS[i], 4 + (i - 3) * 4
  local known = (repeated or fresh[key]) and seen(key)
  if known then
    redis.call('PEXPIRE', key, math.max(tonumber(ARGV[at + 3]), redis.call('PTTL', key)))
    answers[i - 2] = { known }
  elseif room <= 0 then
    answers[i - 2] = false
  else
    last = last + 1
    fresh[key] = true
    local place = decimal(last)
    redis.call('XADD', KEYS[2], place .. '-0', 'key', ARGV[at], 'body', ARGV[at + 2])
    redis.call('SET', key, place .. ARGV[at + 1], 'PX', ARGV[at + 3])
    answers[i - 2] = place
    rang, room = true, room - 1
  end
end
if rang then
  redis.call('SET', KEYS[1], decimal(last))
  redis.call('PUBLISH', ARGV[1], ARGV[2])
end
answers[#KEYS - 1] = newest
return answers
