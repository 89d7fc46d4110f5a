-- release gives a partition up, if the lease is still the partition's.
--
-- KEYS  1 own
-- ARGV  1 token   2 the bells' channel   3 the bell of whoever waits for it
-- Answers 1, or 0 when the lease was lost before.
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then
  return 0
end
redis.call('HDEL', KEYS[1], 'token', 'node', 'until')
redis.call('PUBLISH', ARGV[2], ARGV[3])
return 1
