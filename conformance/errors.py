"""Errors that a person can act on: what happened, why, and what to do next."""


class ConformanceError(Exception):
    """The root of this project's own errors."""


class UsageError(ConformanceError):
    """The command line, the environment or the configuration file cannot be used as it is."""
