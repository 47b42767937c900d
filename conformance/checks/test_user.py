"""user: a text that identifies somebody, of any printable characters."""

from conformance.combinations import USER_64, covering
from conformance.exchange import Exchange
from conformance.expect import expect
from conformance.judging import sends, verifies
from conformance.oddities import ODD_USERS


@verifies("USER-1")
@sends([covering(user="u"), covering(user=USER_64)])
def test_a_printable_user_is_accepted(exchange: Exchange) -> None:
    expect(exchange).accepted()


@verifies("USER-2")
@sends(ODD_USERS)
def test_an_odd_user_is_answered(exchange: Exchange) -> None:
    expect(exchange).answered()
