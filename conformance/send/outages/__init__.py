"""A gateway that is gone: noticed, waited for, and asked who ended it.

In come exchanges as they end; out come the falls of the gateway's process, with their culprits. `outage`
sends through it all, `falls` notes, `inquest` asks candidates alone. Only the rest of `send` calls it, and
`falls` is what reports read.
"""
