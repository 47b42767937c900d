"""Tests of what judges evidence again."""
