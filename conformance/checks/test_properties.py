"""Property tests: cases that the seed draws from the contract, each under its requirement.

A check judges a case by the bytes that were sent. It shrinks a failing case to the smallest form
that still fails, and charges the requirement that this form breaks. To send one case again, give
the same seed and `--check "property: n=21"`.
"""

from conformance.cases.generated.generation import cases
from conformance.cases.spec import Spec
from conformance.contract.profiles import Profile
from conformance.http.exchange import Exchange
from conformance.judging.bulk import Bulk
from conformance.judging.counterexample import Counterexamples
from conformance.judging.declare import Check, sends, verifies

# A requirement, the smallest profile that draws for it, and the name of its check. Each becomes a
# function below, since pytest and the reports know a check by its function.
DRAWN: tuple[tuple[str, Profile, str], ...] = (
    ("N-2", "core", "an_integer_out_of_range_is_refused"),
    ("N-3", "core", "a_near_miss_of_a_number_is_refused"),
    ("N-4", "core", "a_fraction_is_refused"),
    ("N-5", "core", "another_notation_of_a_number_is_refused"),
    ("N-6", "full", "an_n_that_servers_read_differently_is_answered"),
    ("SIZE-2", "core", "a_near_miss_of_a_size_is_refused"),
    ("SIZE-3", "core", "a_size_with_white_space_is_refused"),
    ("SIZE-4", "full", "a_size_with_what_does_not_print_is_answered"),
    ("FORMAT-6", "core", "a_near_miss_of_a_format_is_refused"),
    ("FORMAT-7", "full", "a_format_with_what_does_not_print_is_answered"),
    ("USER-2", "full", "any_text_in_user_is_answered"),
    ("MODEL-2", "full", "a_model_without_a_half_is_refused"),
    ("MODEL-3", "full", "any_text_in_model_is_answered"),
    ("IMAGE-5", "full", "a_near_miss_of_a_field_name_is_not_the_image"),
    ("IMAGE-8", "full", "text_in_the_file_is_refused"),
    ("ROBUST-1", "full", "an_unknown_field_is_answered"),
)
# The same for the further examples of `--examples`.
FURTHER: tuple[tuple[str, Profile, str], ...] = (
    ("N-2", "full", "further_integers_out_of_range_are_refused"),
    ("N-3", "full", "further_near_misses_of_numbers_are_refused"),
    ("N-4", "full", "further_fractions_are_refused"),
    ("N-5", "full", "further_other_notations_of_numbers_are_refused"),
    ("SIZE-2", "full", "further_near_misses_of_sizes_are_refused"),
    ("SIZE-3", "full", "further_sizes_with_white_space_are_refused"),
    ("FORMAT-6", "full", "further_near_misses_of_formats_are_refused"),
    ("MODEL-2", "full", "further_models_without_a_half_are_refused"),
    ("IMAGE-5", "full", "further_near_misses_of_field_names_are_refused"),
    ("IMAGE-8", "full", "further_texts_in_the_file_are_refused"),
)


def drawn(requirement: str, profile: Profile, of: str) -> Check:
    """Return the check that judges each case that is drawn for a requirement."""

    @verifies(requirement, profile=profile, property_case=True)
    @sends(cases(of))
    def check(exchange: Exchange, spec: Spec, counterexamples: Counterexamples) -> None:
        counterexamples.judge(exchange, spec)

    return check


def further(requirement: str, profile: Profile) -> Check:
    """Return the check that judges a requirement's share of the further examples."""

    @verifies(requirement, profile=profile, bulk=True)
    def check(bulk: Bulk) -> None:
        bulk.judge(requirement)

    return check


for _id, _profile, _sentence in DRAWN:
    globals()[f"test_{_sentence}"] = drawn(_id, _profile, _id)

test_a_form_that_the_contract_allows_is_accepted = drawn("MEDIA-1", "full", "whole")

for _id, _profile, _sentence in FURTHER:
    globals()[f"test_{_sentence}"] = further(_id, _profile)
