"""Connections: one request goes out and what comes back is read, whatever that is.

In comes a request; out comes an exchange, also where no answer came. `transport` is the way in; `kept`
holds its connections, `raw_connection` writes what httpx refuses to, `body` decides what is kept of an
answer, and `received` what came beside it. Only the rest of `send` calls it.
"""
