"""Urls and addresses as values: what a url says, and what kind of network an address is in."""
