"""Runs a command and writes what it took: `python -I -S measured.py FILE COMMAND…`.

What the system says of a child's memory begins with its parent's; this parent is small.
"""

from __future__ import annotations

import os
import resource
import sys


def main(told: str, *command: str) -> int:
    child = os.posix_spawn(command[0], command, os.environ)
    _, status = os.waitpid(child, 0)
    peak_kb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    code = os.waitstatus_to_exitcode(status)
    with open(told, "w", encoding="ascii") as file:  # noqa: PTH123 - pathlib would make this parent larger
        file.write(f"{peak_kb}")
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
