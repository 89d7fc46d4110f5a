-- commit writes one batch, or nothing of it. The lease says who tries; this says who wins.
--
-- KEYS  1 own   2 waiting   3 inputs   4 place   5 records   6 names   7 trimmed
--       then the list of each Drop, the list of each row of Append, the stream of each Event, the dedupe key of each Reply
-- ARGV  1 token   2 id of the batch   3 its number   4 lease in milliseconds   5 the bells' channel   6 bells, or empty
--       7 how many entries a stream keeps   8 how many leave it at once
--       9…15 how many Ack, Put, Del, rows of Append, Event, Reply, Drop follow
--       then: places of the inbox; keys and values; keys; of each Drop, its name where it is a stream, or empty; of each row, how many values, and these; streams' names
--       and values; values
-- Answers {'ok'}, {'lost', why}, or {'broken', why} when the partition holds half a batch.
--
-- Lua has no rollback, so everything is checked before the first write. What fails all the same after it (somebody else
-- put another type under one of these keys) marks the partition broken: nobody works on half a batch.
local own = redis.call('HMGET', KEYS[1], 'token', 'last', 'seq', 'broken')
if own[4] then
  return { 'broken', own[4] }
end
if own[1] ~= ARGV[1] then
  return { 'lost', 'the token is not the owner\'s' }
end
local time = redis.call('TIME')
local lease = string.format('%.0f', tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000) + tonumber(ARGV[4]))
if own[2] == ARGV[2] then
  redis.call('HSET', KEYS[1], 'until', lease)
  return { 'ok' }
end
local seq = own[3] or '0'
if string.format('%.0f', tonumber(seq) + 1) ~= ARGV[3] then
  return { 'lost', 'commit ' .. ARGV[3] .. ' does not follow ' .. seq }
end
local at, acks = 16, tonumber(ARGV[9])
if acks > 0 then
  for i, there in ipairs(redis.call('ZMSCORE', KEYS[2], unpack(ARGV, at, at + acks - 1))) do
    if not there then
      return { 'lost', 'input ' .. ARGV[at + i - 1] .. ' is not in the inbox' }
    end
  end
end

local key = 8
-- Places never fall behind the microseconds of Redis' clock, see ingest.
local last = math.max(tonumber(redis.call('GET', KEYS[4]) or '0'), tonumber(time[1]) * 1000000 + tonumber(time[2]) - 1)

-- add adds values to a list as one entry: each has a place, and the entry's is that of the last.
local function add(...)
  last = last + select('#', ...) / 2
  local high = math.floor(last / 1000000) -- a float of its size is slow to write down
  redis.call('XADD', KEYS[key], string.format('%d%06d-0', high, last - high * 1000000), ...)
end

-- each takes the next arguments, so many at once as a call can have: a call costs more than what it does.
local function each(count, act)
  local stop = at + count
  while at < stop do
    local to = math.min(at + 999, stop - 1)
    act(at, to)
    at = to + 1
  end
end

local function trim(name)
  local keep = tonumber(ARGV[7])
  local surplus = redis.call('XLEN', KEYS[key]) - keep
  if surplus >= tonumber(ARGV[8]) then
    local oldest = redis.call('XRANGE', KEYS[key], '-', '+', 'COUNT', surplus)
    redis.call('HSET', KEYS[7], name, oldest[#oldest][1])
    redis.call('XTRIM', KEYS[key], 'MAXLEN', keep)
  end
end

local function write()
  each(acks, function(from, to)
    redis.call('ZREM', KEYS[2], unpack(ARGV, from, to))
    redis.call('HDEL', KEYS[3], unpack(ARGV, from, to))
  end)
  each(2 * tonumber(ARGV[10]), function(from, to)
    redis.call('HSET', KEYS[5], unpack(ARGV, from, to))
    local names = {}
    for i = from, to, 2 do
      names[#names + 1] = 0
      names[#names + 1] = ARGV[i]
    end
    redis.call('ZADD', KEYS[6], unpack(names))
  end)
  each(tonumber(ARGV[11]), function(from, to)
    redis.call('HDEL', KEYS[5], unpack(ARGV, from, to))
    redis.call('ZREM', KEYS[6], unpack(ARGV, from, to))
  end)
  for _ = 1, tonumber(ARGV[15]) do
    if ARGV[at] ~= '' then
      local newest = redis.call('XREVRANGE', KEYS[key], '+', '-', 'COUNT', 1)
      if newest[1] then
        redis.call('HSET', KEYS[7], ARGV[at], newest[1][1])
      end
    end
    redis.call('UNLINK', KEYS[key])
    key, at = key + 1, at + 1
  end
  for _ = 1, tonumber(ARGV[12]) do
    local to = at + 2 * tonumber(ARGV[at])
    add(unpack(ARGV, at + 1, to))
    key, at = key + 1, to + 1
  end
  for _ = 1, tonumber(ARGV[13]) do
    add('value', ARGV[at + 1])
    trim(ARGV[at])
    key, at = key + 1, at + 2
  end
  for _ = 1, tonumber(ARGV[14]) do
    local known, before = seen(KEYS[key])
    if known then
      redis.call('SET', KEYS[key], before .. '=' .. ARGV[at], 'KEEPTTL')
    end
    key, at = key + 1, at + 1
  end
  if key > 8 then
    redis.call('SET', KEYS[4], string.format('%.0f', last))
  end
  redis.call('HSET', KEYS[1], 'seq', ARGV[3], 'last', ARGV[2], 'until', lease)
end

local written, failure = pcall(write)
if not written then
  if type(failure) == 'table' then
    failure = failure.err
  end
  failure = 'commit ' .. ARGV[3] .. ': ' .. tostring(failure)
  redis.call('HSET', KEYS[1], 'broken', failure)
  return { 'broken', failure }
end
if ARGV[6] ~= '' then
  redis.call('PUBLISH', ARGV[5], ARGV[6])
end
return { 'ok' }
