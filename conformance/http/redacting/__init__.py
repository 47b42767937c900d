"""Secrets in text: found in every form that a reader could decode, and taken out.

In come secrets, and values of any shape; out come the values with marks. `vault` is the way in;
`redaction` searches, `derived` lists the forms of a secret, `escapes` the ways to read a text.
"""
