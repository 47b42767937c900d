"""Gives `st run` a picture that a gateway can open: without one it gets no success at all."""

import schemathesis
from hypothesis import strategies as st

from conformance.http.images import pictures

schemathesis.openapi.format("binary", st.just(pictures.make("a picture for st run")))
