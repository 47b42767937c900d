"""The models behind the gateway: which there are, and which of them always fail."""

from __future__ import annotations

from conformance.reference.values import Fault, Refused, refuse

MODELS = {
    "openai": ("dall-e-2", "gpt-image-1", "always-fails"),
    "acme": ("studio", "always-fails"),
}
FAILING = "always-fails"
# A stand-in provider fails for models with such names, and so does the gateway without one.
FAULTS = "fault-"


def known_model(model: str) -> str:
    """Return the model's identifier if a provider has the model, or refuse it."""
    provider, _, name = model.partition("/")
    if provider not in MODELS:
        raise refuse("no such provider", "model", code="unknown_provider")
    if name not in MODELS[provider] and not name.startswith(FAULTS):
        raise refuse("the provider has no such model", "model", status=404, code="model_not_found")
    return model


def ask_provider(model: str) -> None:
    """Ask the model's provider, where the gateway draws the pictures itself.

    Raises:
        Refused: the model is one that always fails.
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
