-- Whole orders, each by another employee: product page, add to cart, cart, checkout, place the order, confirmation.
-- One thread is one connection, so that a thread can follow its own answers.
-- A line of the list is: host, cookie, CSRF token, product, address, path of the product; by tabs.

local ffi = require("ffi")
ffi.cdef "typedef struct { long s, ns; } moment; int clock_gettime(int, moment *);"
local STEPS = 6
local threads = {}

local function microseconds()
  local now = ffi.new("moment[1]")
  ffi.C.clock_gettime(1, now)
  return tonumber(now[0].s) * 1e6 + tonumber(now[0].ns) / 1e3
end

function setup(thread)
  thread:set("number", #threads)
  threads[#threads + 1] = thread
end

function init(args)
  local threads_in_all, line_number = tonumber(args[2]), 0
  buyers, buyer, step, times, refused = {}, 0, STEPS, "", 0
  for line in io.lines(args[1]) do
    if line_number % threads_in_all == number then
      local host, cookie, csrf, product, address, path = line:match("^(.-)\t(.-)\t(.-)\t(.-)\t(.-)\t(.*)$")
      buyers[#buyers + 1] = {
        host = host, cookie = cookie, csrf = csrf, product = product, address = address, path = path,
      }
    end
    line_number = line_number + 1
  end
end

local function get(path)
  local who = buyers[buyer]
  return wrk.format("GET", path, {["Host"] = who.host, ["Cookie"] = who.cookie})
end

local function post(path, body)
  local who = buyers[buyer]
  return wrk.format("POST", path, {
    ["Host"] = who.host, ["Cookie"] = who.cookie, ["Content-Type"] = "application/x-www-form-urlencoded",
  }, "csrfmiddlewaretoken=" .. who.csrf .. "&" .. body)
end

function request()
  step = step % STEPS + 1
  if step == 1 then
    buyer = buyer % #buyers + 1
    started = microseconds()
    return get(buyers[buyer].path)
  elseif step == 2 then
    return post("/cart/lines/", "quantity=1&product=" .. buyers[buyer].product)
  elseif step == 3 then
    return get("/cart/")
  elseif step == 4 then
    return get("/checkout/")
  elseif step == 5 then
    return post("/checkout/", buyers[buyer].address .. "&form_token=" .. form_token .. "&shown=" .. shown)
  end
  return get(confirmation)
end

function response(status, headers, body)
  local expected = (step == 2 or step == 5) and 302 or 200
  if status ~= expected then
    refused, step = refused + 1, STEPS
  elseif step == 4 then
    form_token = body:match('name="form_token"[^>]- value="([^"]+)"')
    shown = body:match('name="shown"[^>]- value="([^"]+)"')
  elseif step == 5 then
    confirmation = headers["Location"] or headers["location"]
  elseif step == STEPS then
    times = times .. " " .. math.floor(microseconds() - started)
  end
end

function done(summary, latency)
  local journeys, wrong = {}, 0
  for _, thread in ipairs(threads) do
    wrong = wrong + thread:get("refused")
    for time in thread:get("times"):gmatch("%d+") do journeys[#journeys + 1] = tonumber(time) end
  end
  table.sort(journeys)
  local function at(share) return journeys[math.max(1, math.ceil(#journeys * share))] or 0 end
  local e = summary.errors
  print(string.format("bench %d %d %.0f %.0f %d", summary.requests, summary.duration, at(0.5), at(0.95),
    wrong + e.connect + e.read + e.write + e.timeout))
end
