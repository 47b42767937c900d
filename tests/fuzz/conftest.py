"""Registers the two budgets of the fuzz tests; no other test of the project uses them."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# A busy machine is slow, and some examples are large on purpose.
COMMON = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
settings.register_profile("fuzz-short", COMMON, derandomize=True, print_blob=False)
settings.register_profile("fuzz-long", COMMON, derandomize=False, print_blob=True)
