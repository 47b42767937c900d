"""Compares the statement of a bundle with its files: whatever it says, but the product, is found again."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from conformance.bundle import certificate, envelope, statement
from conformance.bundle.difference import Difference, between
from conformance.bundle.layout import CERTIFICATE, CONTRACT, RESULT, SIGNATURES, STATEMENT
from conformance.bundle.product import Product, problems
from conformance.http.reading import strict_json
from conformance.http.reading.codec import MisfitError, decoder
from conformance.http.reading.short import shown
from conformance.result import certifying, consistency, storage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.bundle.reading import Opened
    from conformance.result.model import Result

MOST = 200
_PRODUCT = decoder(Product, whole=True)


def check_statement(opened: Opened) -> tuple[Difference, ...]:
    """Return what in a bundle's statement does not fit its files, the first `MOST` of it.

    A folder that a run wrote has no statement, and so none that could differ. Whether the result is
    what the evidence comes to is not asked here.
    """
    if not opened.has_statement:
        return tuple(
            Difference(name, f"is of a statement that is not there as {STATEMENT}")
            for name in (SIGNATURES, CERTIFICATE)
            if name in opened.files
        )
    return tuple(dict.fromkeys(islice(_differences(opened.files), MOST)))


def result_of(files: Mapping[str, bytes]) -> Result:
    """Return the result that a bundle holds.

    Raises:
        ResultError: it is none.
    """
    try:
        text = files[RESULT].decode("utf-8")
    except UnicodeDecodeError as error:
        raise storage.ResultError(f"{RESULT} is no result: it is not UTF-8 text") from error
    return storage.from_json(text, name=RESULT)


def product_of(files: Mapping[str, bytes]) -> Product | None:
    """Return the product that the statement of a bundle names; None where it names none."""
    try:
        return _product(strict_json.loads(files[STATEMENT].decode("ascii")))
    except (KeyError, ValueError):
        return None


def _differences(files: Mapping[str, bytes]) -> Iterator[Difference]:
    yield from _of_envelope(files)
    try:
        said = strict_json.loads(files[STATEMENT].decode("ascii"))
    except ValueError as error:
        yield Difference(STATEMENT, f"is no statement: it is not JSON ({error})")
        return
    if not isinstance(said, dict):
        yield Difference(STATEMENT, "is no statement, but another value of JSON")
        return
    if statement.written(said) != files[STATEMENT]:
        yield Difference(STATEMENT, "is not written as this suite writes it")
    digests = statement.subjects(files)
    yield from _of_subjects(said.get("subject"), digests)
    try:
        result = result_of(files)
    except storage.ResultError as error:
        yield Difference(RESULT, str(error))
        return
    yield from (Difference(RESULT, problem) for problem in consistency.problems(result))
    yield from _of_contract(result, digests)
    try:
        product = _product(said)
    except MisfitError as error:
        yield Difference(STATEMENT, f"predicate.{statement.OWN}.product{error}")
        return
    for key, problem in problems(product):
        yield Difference(STATEMENT, f"predicate.{statement.OWN}.product.{key} {problem}")
    found = statement.composed(digests, result, product)
    yield from _of_certificate(files, result, product)
    for known in (said, found):
        known.pop("subject", None)
    yield from _between("", said, found)


def _product(said: Any) -> Product:
    place: Any = said
    for key in ("predicate", statement.OWN, "product"):
        place = place.get(key) if isinstance(place, dict) else None
    found: Product = _PRODUCT(place)
    return found


def _of_envelope(files: Mapping[str, bytes]) -> Iterator[Difference]:
    if SIGNATURES not in files:
        return
    try:
        found = envelope.read(files[SIGNATURES])
    except envelope.EnvelopeError as error:
        yield Difference(SIGNATURES, f"is no envelope of signatures: {error}")
        return
    if found.payload != files[STATEMENT]:
        yield Difference(SIGNATURES, f"signs another statement than {STATEMENT}")
    if found.kind != envelope.PAYLOAD_TYPE:
        yield between(SIGNATURES, "payloadType", found.kind, envelope.PAYLOAD_TYPE)


def _of_subjects(said: Any, found: Mapping[str, str]) -> Iterator[Difference]:
    """Compare the digests of a statement with those of the files."""
    rows = said if isinstance(said, list) else []
    named = dict[str, str]()
    for row in rows:
        try:
            name, digest = row["name"], row["digest"]["sha256"]
            fits = row == {"name": name, "digest": {"sha256": digest}} and isinstance(digest, str)
        except (KeyError, TypeError):
            fits = False
        if not fits or not isinstance(name, str) or name in named:
            yield Difference(STATEMENT, f"names a file without its one digest: {shown(row)}")
            continue
        named[name] = digest
    for name in sorted(named.keys() - found.keys()):
        yield Difference(STATEMENT, f"names the file {shown(name)}, which is not there")
    for name, digest in found.items():
        if name not in named:
            yield Difference(name, "is there, and the statement does not name it")
        elif named[name] != digest:
            yield between(name, "its SHA-256", named[name], digest)
    if list(named) != sorted(named):
        yield Difference(STATEMENT, "names its files in another order than this suite does")


def _of_certificate(
    files: Mapping[str, bytes], result: Result, product: Product
) -> Iterator[Difference]:
    """Draw the certificate again: it must be the same, byte for byte, or there must be none."""
    drawn = certificate.page_of(files, result, product).get(CERTIFICATE)
    there = files.get(CERTIFICATE)
    if there is None and drawn is not None:
        yield Difference(CERTIFICATE, "is missing: the result can carry one")
    elif there is not None and drawn is None:
        why = "; ".join(certifying.reasons_against(result))
        yield Difference(CERTIFICATE, f"is there, and the result can carry none: {why}")
    elif there != drawn:
        yield Difference(CERTIFICATE, "does not show what the result and the statement say")


def _of_contract(result: Result, digests: Mapping[str, str]) -> Iterator[Difference]:
    judged_by = result.contract["sha256"]
    if CONTRACT in digests and digests[CONTRACT] != judged_by:
        yield between(RESULT, f"the SHA-256 of {CONTRACT}", judged_by, digests[CONTRACT])


def _between(path: str, said: Any, found: Any) -> Iterator[Difference]:
    """Compare what a statement says with what it should say, value by value."""
    if isinstance(said, dict) and isinstance(found, dict):
        for key in sorted(said.keys() | found.keys()):
            inner = f"{path}.{shown(key)[1:-1]}".lstrip(".")
            if key not in found:
                yield Difference(
                    STATEMENT, f"{inner} is there, and {RESULT} comes to no such value"
                )
            elif key not in said:
                yield Difference(STATEMENT, f"{inner} is missing")
            else:
                yield from _between(inner, said[key], found[key])
    elif isinstance(said, list) and isinstance(found, list) and len(said) == len(found):
        for number, (one, other) in enumerate(zip(said, found, strict=True)):
            yield from _between(f"{path}[{number}]", one, other)
    elif type(said) is not type(found) or said != found:
        yield between(STATEMENT, path, said, found)
