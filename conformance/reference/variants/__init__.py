"""The variants: gateways that differ from the reference and conform, one module a subject.

The catalogue finds each module here that has `VARIANTS`.
"""
