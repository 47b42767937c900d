"""user: a text of printable characters that identifies an end user."""

from conformance.cases.combinations import USER_64, covering
from conformance.cases.edge_cases import ODD_USERS
from conformance.http.exchange import Exchange
from conformance.judging.declare import sends, verifies
from conformance.judging.expect import expect


@verifies("USER-1")
@sends([covering(user="u"), covering(user=USER_64)])
def test_a_printable_user_is_accepted(exchange: Exchange) -> None:
    expect(exchange).accepted()


@verifies("USER-2")
@sends(ODD_USERS)
def test_an_odd_user_is_answered(exchange: Exchange) -> None:
    expect(exchange).answered()
