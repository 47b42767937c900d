from __future__ import annotations

import base64
import json
import time
from typing import Any

import httpx
import pytest

from conformance.contract import contract
from conformance.reference import fields
from conformance.reference.behaviour import Behaviour
from conformance.reference.gateway import ROUTE

from .asking import DEMO, FAILING, MODEL, PICTURE, error, picture, pixels

CONTRACT = contract.load()


def post(client: httpx.Client, content: bytes = PICTURE, /, **given: Any) -> httpx.Response:
    data = {"model": MODEL, **given}
    return client.post(ROUTE, data=data, files={"image": ("picture.png", content, "image/png")})


def test_a_success_has_every_documented_key(client: httpx.Client) -> None:
    reply = post(client, picture(1), n="2", size="256x256", user="zoë")
    told = reply.json()
    assert reply.status_code == 200
    assert reply.headers["server"] == "conformance-reference"
    assert told["id"] != post(client, picture(2)).json()["id"]
    assert abs(told["created"] - time.time()) < 60
    assert told["model"] == MODEL
    assert told["size"] == "256x256"
    assert told["output_format"] == "png"
    assert [item["index"] for item in told["data"]] == [0, 1]
    usage = told["usage"]
    assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]
    for side in ("input", "output"):
        assert usage[f"{side}_tokens"] == sum(usage[f"{side}_tokens_details"].values())
    extra = told["extra_fields"]
    assert extra["provider"] == "openai"
    assert extra["model_requested"] == MODEL
    assert extra["chunk_index"] == 0
    assert "cache_debug" not in extra


def test_a_url_serves_a_variation_to_anybody(client: httpx.Client, base_url: str) -> None:
    items = post(client, picture(3), n="2", size="1792x1024").json()["data"]
    served = [httpx.get(item["url"], trust_env=False) for item in items]
    assert all(item["url"].startswith(base_url) for item in items)
    assert [one.headers["content-type"] for one in served] == ["image/png"] * 2
    assert [pixels(one.content) for one in served] == [(1792, 1024)] * 2
    assert served[0].content != served[1].content != picture(3)
    error(httpx.get(f"{base_url}/files/none.png", trust_env=False))


@pytest.mark.parametrize("size", fields.SIZES)
def test_pictures_have_the_pixels_of_each_size(client: httpx.Client, size: str) -> None:
    told = post(client, picture(4), size=size, response_format="b64_json").json()
    made = pixels(base64.b64decode(told["data"][0]["b64_json"], validate=True))
    asked = (512, 512) if size == "auto" else tuple(int(n) for n in size.split("x"))
    assert made == asked
    assert told["size"] == f"{made[0]}x{made[1]}"
    assert "url" not in told["data"][0]


@pytest.mark.parametrize("n", range(1, 11))
def test_n_gives_that_many_items(client: httpx.Client, n: int) -> None:
    assert len(post(client, n=str(n)).json()["data"]) == n


REFUSED = [
    (
        "n",
        ["0", "11", "-1", "1.5", "abc", "", " 2", "+2", "02", "2.0", "1_0", "0x2", "²", "9" * 5000],
    ),
    ("size", ["", "256X256", "256x256 ", "300x300", "AUTO", "256x256\n", "null"]),
    ("response_format", ["", "URL", "b64", "url ", "null"]),
    ("user", ["a\x00b", "a\r\nb", "u" * 1025]),
    ("model", ["", "x", "/x", "x/", "nobody/x", "openai/none", "a/b/c", "openai/dall-e-2\n"]),
    ("fallbacks", ["", "5", "[5]", '{"provider":"openai"}', "[", "[" * 100_000, '[{"model":1}]']),
]


@pytest.mark.parametrize(("name", "value"), [(name, v) for name, vs in REFUSED for v in vs])
def test_a_faulty_field_is_refused_by_name(client: httpx.Client, name: str, value: str) -> None:
    reply = post(client, **{name: value})
    assert reply.status_code in (400, 404)
    assert error(reply)["error"]["param"] == name


@pytest.mark.parametrize("data", [{}, {"model": MODEL}])
def test_a_missing_field_is_refused_by_name(client: httpx.Client, data: dict[str, str]) -> None:
    files = {} if "model" in data else {"image": ("p.png", PICTURE, "image/png")}
    reply = client.post(ROUTE, data=data, files=files or {"other": ("p.png", PICTURE, "image/png")})
    assert error(reply)["error"]["param"] == ("image" if "model" in data else "model")


def test_unknown_fields_and_stream_are_ignored(client: httpx.Client) -> None:
    assert post(client, stream="true", x_unknown="1").headers["content-type"] == "application/json"


def test_of_a_repeated_field_the_last_one_counts(client: httpx.Client) -> None:
    assert len(post(client, n=["9", "2"]).json()["data"]) == 2


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_other_kinds_of_pictures_are_accepted(client: httpx.Client, kind: str) -> None:
    assert post(client, picture(5, (300, 200), kind)).status_code == 200


