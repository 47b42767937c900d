"""Judges whether a gateway's POST /v1/images/variations does what its documentation says."""

__version__ = "0.1.0"
