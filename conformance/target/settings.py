"""Settings, each declared once: flag, environment variable and key of `conformance.toml`.

The setting `max-images` is `--max-images`, `CONFORMANCE_MAX_IMAGES` and `max-images = …`; the
flag wins over the variable, the variable over the file.
"""

from __future__ import annotations

from conformance.contract.profiles import PROFILES
from conformance.http.fallback_encodings import ENCODINGS
from conformance.target.setting import Setting
from conformance.target.watching import WATCHING

CONFIG_FILE = "conformance.toml"
SECRET_VARIABLE = "CONFORMANCE_API_KEY"  # noqa: S105 - the name of a variable
KEY_PASSWORD_VARIABLE = "CONFORMANCE_CLIENT_KEY_PASSWORD"  # noqa: S105 - the name of a variable
# What commits the evidence to the secrets that were taken out of it (docs/verify.md).
DISCLOSURE_VARIABLE = "CONFORMANCE_DISCLOSURE_KEY"
# Set by a developer who wants to see where the suite itself failed.
TRACEBACK_VARIABLE = "CONFORMANCE_TRACEBACK"


DECLARATIONS = {
    "catch-all-model": "every model name is routed to some model",
    "raw-echo": "raw_request and raw_response are switched on for the credential used",
    "separate-tenants": "the credentials belong to tenants that must not share a cache",
    "key-passed-on": "the client's key is the provider's, and is sent on on purpose",
    "listener-reachable": "the gateway can reach the address given with --listen",
}

