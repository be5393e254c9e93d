/**
 * All limits of a request in one atomic call, by the server's clock: the same rules as `Bucket`.
 * KEYS: one per limit. ARGV: mode ('spend' or 'peek'); the server's time in microseconds after which
 * nothing may be spent any more ('0': none); the time to use instead of the server's (tests; '':
 * none); then four for each limit: 'e', limit, window, cost or 'r', cost, tolerance, window (µs).
 * Answer: 1 admitted, 0 refused, -1 too late; the time used; then wait, remaining and reset of each
 * limit (µs, requests, µs). Numbers up to 2^53 are exact; text is made with %.0f because Lua would
 * write large ones as 1.7e+15.
 */
export const LIMIT_SCRIPT = `
local clock = redis.call('TIME')
local server = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
local now = ARGV[3] == '' and server or tonumber(ARGV[3])
local deadline = tonumber(ARGV[2])
if deadline > 0 and now > deadline then return {-1, now} end

local function text(number) return string.format('%.0f', number) end

-- First entry of a log, oldest first, that is younger than the horizon.
local function first_live(key, size, horizon)
  local low, high = 0, size
  while low < high do
    local middle = math.floor((low + high) / 2)
    if tonumber(redis.call('LINDEX', key, middle)) <= horizon then low = middle + 1
    else high = middle end
  end
  return low
end

local function read_log(key, limit, window, cost)
  local size = redis.call('LLEN', key)
  local stamp = now
  if size > 0 then stamp = math.max(now, tonumber(redis.call('LINDEX', key, -1))) end
  if size > 0 and tonumber(redis.call('LINDEX', key, 0)) <= stamp - window then
    local first = first_live(key, size, stamp - window)
    redis.call('LTRIM', key, first, -1)
    size = size - first
  end
  local over = size + cost - limit
  local wait = 0
  if over > 0 then wait = tonumber(redis.call('LINDEX', key, over - 1)) + window - now end
  return {size = size, stamp = stamp, wait = wait}
end

local function read_rate(key, cost, tolerance)
  local tat = tonumber(redis.call('GET', key) or '0')
  local unpaid = math.max(0, tat - now)
  return {tat = tat, wait = math.max(0, unpaid + cost - tolerance)}
end

-- Idle limits vanish by themselves, not before they say nothing any more.
local function lifetime(us)
  if ARGV[3] ~= '' then return '3600000' end
  return text(math.ceil(us / 1000) + 1)
end

local states, longest = {}, 0
for i = 1, #KEYS do
  local at = 4 * i
  local a, b, c = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  local state = ARGV[at] == 'e' and read_log(KEYS[i], a, b, c) or read_rate(KEYS[i], a, b)
  state.exact, state.a, state.b, state.c = ARGV[at] == 'e', a, b, c
  longest = math.max(longest, state.wait)
  states[i] = state
end

local spend = longest == 0 and ARGV[1] == 'spend'
local answer = {longest == 0 and 1 or 0, now}
for i, state in ipairs(states) do
  local key = KEYS[i]
  local remaining, reset
  if state.exact then
    local limit, window, cost = state.a, state.b, state.c
    if spend then
      local stamp = text(state.stamp)
      for _ = 1, cost do redis.call('RPUSH', key, stamp) end
      redis.call('PEXPIRE', key, lifetime(state.stamp - now + window))
      state.size = state.size + cost
    end
    remaining = math.max(0, math.floor((limit - state.size) / cost))
    reset = state.size > 0 and (spend and state.stamp or tonumber(redis.call('LINDEX', key, -1)))
    reset = reset and reset + window - now or 0
  else
    local cost, tolerance = state.a, state.b
    if spend then
      state.tat = math.max(now, state.tat) + cost
      redis.call('SET', key, text(state.tat), 'PX', lifetime(state.tat - now))
    end
    reset = math.max(0, state.tat - now)
    remaining = math.max(0, math.floor((tolerance - reset) / cost))
  end
  answer[#answer + 1] = state.wait
  answer[#answer + 1] = remaining
  answer[#answer + 1] = reset
end
return answer
`;

/**
 * Says that an instance lives; answers how many do, and the server's time in microseconds. KEYS: the
 * set of instances. ARGV: own id, milliseconds after which a silent instance counts no more.
 */
export const PRESENCE_SCRIPT = `
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[2]) * 1000)
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return {redis.call('ZCARD', KEYS[1]), now}
`;
