"""The causes for which a gateway answers a good request with no picture, each with whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

WHOSE_KEY = "the key"


class Reached(IntEnum):
    """How far a request came before it failed; among several forms, the furthest one tells most."""

    BEFORE = 0  # a server before the gateway answered
    DOOR = 1  # the route, the credential, a header, the client's budget
    FORM = 2
    MODEL = 3
    PROVIDER = 4


@dataclass(frozen=True)
class Cause:
    """A cause: what is wrong, whose problem it is, what to do, and how far a request comes.

    `by_form` says that it may lie in the form, however near: a gateway may end over one form alone.
    """

    problem: str
    whose: str
    what_to_do: str
    reached: Reached
    by_form: bool = False

    @property
    def is_final(self) -> bool:
        """Whether no other form of the request can fare better."""
        return self.reached <= Reached.DOOR and not self.by_form


FRONT = "the server before the gateway"
CONFIGURATION = "the gateway's configuration"
PROVIDER = "the provider behind the gateway"
EITHER = "the gateway, or the provider behind it"
HEADER = "the command line: a header that the gateway wants"
MODEL = "the model"

CHALLENGE = Cause(
    "a firewall before the gateway takes the run for a robot",
    FRONT,
    "Let this machine pass in the firewall's rules, or name the gateway's own address behind it.",
    Reached.BEFORE,
)
LOGIN = Cause(
    "a login page stands before the gateway",
    FRONT,
    "Give the cookie or token that it wants with --header, or name the gateway's own address behind it.",
    Reached.BEFORE,
)
NOBODY_BEHIND = Cause(
    "a server before the gateway gets no answer from it",
    FRONT,
    "Check that the gateway runs, and the address under which the server before it looks for it.",
    Reached.BEFORE,
    by_form=True,
)
UPSTREAM = Cause(
    "a proxy gets no connection to what is behind it: the gateway, or its provider",
    EITHER,
    "Look at the proxy's log: it names the address that it cannot reach.",
    Reached.BEFORE,
    by_form=True,
)
UPLOAD_TOO_LARGE = Cause(
    "an upload of a few kilobytes is too large for the server",
    "the gateway, or a proxy before it",
    "Raise the limit of a request's body, such as nginx's client_max_body_size, to 5 MB or more.",
    Reached.BEFORE,
)
MAINTENANCE = Cause(
    "the gateway is closed for maintenance",
    "the gateway, or a proxy before it",
    "Start the run again after the maintenance.",
    Reached.BEFORE,
)
NO_ROUTE = Cause(
    "the gateway has no route for this path",
    "the address: no such route",
    "Check the URL's prefix and --path, and the routes in the gateway's configuration.",
    Reached.DOOR,
)
NOT_OFFERED = Cause(
    "the gateway says that it does not offer the endpoint",
    "the gateway: it does not offer the endpoint",
    "Check the URL and --path. If both are right, there is nothing to judge here.",
    Reached.DOOR,
)
WANTS_HEADER = Cause(
    "the gateway wants a header that the run does not send",
    HEADER,
    "Give it with --header 'NAME: VALUE'; the gateway's answer names it.",
    Reached.DOOR,
)
WANTS_QUERY = Cause(
    "the gateway wants a parameter in the query",
    "the command line: the query of the path",
    "Add it to the path, as in --path '/v1/images/variations?NAME=VALUE'.",
    Reached.DOOR,
)
WANTS_KEY_ELSEWHERE = Cause(
    "the gateway finds no key in the request",
    WHOSE_KEY,
    "Give the key in the header that the answer names: --header 'NAME: ${VARIABLE}', and --auth none.",
    Reached.DOOR,
)
KEY_UNKNOWN = Cause(
    "the gateway does not know the key, or does not accept it any more",
    WHOSE_KEY,
    "Check the key in the variable that --api-key-env names, or make a new one in the gateway.",
    Reached.DOOR,
)
KEY_MAY_NOT = Cause(
    "the key may not use the model",
    WHOSE_KEY,
    "Allow the model for this key in the gateway, or name one with --model that it may use.",
    Reached.DOOR,
)
BUDGET = Cause(
    "the key's budget in the gateway is used up",
    WHOSE_KEY,
    "Raise the budget of the key in the gateway, or use another key.",
    Reached.DOOR,
)
STORE = Cause(
    "the gateway cannot reach its own database or cache",
    "the gateway",
    "Start the gateway's database or cache, and check its address in the gateway's configuration.",
    Reached.DOOR,
)
FORM_UNREAD = Cause(
    "the gateway does not read the form (multipart/form-data)",
    "the gateway",
    "The form holds a model and an image, as documented: see why the gateway does not find them there.",
    Reached.FORM,
)
OTHER_OPERATION = Cause(
    "the gateway asks for a prompt, which a variation has not",
    "the gateway",
    "See whether the gateway serves edits or generations under this path, and check --path.",
    Reached.FORM,
)
NO_PREFIX = Cause(
    "the gateway cannot tell from the model's name which provider it has",
    MODEL,
    "Name the model with its provider, as in --model openai/dall-e-2.",
    Reached.MODEL,
)
NO_CHANNEL = Cause(
    "the gateway has no channel for the model",
    "the model: the gateway has no channel for it",
    "Add the model to a provider in the gateway's configuration, or name another one with --model.",
    Reached.MODEL,
)
MAKES_NONE = Cause(
    "the model, or its provider, makes no variations",
    MODEL,
    "Name a model that makes variations with --model, as in openai/dall-e-2.",
    Reached.MODEL,
)
PROVIDERS_KEY = Cause(
    "the provider refuses the key that the gateway gives it",
    "the provider's key in the gateway's configuration",
    "Set the provider's key in the gateway; if the gateway passes on the client's, check --api-key-env.",
    Reached.PROVIDER,
)
ACCOUNT = Cause(
    "the account at the provider has no credit left, or is not allowed to do this",
    "the account at the provider",
    "See to the account's billing, limits and verification at the provider.",
    Reached.PROVIDER,
)
BASE_URL = Cause(
    "the gateway asks its provider for a path that it does not have",
    CONFIGURATION,
    "Check the base url of the provider in the gateway: /v1 may be missing, or be there twice.",
    Reached.PROVIDER,
)
PAGE = Cause(
    "the gateway's provider answers with a page of HTML instead of JSON",
    CONFIGURATION,
    "Check the base url of the provider in the gateway: a website may answer there, and no API.",
    Reached.PROVIDER,
)
CERTIFICATE = Cause(
    "the gateway does not trust the provider's certificate",
    CONFIGURATION,
    "Let the gateway trust the authority of its provider's certificate, and check the provider's address.",
    Reached.PROVIDER,
)
UNREACHABLE = Cause(
    "the gateway gets no answer from its provider",
    PROVIDER,
    "Check the provider's address in the gateway, and whether the gateway's machine can reach it.",
    Reached.PROVIDER,
)
POLICY = Cause(
    "the provider refuses the picture for its content",
    PROVIDER,
    "Give a picture that the provider accepts with --image.",
    Reached.PROVIDER,
)
OVERLOADED = Cause(
    "the provider is overloaded, or limits the gateway",
    PROVIDER,
    "Wait, or raise the limits of the account at the provider.",
    Reached.PROVIDER,
)
