"""What gateways, proxies and providers answer, and whose problem each answer tells of."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.http.said import said
from conformance.run.whose.find import cause_of, furthest

SENT = {
    "openai/dall-e-2": "«model»",
    "dall-e-2": "«model»",
    "openai": "«provider»",
    "/v1/images/variations": "«path»",
}
HTML = "<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"


def openai(message: str, **more: Any) -> str:
    return json.dumps({"error": {"message": message, **more}})


def detail(*place: str, msg: str = "Field required") -> str:
    return json.dumps({"detail": [{"type": "missing", "loc": place, "msg": msg, "input": None}]})


# The kind of gateway, its status, its body, whose it is, and a fragment of what to do.
TABLE = [
    ("bifrost, no virtual key", 401, openai("virtual key is required. Provide a virtual key via the x-bf-vk header.", type="virtual_key_required"), "the key", "in the header"),
    ("bifrost, unknown virtual key", 401, openai("Virtual key not found"), "the key", "--api-key-env"),
    ("bifrost, budget", 402, json.dumps({"type": "budget_exceeded", "error": {"message": "exceeded"}}), "the key", "Raise the budget"),
    ("bifrost, model blocked", 403, openai("Model 'dall-e-2' is not allowed for this virtual key", type="model_blocked"), "the key", "Allow the model"),
    ("bifrost, no keys", 400, openai("no keys found that support model: dall-e-2"), "no channel", "Add the model"),
    ("bifrost, no prefix", 400, openai("could not auto resolve a provider for the request, please specify a provider explicitly"), "the model", "with its provider"),
    ("bifrost, operation", 400, openai("image variation is not supported by bedrock provider", code="unsupported_operation"), "the model", "makes variations"),
    ("bifrost, network", 500, openai("network error occurred while connecting to provider API (DNS lookup, connection refused, etc.)"), "provider behind", "provider's address"),
    ("one-api, no channel", 503, openai("当前分组 default 下对于模型 dall-e-2 无可用渠道 (request id: 2026)", type="one_api_error"), "no channel", "Add the model"),
    ("one-api, form unread", 503, openai("当前分组 default 下对于模型  无可用渠道 (request id: 2026)", type="one_api_error"), "the gateway", "The form holds a model"),
    ("new-api, no channel", 503, openai("No available channel for model dall-e-2 under group default (distributor)", code="model_not_found"), "no channel", "--model"),
    ("new-api, form unread", 503, openai("No available channel for model  under group default (distributor)", code="model_not_found"), "the gateway", "The form holds a model"),
    ("new-api, not implemented", 501, openai("API not implemented", code="api_not_implemented"), "does not offer", "Check the URL"),
    ("new-api, quota of the token", 403, openai("该令牌额度已用尽", code="pre_consume_token_quota_failed"), "the key", "Raise the budget"),
    ("new-api, expired token", 401, openai("该令牌已过期"), "the key", "--api-key-env"),
    ("litellm, unknown model", 400, openai("/images/variations: Invalid model name passed in model=dall-e-2. Call `/v1/models` to view available models for your key."), "no channel", "Add the model"),
    ("litellm, form unread", 400, openai("/images/variations: Invalid model name passed in model=None. Call `/v1/models` to view available models for your key."), "the gateway", "The form holds a model"),
    ("litellm, key without the model", 401, openai("key not allowed to access model. This key can only access models=['x']", type="key_model_access_denied"), "the key", "Allow the model"),
    ("litellm, provider not named", 400, openai("litellm.BadRequestError: LLM Provider NOT provided. Pass in the LLM provider you are trying to call."), "the model", "with its provider"),
    ("litellm, provider's key", 401, openai("litellm.AuthenticationError: AuthenticationError: OpenAIException - Incorrect API key provided: sk-ab***yz."), "the provider's key", "Set the provider's key"),
    ("litellm, the provider's limit", 429, openai("litellm.RateLimitError: RateLimitError: OpenAIException - Rate limit reached for images per minute"), "provider behind", "Wait"),
    ("litellm, database", 503, openai("Can't reach database server at `db`:`5432`"), "the gateway", "database"),
    ("portkey, header", 400, json.dumps({"status": "failure", "message": "Either x-portkey-config or x-portkey-provider header is required"}), "a header", "--header"),
    ("envoy ai gateway, model", 404, "No matching route found. It is likely because the model specified in your request is not configured in the Gateway.", "no channel", "Add the model"),
    ("envoy, upstream", 503, "upstream connect error or disconnect/reset before headers. reset reason: connection refused", "the gateway, or the provider", "proxy's log"),
    ("azure api management, no key", 401, json.dumps({"statusCode": 401, "message": "Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API."}), "a header", "--header"),
    ("azure, provider's key", 401, openai("Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key."), "the provider's key", "Set the provider's key"),
    ("azure, deployment", 404, openai("The API deployment for this resource does not exist.", code="DeploymentNotFound"), "no channel", "Add the model"),
    ("kong, no route", 404, json.dumps({"message": "no Route matched with those values"}), "no such route", "--path"),
    ("kong, no key", 401, json.dumps({"message": "No API key found in request"}), "the key", "in the header"),
    ("kong, upstream", 503, json.dumps({"message": "failure to get a peer from the ring-balancer"}), "the gateway, or the provider", "proxy's log"),
    ("cloudflare, challenge", 403, HTML.format("Just a moment..."), "before the gateway", "firewall"),
    ("cloudflare, origin down", 521, HTML.format("example.org | 521: Web server is down"), "before the gateway", "gateway runs"),
    ("nginx, too large", 413, HTML.format("413 Request Entity Too Large"), "a proxy before it", "client_max_body_size"),
    ("nginx, bad gateway", 502, HTML.format("502 Bad Gateway"), "before the gateway", "gateway runs"),
    ("nginx, time-out", 504, HTML.format("504 Gateway Time-out"), "before the gateway", "gateway runs"),
    ("haproxy, no server", 503, "<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>", "before the gateway", "gateway runs"),
    ("a maintenance page", 503, HTML.format("Down for maintenance"), "a proxy before it", "after the maintenance"),
    ("a login page", 200, HTML.format("Sign in to your account"), "before the gateway", "--header"),
    ("a page with a password", 200, "<!DOCTYPE html><title>Acme</title><input type='password'>", "before the gateway", "--header"),
    ("fastapi, header", 422, detail("header", "x-tenant"), "a header", "--header"),
    ("fastapi, form unread", 422, detail("body", "image"), "the gateway", "The form holds a model"),
    ("fastapi, another operation", 422, detail("body", "prompt"), "the gateway", "prompt|generations"),
    ("fastapi, query", 422, detail("query", "api-version"), "the query", "--path"),
    ("go, JSON expected", 400, openai("invalid character '-' in numeric literal"), "the gateway", "The form holds a model"),
    ("node, JSON expected", 400, json.dumps({"error": "Unexpected token '-', \"------form\"... is not valid JSON"}), "the gateway", "The form holds a model"),
    ("a gateway of JSON", 400, openai("Invalid Content-Type header (multipart/form-data), expected application/json"), "the gateway", "The form holds a model"),
    ("a gateway without multipart", 415, "", "the gateway", "The form holds a model"),
    ("go, provider down", 502, openai('Post "http://10.0.0.1:443/v1": dial tcp 10.0.0.1:443: connect: connection refused'), "provider behind", "provider's address"),
    ("go, provider's certificate", 500, openai("tls: failed to verify certificate: x509: certificate signed by unknown authority"), "configuration", "trust the authority"),
    ("node, provider unknown", 500, json.dumps({"message": "getaddrinfo ENOTFOUND api.openai.example"}), "provider behind", "provider's address"),
    ("node, the gateway's cache", 500, json.dumps({"message": "connect ECONNREFUSED 127.0.0.1:6379"}), "the gateway", "database or cache"),
    ("openai, no credit", 429, openai("You exceeded your current quota, please check your plan and billing details.", code="insufficient_quota"), "the account", "billing"),
    ("openai, hard limit", 400, openai("Billing hard limit has been reached", code="billing_hard_limit_reached"), "the account", "billing"),
    ("openai, other model", 400, openai("Invalid value: 'gpt-image-1'. Value must be 'dall-e-2'.", param="model"), "the model", "makes variations"),
    ("openai, verification", 403, openai("Your organization must be verified to use the model `gpt-image-1`."), "the account", "verification"),
    ("openai, key", 401, openai("Incorrect API key provided: sk-ab***yz. You can find your API key at https://platform.openai.com/account/api-keys.", code="invalid_api_key"), "the provider's key", "Set the provider's key"),
    ("openai, policy", 400, openai("Your request was rejected as a result of our safety system.", code="content_policy_violation"), "provider behind", "--image"),
    ("openai, /v1 twice", 404, openai("Invalid URL (POST /v1/v1/images/variations)", code="unknown_url"), "configuration", "base url"),
    ("a provider's website", 500, json.dumps({"error": "invalid character '<' looking for beginning of value"}), "configuration", "website"),
    ("openrouter, no credits", 402, openai("Insufficient credits. Add more using the page on credits", code=402), "the key", "Raise the budget"),
    ("openrouter, no endpoint", 404, openai("No endpoints found for dall-e-2.", code=404), "no channel", "Add the model"),
    ("litellm, other provider", 500, openai("Unsupported provider: vertex_ai for image variations"), "the model", "makes variations"),
    ("kong's AI proxy, no variations", 400, openai("image variations not supported by model"), "the model", "makes variations"),
    ("amazon api gateway, no route", 403, json.dumps({"message": "Missing Authentication Token"}), "no such route", "--path"),
    ("traefik, nobody behind", 502, "Bad Gateway", "the gateway, or the provider", "proxy's log"),
    ("helicone, header", 401, json.dumps({"error": "Unauthorized, Helicone-Auth header missing"}), "a header", "--header"),
    ("spring, form unread", 400, json.dumps({"status": 400, "error": "Bad Request", "message": "Required part 'image' is not present."}), "the gateway", "The form holds a model"),
    ("zod, form unread", 400, json.dumps({"error": {"issues": [{"path": ["model"], "message": "Required"}], "name": "ZodError"}}), "the gateway", "The form holds a model"),
    ("python, form read as text", 500, openai("'utf-8' codec can't decode byte 0x89 in position 150: invalid start byte"), "the gateway", "The form holds a model"),
    ("java, provider unknown", 500, json.dumps({"message": "java.net.UnknownHostException: api.openai.example"}), "provider behind", "provider's address"),
    ("java, provider's certificate", 500, json.dumps({"message": "PKIX path building failed: unable to find valid certification path"}), "configuration", "trust the authority"),
    ("go, provider silent", 500, openai('Post "https://api.openai.example/v1": context deadline exceeded'), "provider behind", "provider's address"),
    ("any, provider's 401", 500, openai("upstream returned 401: Unauthorized"), "the provider's key", "Set the provider's key"),
    ("any, provider's 429", 502, openai("Provider returned error: 429 Too Many Requests"), "provider behind", "Wait"),
    ("problem details", 501, json.dumps({"type": "about:blank", "title": "Not Implemented", "status": 501}), "does not offer", "Check the URL"),
    ("JSON in a message", 500, openai('upstream said {"error": {"message": "no", "code": "insufficient_quota"}}'), "the account", "billing"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "text", "whose", "advice"),
    [row[1:] for row in TABLE],
    ids=[row[0] for row in TABLE],
)
def test_an_answer_tells_whose_problem_it_is(
    status: int, text: str, whose: str, advice: str
) -> None:
    cause = cause_of(said(status, (), text, SENT))
    assert cause is not None
    assert whose in cause.whose
    assert any(one in cause.what_to_do + cause.problem for one in advice.split("|"))


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (400, openai("no")),
        (400, openai("model openai/dall-e-2 not found")),
        (401, openai("Unauthorized")),
        (404, json.dumps({"detail": "Not Found"})),
        (429, openai("slow down")),
        (500, openai("Internal Server Error")),
        (400, openai("no", extra_fields={"provider": "openai", "raw": "insufficient_quota"})),
        (200, json.dumps({"data": [{"url": "http://a/connection refused"}]})),
        (200, HTML.format("Welcome")),
        (401, HTML.format("Please log in")),
        (400, ""),
        (400, "[" * 5000),
        (400, openai("{" * 60_000)),
        (400, openai("redis database " * 4_000)),
    ],
)
def test_an_answer_without_a_reason_tells_of_nobody(status: int, text: str) -> None:
    assert cause_of(said(status, (), text, SENT)) is None


def test_what_the_client_sent_tells_of_nobody() -> None:
    model = "acme/no available channel for"
    text = openai(f"I do not like {model}")
    assert cause_of(said(400, (), text, {model: "«model»"})) is None
    assert cause_of(said(400, (), text)) is not None


@pytest.mark.parametrize(
    ("location", "found"),
    [("https://sso.example/login?next=/", True), ("/oauth2/start", True), ("/v2/images", False)],
)
def test_a_redirect_to_a_login_is_told_from_another(location: str, found: bool) -> None:  # noqa: FBT001 - a row of the table
    assert (cause_of(said(302, [("Location", location)], "")) is not None) is found


def test_the_answer_that_came_furthest_tells_most() -> None:
    unread = cause_of(said(415, (), ""))
    no_channel = cause_of(said(400, (), openai("no keys found that support model: x")))
    assert furthest([unread, None, no_channel, unread]) == 2
    assert furthest([None, unread, unread]) == 1
    assert furthest([None]) is None
