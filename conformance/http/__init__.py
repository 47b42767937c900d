"""The values that go over the wire: forms, pictures, requests, replies and their statuses.

In come fields and bytes; out come frozen values and what can be read off them. `codec` writes such
values as JSON and reads them back. Nothing here opens a connection, and every package but
`contract` may use it.
"""
