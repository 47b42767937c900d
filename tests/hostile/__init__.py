"""Hostile servers, each run against by the suite in a process of its own, and what must then hold."""
