"""The rules that tell a cause from what an answer says, the most telling first.

A rule holds if the answer has one of its statuses and one of its codes, or words that fit its pattern.
The wordings are those of gateways, proxies and providers in use; `docs/diagnoses.md` lists the causes.
"""

from __future__ import annotations

from conformance.run.whose import causes
from conformance.run.whose.rule import ERRORS, rule

REFUSALS = range(400, 500)
FAILURES = range(500, 600)
UNAUTHORIZED = (401, 403)

_NETWORK = (
    r"econnrefused|enotfound|ehostunreach|econnreset|getaddrinfo|no such host",
    r"connection refused|network is unreachable|no route to host|dns lookup",
    r"name or service not known|(?:temporary failure in )?name resolution",
    r"cannot connect to host|connection error|failed to establish a new connection",
    r"all connection attempts failed|connect(?:ion)? timed? ?out|i/o timeout",
    r"failed to execute http request to provider|network error occurred while connecting",
    r"\bdial tcp\b|fetch failed|error sending request for url|unknownhostexception|connectexception",
    r"context deadline exceeded|(?:read|request) timed? ?out",
)

RULES = (
    # Pages of servers before the gateway.
    rule(
        causes.CHALLENGE,
        r"just a moment|attention required!.*cloudflare|checking your browser|are you a robot",
        r"sorry, you have been blocked|verify you are human",
        statuses=(403, 429, 503),
        page=True,
    ),
    rule(causes.UPLOAD_TOO_LARGE, statuses=(413,)),
    rule(causes.MAINTENANCE, r"maintenance|be right back", statuses=(503,)),
    rule(
        causes.NOBODY_BEHIND,
        r"bad gateway|gateway time-?out|service (?:temporarily )?unavailable|web server is down",
        r"connection timed out|no server is available|host error|ssl handshake failed",
        statuses=range(502, 531),
        page=True,
    ),
    rule(causes.NOBODY_BEHIND, r"no server is available to handle", statuses=FAILURES),
    # The gateway's own store comes before the network: its errors read alike.
    rule(
        causes.STORE,
        r":(?:6379|5432|3306|27017)\b|\bredis\b.*(?:refused|timeout|connect)",
        r"(?:database|postgres|mysql|prisma|mongo).*(?:refused|connect|reach|unavailable|down)",
        r"can't reach database|no connected db|(?:connect|connection).*\b(?:database|redis)\b",
        statuses=ERRORS,
    ),
    rule(
        causes.CERTIFICATE,
        r"x509:|certificate verify failed|self[- ]signed certificate|unknown ca\b",
        r"unable to (?:verify the first|get local issuer) certificate|certificate has expired",
        r"pkix path building failed",
        codes="self_signed_cert_in_chain cert_has_expired",
        statuses=FAILURES,
    ),
    # The provider's account and key: said with the provider's words, whatever the status.
    rule(
        causes.ACCOUNT,
        r"billing hard limit|check your plan and billing|organization must be verified",
        r"credit balance is too low|account (?:is not active|has been deactivated)",
        codes="insufficient_quota billing_hard_limit_reached billing_not_active"
        " unsupported_country_region_territory",
    ),
    rule(
        causes.PROVIDERS_KEY,
        r"platform\.openai\.com|openaiexception.*(?:api key|authentication)",
        r"invalid subscription key or wrong api endpoint|incorrect api key provided",
        r"(?:provider|upstream)[^.]{0,80}(?:invalid|incorrect|missing|rejected)[^.]{0,30}(?:api[ _-]?)?key",
        r"no api key (?:is )?(?:configured|set)|api_key client option must be set",
        r"openai_api_key|(?:provider|upstream)[^.]{0,60}(?:\b401\b|unauthorized)",
        statuses=(400, 401, 403, 500, 502),
    ),
    rule(
        causes.POLICY,
        r"content[ _]policy|safety system|moderation_blocked",
        codes="content_policy_violation moderation_blocked content_filter",
    ),
    # The client's key and its budget.
    rule(
        causes.BUDGET,
        r"budget (?:has been |is )?exceeded|exceeded budget|额度已用尽|额度不足|余额不足",
        r"insufficient (?:credits?|balance|funds)",
        codes="budget_exceeded pre_consume_token_quota_failed insufficient_user_quota",
    ),
    rule(causes.BUDGET, statuses=(402,)),
    rule(
        causes.KEY_MAY_NOT,
        r"key (?:is )?not allowed to access model|not allowed for this virtual key",
        r"(?:key|token|令牌).{0,40}(?:no access to|无权(?:使用|访问)).{0,20}(?:model|模型)",
        codes="key_model_access_denied model_blocked provider_blocked",
    ),
    rule(
        causes.WANTS_HEADER,
        r"missing subscription key",
        statuses=UNAUTHORIZED,
    ),
    rule(
        causes.WANTS_KEY_ELSEWHERE,
        r"virtual key is required|no api key found in request|no api key (?:passed in|provided)",
        r"missing (?:the )?(?:authorization|x-api-key|api[ -]?key)",
        r"(?:authorization|api[ -]?key) header (?:is )?(?:required|missing|not found)",
        r"header\.(?:authorization|x-api-key|api-key): (?:field required|missing)",
        codes="virtual_key_required",
    ),
    rule(
        causes.KEY_UNKNOWN,
        r"virtual key (?:not found|is inactive|has expired|is blocked)|malformed api key",
        r"该令牌已过期|无效的令牌|该令牌状态不可用|invalid proxy server token",
        codes="virtual_key_blocked token_not_found_in_db expired_key",
    ),
    # The form, before a header: "Content-Type header" is a matter of the form.
    rule(
        causes.FORM_UNREAD,
        r"invalid character '-'|unexpected token.{0,4}-|codec can't decode byte 0x89",
        r"(?:could not|failed to|cannot|unable to|error) pars(?:e|ing) (?:the )?(?:json|multipart|form|body|request body)",
        r"(?:body|request) is not valid json|invalid json|malformed json|json_invalid",
        r"content[- ]type.*(?:expected|must be|only|use) application/json|expected application/json",
        r"no multipart boundary|missing boundary|isn't multipart/form-data",
        r"unsupported (?:media|content)[ -]type|content[- ]type.{0,60}(?:not|un)[- ]?supported",
        r"body(?:\.(?:image|model|file))?: (?:field required|missing|input should be a valid dict)",
        r"(?:model|image)(?: name| file| parameter| field)? (?:is required|is missing|must be provided)",
        r"missing (?:required )?(?:parameter|field|argument)s?:? ?['\"`]?(?:model|image)\b",
        r"must provide a? ?(?:model|image)|model (?:name )?(?:not specified|cannot be empty|is empty)|未指定模型",
        r"model=(?:none|null|''|\"\"|\s|\.|$)|no (?:available )?channels? for model (?:under|\(|$|in\b)",
        r"模型\s+(?:无可用渠道|的可用渠道)|model '' |model \"\" ",
        r"required (?:request )?part ['\"]?(?:image|file)|no image (?:file )?(?:provided|uploaded|found)",
        r"(?:^|[\s.])(?:image|model): required\b|model name missing",
        codes="json_invalid unsupported_media_type",
    ),
    rule(causes.FORM_UNREAD, r"expecting value: line 1 column 1", statuses=REFUSALS),
    rule(causes.FORM_UNREAD, statuses=(415,)),
    rule(
        causes.OTHER_OPERATION,
        r"body\.prompt: (?:field required|missing)|prompt(?: parameter| field)? is required",
        r"missing (?:required )?(?:parameter|field|argument)s?:? ?['\"`]?prompt\b",
        statuses=REFUSALS,
    ),
    rule(
        causes.WANTS_HEADER,
        r"header\.[\w-]+: (?:field required|missing)",
        r"\bheaders? (?:[^.]{0,40} )?(?:required|missing|not (?:found|set|present|provided))\b",
        r"(?:missing|require[sd]?)(?: the| a| an)?(?: required)? ['\"`]?[\w-]*['\"`]? ?(?:http |request )?header\b",
        statuses=REFUSALS,
    ),
    rule(
        causes.WANTS_QUERY,
        r"query\.[\w-]+: (?:field required|missing)|api-version query parameter",
        r"missing (?:required )?query (?:parameter|string)",
        statuses=REFUSALS,
    ),
    # The model: has it a provider, a channel, variations?
    rule(
        causes.NO_PREFIX,
        r"llm provider not provided|could not auto resolve a provider|specify a provider explicitly",
    ),
    rule(
        causes.NO_CHANNEL,
        r"无可用渠道|no (?:available )?channels? (?:available )?for|invalid model name passed",
        r"no keys found (?:that support|for)|no matching route found.*model",
        r"no (?:healthy )?deployments? (?:available|found)|model (?:is )?not configured",
        r"no endpoints? found for|no provider (?:is )?(?:configured|available|found) for",
        codes="model_not_found no_available_channel deploymentnotfound",
    ),
    rule(
        causes.MAKES_NONE,
        r"value must be '(?:dall-e-2|«model»)'|does not (?:support|make|offer) (?:image )?variations?",
        r"(?:variations?|operation)(?: is| are)? not (?:supported|available)|not supported by .{0,40}provider",
        r"unsupported provider.*variations?|only (?:available|supported) (?:for|by|with) dall-e-2",
        codes="unsupported_operation",
    ),
    rule(causes.BASE_URL, r"/v\d+(?:/v\d+|«path»)", codes="unknown_url"),
    rule(
        causes.NO_ROUTE,
        r"no route matched with those values|no matching route found",
        statuses=(404,),
    ),
    # Amazon API Gateway says so of a path that it does not have.
    rule(causes.NO_ROUTE, r"^missing authentication token$", statuses=(403,)),
    rule(causes.NOT_OFFERED, statuses=(501,)),
    rule(
        causes.NOT_OFFERED,
        r"api not implemented|(?:endpoint|route|operation|api) (?:is )?not (?:implemented|supported)",
        r"^not implemented\b|not implemented yet|notimplementederror",
        codes="api_not_implemented not_implemented",
    ),
    # What a gateway says of what is behind it.
    rule(causes.PAGE, r"invalid character '<'|unexpected token.{0,3}<", statuses=FAILURES),
    rule(
        causes.UPSTREAM,
        r"upstream connect error|no healthy upstream|failure to get a peer from the ring-balancer",
        r"invalid response was received from the upstream|upstream server is timing out",
        r"^name resolution failed$|^bad gateway$|no valid upstream node",
        statuses=FAILURES,
    ),
    rule(causes.UNREACHABLE, *_NETWORK, statuses=FAILURES),
    rule(
        causes.OVERLOADED,
        r"openaiexception.*(?:rate limit|overloaded)|(?:provider|upstream)[^.]{0,60}(?:rate limit|overloaded)",
        r"currently overloaded|负载已饱和|(?:provider|upstream)[^.]{0,60}(?:\b429\b|too many requests)",
        codes="overloaded_error",
        statuses=(400, 429, 500, 502, 503, 529),
    ),
)
