"""Models that no gateway serves: one of a provider that is known, and one of a provider that is not."""

from __future__ import annotations

from dataclasses import replace

from conformance.cases.spec import DRAWN, PLAIN, fault, variation
from conformance.provider.faults import UNKNOWN

UNKNOWN_PROVIDER = f"{UNKNOWN}provider-{DRAWN}/dall-e-2"
UNKNOWN_MODEL = f"{{model.provider}}/{UNKNOWN}model-{DRAWN}"

# Each has a picture of its own, so that no cache without the model in its key can answer it.
OF_UNKNOWN_PROVIDER = replace(
    fault(variation("unknown provider", model=UNKNOWN_PROVIDER), control=PLAIN),
    picture="unknown provider",
)
OF_UNKNOWN_MODEL = replace(
    fault(variation("unknown model", model=UNKNOWN_MODEL), control=PLAIN),
    picture="unknown model",
)
# The gateway has just served the plain request with this picture.
JUST_SERVED = replace(
    fault(variation("the plain request for an unknown model", model=UNKNOWN_MODEL), control=PLAIN),
    same_picture_as=PLAIN,
    after=PLAIN,
)
