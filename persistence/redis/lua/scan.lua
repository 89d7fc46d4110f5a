-- scan reads records in key order. It writes nothing.
--
-- KEYS  1 own   2 names   3 records
-- ARGV  1 the owner's token, empty: anybody may read   2 and 3 the range, as ZRANGEBYLEX understands it
--       4 how many records at the most
-- Answers {0} when the lease is lost, else {1, key, value, key, value…}.
if ARGV[1] ~= '' and redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then
  return { 0 }
end
local answer = { 1 }
for _, name in ipairs(redis.call('ZRANGEBYLEX', KEYS[2], ARGV[2], ARGV[3], 'LIMIT', 0, ARGV[4])) do
  answer[#answer + 1] = name
  answer[#answer + 1] = redis.call('HGET', KEYS[3], name)
end
return answer
