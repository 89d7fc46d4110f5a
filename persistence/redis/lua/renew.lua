-- renew prolongs a lease that is still the partition's.
--
-- KEYS  1 own
-- ARGV  1 token   2 lease in milliseconds
-- Answers 1, or 0 when the lease is lost.
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then
  return 0
end
local time = redis.call('TIME')
redis.call('HSET', KEYS[1], 'until', string.format('%.0f', tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000) + tonumber(ARGV[2])))
return 1
