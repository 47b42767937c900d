"""Judges whether a gateway's POST /v1/images/variations does what its documentation says."""

from __future__ import annotations

from importlib import import_module

__version__ = "0.1.0"

# What programs may use, by the module that has it; each is imported when it is first asked for. The types
# are in `__init__.pyi`.
_PUBLIC = {
    "judge": "conformance.api.judging",
    "exit_code": "conformance.result.verdict",
    "write_reports": "conformance.api.judging",
    "Result": "conformance.result.model",
    "Status": "conformance.result.status",
    "Verdict": "conformance.result.status",
    "ConformanceError": "conformance.errors",
    "UsageError": "conformance.errors",
}
__all__ = ["__version__", *_PUBLIC]  # noqa: PLE0604 - the names of _PUBLIC are texts


def __getattr__(name: str) -> object:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PUBLIC[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_PUBLIC})
