-- answer reads what was committed under an ingest key, for who waits for it and for the replicas.
--
-- KEYS  1 the dedupe key
-- Answers {reply}, or {} when there is none.
--
-- The key is written to (its window, which stays), since WAIT vouches for what its own connection wrote: whoever hears a reply
-- counts on the commit that it came with.
local _, _, reply = seen(KEYS[1])
if not reply then
  return {}
end
redis.call('PEXPIRE', KEYS[1], redis.call('PTTL', KEYS[1]))
return { reply }
