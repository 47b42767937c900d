"""The models behind the gateway: which there are, and which of them always fail."""

from __future__ import annotations

from conformance.reference.values import Fault, Refused, refuse

MODELS = {
    "openai": ("dall-e-2", "gpt-image-1", "always-fails"),
    "acme": ("studio", "always-fails"),
}
FAILING = "always-fails"
# A stand-in provider fails on order by such names.
FAULTS = "fault-"


def known_model(model: str) -> str:
    """Return the model's identifier where a provider has it, or refuse it."""
    provider, _, name = model.partition("/")
    if provider not in MODELS:
        raise refuse("no such provider", "model", code="unknown_provider")
    if name not in MODELS[provider] and not name.startswith(FAULTS):
        raise refuse("the provider has no such model", "model", status=404, code="model_not_found")
    return model


def ask_provider(model: str) -> None:
    """Have a model's provider make the pictures; the demonstration ones fail or cost nothing.

    What fails on order at a provider fails here too, where there is none.
    """
    provider, _, name = model.partition("/")
    if name == FAILING or name.startswith(FAULTS):
        raise Refused(
            Fault(
                status=502,
                message="the provider could not be reached",
                code="provider_unavailable",
                type="provider_error",
                provider=provider,
                model=model,
                by_provider=True,
            )
        )


def in_order(model: str, fallbacks: tuple[str, ...]) -> tuple[str, ...]:
    """Return the models to try, one after the other: the primary, then its fallbacks."""
    return (model, *fallbacks)
