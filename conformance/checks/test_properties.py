"""Property tests: what the seed draws from the contract, each under the requirement that it is about.

A case is judged by the bytes that went out. One that fails is brought down to the smallest form
that fails like it, and charged to the requirement that this form breaks. The seed and
`--check "property: n=21"` send one case again.
"""

from conformance.cases.generated.generation import cases
from conformance.cases.spec import Spec
from conformance.http.exchange import Exchange
from conformance.judge.bulk import Bulk
from conformance.judge.counterexample import Counterexamples
from conformance.judge.declare import sends, verifies


@verifies("N-2")
@sends(cases("N-2"))
def test_an_integer_out_of_range_is_refused(
    exchange: Exchange, spec: Spec, counterexamples: Counterexamples
) -> None:
    counterexamples.judge(exchange, spec)


@verifies("N-3")
@sends(cases("N-3"))
def test_a_near_miss_of_a_number_is_refused(
    exchange: Exchange, spec: Spec, counterexamples: Counterexamples
) -> None:
    counterexamples.judge(exchange, spec)


@verifies("N-4")
@sends(cases("N-4"))
def test_a_fraction_is_refused(
    exchange: Exchange, spec: Spec, counterexamples: Counterexamples
) -> None:
    counterexamples.judge(exchange, spec)


@verifies("N-5")
@sends(cases("N-5"))
def test_another_notation_of_a_number_is_refused(
    exchange: Exchange, spec: Spec, counterexamples: Counterexamples
) -> None:
    counterexamples.judge(exchange, spec)


@verifies("N-6", profile="full")
@sends(cases("N-6"))
def test_an_n_that_servers_read_differently_is_answered(
    exchange: Exchange, spec: Spec, counterexamples: Counterexamples
) -> None:
    counterexamples.judge(exchange, spec)


@verifies("SIZE-2")
@sends(cases("SIZE-2"))
def test_a_near_miss_of_a_size_is_refused(
    exchange: Exchange, spec: Spec, counterexamples: Counterexamples
) -> None:
    counterexamples.judge(exchange, spec)


@verifies("SIZE-3")
@sends(cases("SIZE-3"))
def test_a_size_with_white_space_is_refused(
    exchange: Exchange, spec: Spec, counterexamples: Counterexamples
) -> None:
    counterexamples.judge(exchange, spec)


@verifies("SIZE-4", profile="full")
@sends(cases("SIZE-4"))
def test_a_size_with_what_does_not_print_is_answered(
    exchange: Exchange, spec: Spec, counterexamples: Counterexamples
) -> None:
    counterexamples.judge(exchange, spec)


@verifies("FORMAT-6")
@sends(cases("FORMAT-6"))
def test_a_near_miss_of_a_format_is_refused(
    exchange: Exchange, spec: Spec, counterexamples: Counterexamples
) -> None:
    counterexamples.judge(exchange, spec)


@verifies("FORMAT-7", profile="full")
@sends(cases("FORMAT-7"))
def test_a_format_with_what_does_not_print_is_answered(
    exchange: Exchange, spec: Spec, counterexamples: Counterexamples
) -> None:
    counterexamples.judge(exchange, spec)


@verifies("USER-2", profile="full")
@sends(cases("USER-2"))
def test_any_text_in_user_is_answered(
    exchange: Exchange, spec: Spec, counterexamples: Counterexamples
) -> None:
    counterexamples.judge(exchange, spec)


@verifies("MODEL-2", profile="full")
@sends(cases("MODEL-2"))
def test_a_model_without_a_half_is_refused(
    exchange: Exchange, spec: Spec, counterexamples: Counterexamples
) -> None:
    counterexamples.judge(exchange, spec)


@verifies("MODEL-3", profile="full")
@sends(cases("MODEL-3"))
def test_any_text_in_model_is_answered(
    exchange: Exchange, spec: Spec, counterexamples: Counterexamples
) -> None:
    counterexamples.judge(exchange, spec)


@verifies("IMAGE-5", profile="full")
@sends(cases("IMAGE-5"))
def test_a_near_miss_of_a_field_name_is_not_the_image(
    exchange: Exchange, spec: Spec, counterexamples: Counterexamples
) -> None:
    counterexamples.judge(exchange, spec)


@verifies("IMAGE-8", profile="full")
@sends(cases("IMAGE-8"))
def test_text_in_the_file_is_refused(
    exchange: Exchange, spec: Spec, counterexamples: Counterexamples
) -> None:
    counterexamples.judge(exchange, spec)


@verifies("ROBUST-1", profile="full")
@sends(cases("ROBUST-1"))
def test_an_unknown_field_is_answered(
    exchange: Exchange, spec: Spec, counterexamples: Counterexamples
) -> None:
    counterexamples.judge(exchange, spec)


@verifies("MEDIA-1", profile="full")
@sends(cases("whole"))
def test_a_form_that_the_contract_allows_is_accepted(
    exchange: Exchange, spec: Spec, counterexamples: Counterexamples
) -> None:
    counterexamples.judge(exchange, spec)


@verifies("N-2", profile="full")
def test_further_integers_out_of_range_are_refused(further: Bulk) -> None:
    further.judge("N-2")


@verifies("N-3", profile="full")
def test_further_near_misses_of_numbers_are_refused(further: Bulk) -> None:
    further.judge("N-3")


@verifies("N-4", profile="full")
def test_further_fractions_are_refused(further: Bulk) -> None:
    further.judge("N-4")


@verifies("N-5", profile="full")
def test_further_other_notations_of_numbers_are_refused(further: Bulk) -> None:
    further.judge("N-5")


@verifies("SIZE-2", profile="full")
def test_further_near_misses_of_sizes_are_refused(further: Bulk) -> None:
    further.judge("SIZE-2")


@verifies("SIZE-3", profile="full")
def test_further_sizes_with_white_space_are_refused(further: Bulk) -> None:
    further.judge("SIZE-3")


@verifies("FORMAT-6", profile="full")
def test_further_near_misses_of_formats_are_refused(further: Bulk) -> None:
    further.judge("FORMAT-6")


@verifies("MODEL-2", profile="full")
def test_further_models_without_a_half_are_refused(further: Bulk) -> None:
    further.judge("MODEL-2")


@verifies("IMAGE-5", profile="full")
def test_further_near_misses_of_field_names_are_refused(further: Bulk) -> None:
    further.judge("IMAGE-5")


@verifies("IMAGE-8", profile="full")
def test_further_texts_in_the_file_are_refused(further: Bulk) -> None:
    further.judge("IMAGE-8")