@pytest.mark.parametrize(
    "content", [b"", b"no picture", PICTURE[: len(PICTURE) // 2], b"<svg xmlns='x'/>", b"\x89PNG"]
)
def test_a_file_that_is_no_picture_is_refused(client: httpx.Client, content: bytes) -> None:
    assert error(post(client, content))["error"]["param"] == "image"


def test_several_images_give_n_items(client: httpx.Client) -> None:
    files = [("image[]", (f"{i}.png", picture(i), "image/png")) for i in range(3)]
    assert len(client.post(ROUTE, data={"model": MODEL, "n": "2"}, files=files).json()["data"]) == 2


@pytest.mark.parametrize("token", [DEMO.virtual_key, DEMO.virtual_key_jwt, DEMO.admin_jwt])
def test_each_kind_of_credential_is_accepted(client: httpx.Client, token: str) -> None:
    client.headers["authorization"] = f"bearer {token}"
    assert post(client).status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        f"Basic {DEMO.virtual_key}",
        f"Bearer {DEMO.virtual_key[:-1]}",
        f"Bearer {DEMO.virtual_key}x",
        f"Bearer {DEMO.virtual_key} x",
        "Bearer sk-bf-unknown",
        f"Bearer {DEMO.expired_jwt}",
        f"Bearer {DEMO.admin_jwt[:-1]}",
        f"Bearer {DEMO.admin_jwt.rpartition('.')[0]}.",
        "Bearer a.b.c",
    ],
)
def test_a_bad_credential_is_refused_and_not_repeated(base_url: str, header: str) -> None:
    headers = {"Authorization": header, "X-Other": DEMO.virtual_key} if header else {}
    with httpx.Client(base_url=base_url, headers=headers, trust_env=False) as client:
        reply = post(client)
        assert reply.status_code == 401
        assert reply.headers["www-authenticate"].startswith("Bearer")
        assert not header or header[7:] not in error(reply)["error"]["message"] or not header[7:]


def test_a_key_in_the_query_is_no_credential(base_url: str) -> None:
    url = f"{base_url}{ROUTE}?api_key={DEMO.virtual_key}"
    files = {"image": ("p.png", PICTURE, "image/png")}
    assert httpx.post(url, data={"model": MODEL}, files=files, trust_env=False).status_code == 401


def test_a_repeated_request_is_a_hit_for_the_same_tenant_only(client: httpx.Client) -> None:
    first, again = post(client, picture(6)), post(client, picture(6))
    debug = again.json()["extra_fields"]["cache_debug"]
    assert again.json()["id"] == first.json()["id"]
    assert debug["cache_hit"] is True
    assert debug["cache_id"]
    assert debug["hit_type"] == "direct"
    for changed in (post(client, picture(7)), post(client, picture(6), n="2")):
        assert "cache_debug" not in changed.json()["extra_fields"]
    client.headers["authorization"] = f"Bearer {DEMO.other_tenant_key}"
    assert "cache_debug" not in post(client, picture(6)).json()["extra_fields"]


STUDIO = {"provider": "acme", "model": "studio"}
ENCODINGS: dict[str, list[tuple[str, str]]] = {
    "one array": [("fallbacks", json.dumps([STUDIO]))],
    "objects": [("fallbacks", json.dumps(STUDIO))],
    "names": [("fallbacks", "acme/studio")],
    "bracketed": [("fallbacks[]", json.dumps(STUDIO))],
    "bracketed names": [("fallbacks[]", "acme/studio")],
    "keys": [("fallbacks[][provider]", "acme"), ("fallbacks[][model]", "studio")],
    "indexed": [("fallbacks[0][provider]", "acme"), ("fallbacks[0][model]", "studio")],
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_fallback_serves_when_the_primary_fails(client: httpx.Client, encoding: str) -> None:
    given = {name: [value] for name, value in ENCODINGS[encoding]}
    assert post(client, **given).json()["model"] == MODEL
    told = post(client, model=FAILING, **given).json()
    assert told["model"] == "acme/studio"
    assert told["extra_fields"]["provider"] == "acme"


def test_fallbacks_are_tried_in_order(client: httpx.Client) -> None:
    told = post(client, model=FAILING, fallbacks=["acme/always-fails", "acme/studio", MODEL]).json()
    assert told["model"] == "acme/studio"


def test_when_all_models_fail_the_provider_is_named(client: httpx.Client) -> None:
    reply = post(client, model=FAILING, fallbacks="acme/always-fails")
    assert reply.status_code == 502
    assert error(reply)["extra_fields"]["provider"] == "acme"


def test_other_methods_are_not_allowed(client: httpx.Client) -> None:
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        reply = client.request(method, ROUTE)
        error(reply)
        assert reply.status_code == 405
        assert reply.headers["allow"] == "POST"


def test_unknown_paths_are_not_found(client: httpx.Client) -> None:
    reply = client.post("/v1/images/variations/")
    error(reply)
    assert reply.status_code == 404
    assert client.get("/").json()["gateway"] == "conformance-reference"


def test_the_gateway_knows_what_the_contract_says() -> None:
    correct = Behaviour()
    assert tuple(CONTRACT.sizes) == fields.SIZES
    assert (correct.n_min, correct.n_max) == (CONTRACT.n_min, CONTRACT.n_max)
    assert correct.default_format == "url"
