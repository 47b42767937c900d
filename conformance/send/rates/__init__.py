"""The pace of a run: how many requests are in flight, and how quickly they follow each other.

In come requests that ask for a place, and what answers told of a limit; out come places, in their turn.
`limiter` is the way in; `lanes` holds a `rate` for each kind of request. Only the rest of `send` calls it.
"""
