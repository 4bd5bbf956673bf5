-- Sends the requests of a list, in turn. A line is: method, path, host, cookie and, for a POST, the body; by tabs.

function init(args)
  requests = {}
  for line in io.lines(args[1]) do
    local method, path, host, cookie, body = line:match("^(.-)\t(.-)\t(.-)\t(.-)\t(.*)$")
    requests[#requests + 1] = wrk.format(method, path, {
      ["Host"] = host,
      ["Cookie"] = cookie,
      ["Content-Type"] = method == "POST" and "application/x-www-form-urlencoded" or nil,
    }, method == "POST" and body or nil)
  end
  at = 0
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local e = summary.errors
  print(string.format("bench %d %d %.0f %.0f %d", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(95), e.connect + e.read + e.write + e.status + e.timeout))
end
