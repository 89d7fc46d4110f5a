-- Put before the scripts that look at ingest keys. What is kept of one within its window (the key's TTL) is
-- "<place> <length of the sum> <sum>", and once it is answered "=<reply>" after that: one string costs one command, and one
-- line of the append-only file.

-- seen reads a key: false when it is not known, else what is kept, the part before any reply, and the reply or false.
local function seen(key)
  local kept = redis.pcall('GET', key)
  if type(kept) == 'table' then -- format 1 had hashes; the last one is gone a window after the last node that made them
    local old = redis.call('HMGET', key, 'place', 'sum', 'reply')
    kept = old[1] .. ' ' .. #old[2] .. ' ' .. old[2] .. (old[3] and '=' .. old[3] or '')
    redis.call('SET', key, kept, 'PX', math.max(redis.call('PTTL', key), 1)) -- its last millisecond is shown as 0
  end
  if not kept then
    return false
  end
  local length, from = string.match(kept, '^%d+ (%d+) ()')
  local upto = from + tonumber(length) - 1
  return kept, string.sub(kept, 1, upto), upto < #kept and string.sub(kept, upto + 2)
end