SETTINGS = (
    Setting("path", "path that is appended to URL", default="/v1/images/variations"),
    Setting("model", "model to ask for", default="openai/dall-e-2", metavar="P/M"),
    Setting("failing-model", "a model that always fails, for the fallbacks", metavar="P/M"),
    Setting(
        "api-key-env",
        "variable that holds a credential; repeat it for credentials of other kinds. KIND= may"
        " stand before it: virtual-key, virtual-key-jwt, admin-jwt"
        f" (default: {SECRET_VARIABLE})",
        kind="list",
        metavar="[KIND=]NAME",
        many=True,
    ),
    Setting("other-tenant-key-env", "variable with another tenant's credential", metavar="NAME"),
    Setting("expired-key-env", "variable with an expired JWT", metavar="NAME"),
    Setting("auth", "how the gateway authenticates", default="bearer", choices=("bearer", "none")),
    Setting(
        "header",
        "header to add to each request; ${NAME} in it is taken from the environment",
        kind="list",
        metavar="'Name: value'",
        many=True,
    ),
    Setting(
        "ca",
        "file with certificates (PEM) of authorities to trust beside those of the system",
        metavar="FILE",
    ),
    Setting("client-cert", "certificate (PEM) to show to the gateway", metavar="FILE"),
    Setting(
        "client-key",
        "private key (PEM) of --client-cert, if that file does not hold it; a password is taken from"
        f" {KEY_PASSWORD_VARIABLE}",
        metavar="FILE",
    ),
    Setting(
        "insecure",
        "do not verify certificates; every report says so",
        kind="switch",
        default=False,
    ),
    Setting(
        "proxy",
        "HTTP proxy to send through: http://[USER:PASSWORD@]HOST:PORT; HTTPS_PROXY and its like are"
        " ignored",
        metavar="URL",
    ),
    Setting("profile", "how much to check", default="core", choices=PROFILES),
    Setting(
        "level",
        "lowest level to check; must leaves out every SHOULD",
        default="should",
        choices=("must", "should"),
    ),
    Setting("check", "check only nodes whose id contains this", kind="list", many=True),
    Setting(
        "replay",
        "judge again what read this exchange of the last run, with its seed and profile; the"
        " reports go into a folder beside the last ones",
        metavar="ID",
    ),
    Setting("requirement", "check only this requirement", kind="list", metavar="ID", many=True),
    Setting(
        "contract",
        "version of the contract whose requirements count; later ones are judged and count for"
        " nothing (default: the newest)",
        metavar="VERSION",
    ),
    Setting(
        "waivers",
        "file with known failures that are waived (default: waivers.toml beside conformance.toml, and"
        " [[waivers]] in it)",
        metavar="FILE",
    ),
    Setting(
        "accept-waivers",
        "end with exit code 0 if every MUST that fails is waived",
        kind="switch",
        default=False,
    ),
    Setting(
        "strict",
        "end with exit code 1 also if a SHOULD that counts is not met",
        kind="switch",
        default=False,
    ),
    Setting("sizes", "sizes that the model can make, by commas", kind="list", metavar="A,B"),
    Setting("max-n", "the most pictures that the model makes at once", kind="integer", least=1),
    Setting("image", "picture to send instead of generated ones", metavar="FILE"),
    Setting("no-fetch", "do not fetch the urls of answers", kind="switch", default=False),
    Setting(
        "fetch-from",
        "where the urls of answers may lead beside public addresses and the gateway's own host: a"
        " host, with or without a port, or a network",
        kind="list",
        metavar="HOST[:PORT]|NET",
        many=True,
    ),
    Setting(
        "fallbacks-encoding",
        "how the gateway takes fallbacks in a form (default: find out)",
        choices=tuple(ENCODINGS),
    ),
    Setting(
        "declare",
        "something that the gateway is known to do: " + ", ".join(DECLARATIONS),
        kind="list",
        choices=tuple(DECLARATIONS),
        many=True,
    ),
    Setting(
        "listen",
        "address to listen on for requests that no gateway should make",
        metavar="HOST:PORT",
    ),
    Setting(
        "observe",
        "play the provider at this address, and judge what the gateway sends there; its provider's"
        " base url points here. A port alone means 127.0.0.1",
        metavar="HOST:PORT",
    ),
    Setting(
        "provider-checks",
        "with --observe: strict refuses what OpenAI's API refuses, lenient serves any n, size, format"
        " and picture, and so shows what the gateway leaves to its provider",
        default="strict",
        choices=("strict", "lenient"),
    ),
    Setting("deployment", "name of --model at the provider, where the gateway has another one"),
    Setting(
        "concurrency",
        "requests in flight at once; auto takes as many as go well",
        kind="integer",
        default=4,
        least=1,
        words=("auto",),
        metavar="N|auto",
    ),
    Setting(
        "rate",
        "requests that the gateway takes in a time: 1/s, 60/min, 1000/h (default: as many as go"
        " well; after a 429 the run learns it)",
        kind="rate",
        metavar="N/s",
    ),
    Setting(
        "timeout", "seconds that one exchange may take", kind="number", default=60.0, least=0.1
    ),
    Setting(
        "max-time",
        "how long the run may take: 90s, 20m, 2h; what has no answer then is untestable (default: in"
        " proportion to the plan and to how quickly the gateway answers, from 5 min on)",
        kind="duration",
        metavar="T",
    ),
    Setting("max-images", "the most pictures to spend: a hard cap", kind="integer", least=0),
    Setting(
        "seed",
        "seed of everything that is drawn, pictures included; the same seed repeats a run (default:"
        " a new one, which the reports name)",
        kind="integer",
        least=0,
    ),
    Setting(
        "challenge",
        "a text of 16 to 200 characters, drawn by whoever certifies, that makes the seed: nobody can"
        " have recorded answers for it; in the place of --seed",
        metavar="NONCE",
    ),
    Setting(
        "user-agent",
        "User-Agent of all requests to the gateway, in the place of the suite's own",
        metavar="TEXT",
    ),
    Setting(
        "shard",
        "judge only the I-th of N parts of the checks; `conformance merge` puts all N together",
        metavar="I/N",
    ),
    Setting(
        "examples",
        "property cases in the full profile (default: about 140); more of them ask only what must"
        " be refused, and cost no pictures",
        kind="integer",
        least=1,
    ),
    Setting("report-dir", "folder to write the reports to", default="reports", metavar="DIR"),
    Setting(
        "against",
        "compare with an earlier result: a report folder, a result.json or a bundle",
        metavar="DIR",
    ),
    Setting(
        "fail-on",
        "with --against: exit with 1 if a requirement got worse; with lost, also if one that passed"
        " could not be tested any more",
        choices=("worse", "lost"),
    ),
    Setting(
        "only-regressions",
        "with --fail-on: a nonconformant run exits with 0 if it fails nothing that --fail-on names",
        kind="switch",
        default=False,
    ),
    *WATCHING,
)

# Tables of the configuration file that other commands than `run` read.
TABLES = ("product",)
BY_NAME = {s.name: s for s in SETTINGS}
