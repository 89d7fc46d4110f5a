-- waiting reads the inbox for the partition's owner, oldest first.
--
-- KEYS  1 own   2 waiting   3 inputs   4 inbox   5 place
-- ARGV  1 token   2 the place after which to begin   3 how many inputs at the most
-- Answers {0} when the lease is lost, else {1, place, input, place, input…}.
--
-- What a node of format 1 has left keeps its place before what has come since; but from the first on that the reader is beyond, who
-- would not see it there, it goes to the end.
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then
  return { 0 }
end
if redis.call('EXISTS', KEYS[4]) == 1 then -- a node of format 1 has put something there
  local last, late = tonumber(redis.call('GET', KEYS[5]) or '0'), false
  for _, entry in ipairs(redis.call('XRANGE', KEYS[4], '-', '+')) do
    local place, key = string.match(entry[1], '%d+'), entry[2][2]
    late = late or tonumber(place) <= tonumber(ARGV[2])
    if late then
      last = last + 1
      place = string.format('%.0f', last)
    end
    redis.call('HSET', KEYS[3], place, #key .. ' ' .. key .. entry[2][4])
    redis.call('ZADD', KEYS[2], 0, place)
  end
  if late then
    redis.call('SET', KEYS[5], string.format('%.0f', last))
  end
  redis.call('UNLINK', KEYS[4])
end
local places = redis.call('ZRANGEBYLEX', KEYS[2], '(' .. ARGV[2], '+', 'LIMIT', 0, ARGV[3])
local answer = { 1 }
if #places > 0 then
  for i, input in ipairs(redis.call('HMGET', KEYS[3], unpack(places))) do
    answer[2 * i], answer[2 * i + 1] = places[i], input
  end
end
return answer
