"""Curl lines run by a real shell and a real curl: what arrives is what the suite sent, and nothing else happens."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cases.spec import PLAIN, Upload, uploaded, variation
from conformance.evidence import curl
from conformance.http.form import Part, text
from tests.evidence.test_curl import request_for, same
from tests.fuzz.budget import examples, text_of
from tests.serving import KEY, Loopback, pictures_answer, target_at

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator

    from conformance.cases.spec import Spec

if shutil.which("curl") is None:
    pytest.skip("curl is not installed", allow_module_level=True)

WORDS = (
    *("$(touch pwned)", "`touch pwned`", "'", '"', "\\", "\n", "\r\n", "\r", ";type=text/html", ";filename=x", "@", "<"),
    *("${CONFORMANCE_API_KEY}", "$HOME", "!", "*", "~", "=", ",", ";", "-F", "--config", "/etc/passwd", "é", "画", "\x00"),
    *("%22", "&", "|", "> pwned", "\t", " ", "{a,b}", "[1-3]", "../", "\x1b"),
)  # fmt: skip
VALUE = text_of(*WORDS, most=6).map(lambda v: v.encode("utf-8", "replace").decode())
NAME = VALUE.filter(bool)


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with Loopback(lambda _: pictures_answer()) as running:
        yield running


def field(name: str, value: str) -> Spec:
    return replace(PLAIN, label="drawn", extra=(text(name, value),))


def file(name: str, file_name: str, kind: str) -> Spec:
    part = Part(name, b"\x89PNG", filename=file_name, content_type=kind or None)
    return replace(PLAIN, label="drawn", extra=(part,))


SPECS = st.one_of(
    st.builds(field, NAME, VALUE),
    st.builds(
        file, NAME, VALUE, st.sampled_from(["", "image/png", "a/b; c=d", 'x/y; z="\\"', "x"])
    ),
    st.builds(lambda v: variation("drawn", user=v, model=v), VALUE),
    st.builds(lambda v: uploaded("drawn", Upload(filename=v, field="image[]")), VALUE),
    st.builds(lambda v: replace(PLAIN, label="drawn", path_suffix="", chunked=v), st.booleans()),
)


@examples(40)
@given(SPECS)
def test_a_line_sends_what_the_suite_sent(
    server: Loopback, tmp_path_factory: Any, spec: Spec
) -> None:
    root: pathlib.Path = tmp_path_factory.mktemp("fuzz")
    folder = root / "report"
    folder.mkdir()
    request = request_for(spec, target_at(server.url))
    line = curl.line(request, "CONFORMANCE_API_KEY", folder)
    written = sorted(p for p in root.rglob("*") if p.is_file())
    assert all(p.parent == folder / curl.FIXTURES for p in written)
    done = subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "CONFORMANCE_API_KEY": KEY, "HOME": str(root)},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, (line, done.stderr)
    assert same(request, server.got[-1]), line
    assert server.got[-1].headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in line
    assert sorted(p for p in root.rglob("*") if p.is_file()) == written
