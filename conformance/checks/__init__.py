"""The checks: one module a subject, found and run by pytest."""
