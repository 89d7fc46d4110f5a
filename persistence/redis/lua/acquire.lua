-- acquire makes a node the partition's owner if the lease is free, has run out by Redis' clock, or is the node's own.
--
-- KEYS  1 own
-- ARGV  1 node   2 nonce   3 lease in milliseconds   4 the bells' channel   5 the bell of the inbox's readers
-- Answers {'yours', token, number of the last commit}, {'held', node} or {'broken', why}.
local own = redis.call('HMGET', KEYS[1], 'token', 'node', 'until', 'seq', 'broken')
if own[5] then
  return { 'broken', own[5] }
end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if own[1] and own[2] ~= ARGV[1] and now < tonumber(own[3]) then
  return { 'held', own[2] }
end
local epoch = string.format('%.0f', redis.call('HINCRBY', KEYS[1], 'epoch', 1))
local token = epoch .. ':' .. ARGV[2]
redis.call('HSET', KEYS[1], 'token', token, 'node', ARGV[1], 'until', string.format('%.0f', now + tonumber(ARGV[3])))
redis.call('PUBLISH', ARGV[4], ARGV[5])
return { 'yours', token, own[4] or '0' }
