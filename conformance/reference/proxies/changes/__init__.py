"""The changes of the proxy, one module a subject.

The catalogue finds each module here that has `CHANGES`.
"""
