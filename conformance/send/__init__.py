"""Sends the requests of a plan and returns exchanges, bounded in time, size and pictures.

In come requests; out come exchanges with every attempt that they took. `sender` has the thread and
the futures, `phases` the order, `retry` and `recheck` send again, `attempts` sends once, and
`transport` is the network. Only `run` makes a sender.

Five rules keep a verdict fair, and a run bounded:

- A 408, 409, 425, 429, or a 503 with Retry-After, is sent again after a pause (`retry`).
- An unexpected answer is confirmed: the request is sent once more, alone and on a new connection,
  and both answers are kept (`recheck`).
- A gateway that went down gets time to come back; requests that met its fall are excused (`outage`).
- A request that asks for several things at once and is not accepted is taken apart (`phases`).
- A run ends: what has no answer when its time is over gets none (`deadline`, `bounded`), and what is
  known to hang is not waited for as long as the first ones were (`hangs`).
"""
