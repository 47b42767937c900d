"""How much the tests try: `make test` a part that stands for all, `make matrix-all` everything."""

from __future__ import annotations

import os

EVERYTHING = os.environ.get("CONFORMANCE_MATRIX") == "all"
