"""Which suite judges a run, and with which libraries: what a result says of its own judge."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from pathlib import Path

import conformance

# Those that send, read or draw what is judged, and those that judge it.
LIBRARIES = (
    *(
        "cryptography",
        "h11",
        "httpcore",
        "httpx",
        "hypothesis",
        "jinja2",
        "jsonschema",
        "multipart",
    ),
    *("pillow", "pyjwt", "pytest", "pyyaml", "rich", "schemathesis", "starlette", "uvicorn"),
)
PACKAGE = Path(conformance.__file__).parent
# In a wheel the contract lies in the package, in a checkout beside it. It has a digest of its own.
CONTRACT = "openapi"


def suite() -> dict[str, str]:
    """Return the name, the version and the digest of the suite that runs."""
    return {
        "name": "image-variations-conformance",
        "version": conformance.__version__,
        "sha256": _digest(PACKAGE),
    }


@cache
def _digest(package: Path) -> str:
    """Return the digest of a package's sources, without the contract.

    It is that of the lines that `sha256sum` prints for its files, in the order of their names; files
    whose names begin with a dot, and what Python compiles, are left out.
    """
    lines = sorted(
        (path.relative_to(package).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest())
        for path in package.rglob("*")
        if path.is_file() and _is_source(path.relative_to(package))
    )
    text = "".join(f"{digest}  {name}\n" for name, digest in lines)
    return hashlib.sha256(text.encode()).hexdigest()


def _is_source(path: Path) -> bool:
    hidden = any(part.startswith(".") or part == "__pycache__" for part in path.parts)
    return not hidden and path.parts[0] != CONTRACT


@cache
def versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries that are installed, by their names."""
    from importlib import metadata  # noqa: PLC0415 - only a run that ends needs it

    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
