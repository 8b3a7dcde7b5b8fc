"""What can go wrong between us and the API, classified once: by who can act, and by whether it may have been billed.

The SDK's exceptions are known by name, so that nothing here imports it; a test goes through all that it has. The same
table stands in `docs/failures.md`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, Literal, cast

from witnessmark.claude.limits_told import told_by
from witnessmark.errors import ApiError, InputError, SetupError, WitnessmarkError
from witnessmark.store import Kind, Tokens, Told

Actor = Literal["caller", "nobody now", "operator", "witnessmark"]
"""Who can act: the caller by another document, nobody but by waiting, the operator on key or account, or we."""
Cure = Literal["smaller part", "smaller images", "other delivery", "new upload", "none"]

MOST_RETRY_AFTER = 366 * 86_400.0
"""A longer wait is no statement about time."""


class RequestRefused(InputError):
    """The API takes everything around the document, and not the document."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"Claude refuses to read {what}: the API calls the request invalid with it and not without it.",
            "Leave it out with `pages`, or save the document again (print it as a PDF) and try that.",
        )


class AskNotAccepted(ApiError):
    """The API refuses the request even without any document: ours or the model's fault."""

    def __init__(self, model: str) -> None:
        super().__init__(
            f"The API does not accept how witnessmark asks {model}, whatever the document is.",
            "Use another model, or a newer witnessmark; ANTHROPIC_BASE_URL may also name a service that differs.",
        )


class EndpointDiffers(ApiError):
    """What answers at ANTHROPIC_BASE_URL is not the Claude API, nor like it."""

    def __init__(self) -> None:
        super().__init__(
            "What answers at ANTHROPIC_BASE_URL does not speak the Claude API: its answer has another form.",
            "Check the address (without /v1 at its end); `witnessmark doctor` says what it finds there.",
        )


class FormRefused(ApiError):
    """An endpoint that is not the Claude API refuses the request, however it is asked and without any document."""

    def __init__(self, model: str) -> None:
        super().__init__(
            f"The endpoint at ANTHROPIC_BASE_URL refuses requests to {model} in any form, without any document, too.",
            "Pass a `model` that it knows; its own log says what it misses.",
        )


class PagesNotSeen(InputError):
    """The endpoint takes pages, or not even that, and the model never sees them."""

    def __init__(self, model: str) -> None:
        super().__init__(
            f"{model} sees neither documents nor images at the endpoint that ANTHROPIC_BASE_URL names, so that what it "
            "answered would be about nothing; it was not asked.",
            "Use a model there that sees images, another endpoint, or model='offline'.",
        )


class ModelNotAvailable(InputError):
    def __init__(self, model: str) -> None:
        super().__init__(
            f"The API has no model {model!r} for this key.",
            "Pass another `model`; estimate_cost lists Claude's, and an endpoint at ANTHROPIC_BASE_URL has its own.",
        )


class RateLimited(ApiError):
    """The account's rate limit is used up for now."""

    def __init__(self, retry_after: float | None = None) -> None:
        super().__init__("The rate limit of the account is used up.", _wait(retry_after))
        self.retry_after = retry_after
        """Seconds, as the API said; None where it did not."""


class Overloaded(ApiError):
    def __init__(self, retry_after: float | None = None) -> None:
        super().__init__("The API is overloaded and answers nobody well.", _wait(retry_after))
        self.retry_after = retry_after


class ApiUnavailable(ApiError):
    """An answer of the 5xx kind, or one that is none."""

    def __init__(self, retry_after: float | None = None) -> None:
        super().__init__("The API failed on its own side.", _wait(retry_after))
        self.retry_after = retry_after


class ApiUnreachable(ApiError):
    def __init__(self, retry_after: float | None = None) -> None:
        super().__init__(
            "The API could not be reached, or the connection broke off.",
            "Check the network, the proxy and ANTHROPIC_BASE_URL, then call again: what was answered is kept.",
        )
        self.retry_after = retry_after


class ApiTimeout(ApiError):
    def __init__(self, retry_after: float | None = None) -> None:
        super().__init__("The API took too long to answer.", _wait(retry_after))
        self.retry_after = retry_after


class RequestTooLarge(ApiError):
    """Mended by smaller parts; reaches a caller only where a single page is too large."""

    def __init__(self) -> None:
        super().__init__(
            "One page alone makes a request larger than the API takes.",
            "Leave it out with `pages`, or save the document with smaller images.",
        )


class UploadGone(ApiError):
    """Mended by a new upload; reaches a caller only where that one is gone at once, too."""

    def __init__(self) -> None:
        super().__init__("An uploaded file is gone from the API, and again after a new upload.", "Call again.")


class DeliveryRefused(ApiError):
    """Mended by another way of sending; reaches a caller only where there is no other."""

    def __init__(self) -> None:
        super().__init__("The API does not take the document in any way it can be sent.", "Try a smaller one.")


class KeyRefused(SetupError):
    def __init__(self) -> None:
        super().__init__(
            "The API refuses the key.", "Set a valid ANTHROPIC_API_KEY where witnessmark is started, and restart it."
        )


class NotPermitted(SetupError):
    def __init__(self) -> None:
        super().__init__(
            "The key is not permitted to do this.",
            "Give the key's workspace access to the model and to files in the console, or use another model.",
        )


class SpendLimitReached(SetupError):
    """Money is at its end at the API's side; waiting does not help."""

    def __init__(self) -> None:
        super().__init__(
            "The account's spend limit or credit is used up; the API answers nothing more until that changes.",
            "Raise the limit or add credit in the console, or pass model='offline'.",
        )


class AccountProblem(SetupError):
    """On hold, or encryption keys of its own that cannot be used."""

    def __init__(self) -> None:
        super().__init__(
            "The API refuses this account: it is on hold, or a setting of its organization stands in the way.",
            "See the console, or ask who manages the organization.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is done about one kind of failure."""

    actor: Actor
    error: type[WitnessmarkError]
    """What the caller is told when nothing helps."""
    cure: Cure = "none"
    may_be_billed: bool = False


_CALLER = Rule(actor="caller", error=RequestRefused, cure="smaller part")
_OURS = Rule(actor="witnessmark", error=AskNotAccepted)
_DIFFERS = Rule(actor="witnessmark", error=EndpointDiffers, may_be_billed=True)
_MODEL = Rule(actor="caller", error=ModelNotAvailable)
_RATE = Rule(actor="nobody now", error=RateLimited)
_BUSY = Rule(actor="nobody now", error=Overloaded)
_DOWN = Rule(actor="nobody now", error=ApiUnavailable)
_LATE = Rule(actor="nobody now", error=ApiTimeout, may_be_billed=True)
_BROKEN = Rule(actor="nobody now", error=ApiUnreachable, may_be_billed=True)
_TOO_LARGE = Rule(actor="witnessmark", error=RequestTooLarge, cure="smaller part")
_IMAGES = Rule(actor="witnessmark", error=RequestTooLarge, cure="smaller images")
_GONE = Rule(actor="witnessmark", error=UploadGone, cure="new upload")
_QUOTA = Rule(actor="witnessmark", error=DeliveryRefused, cure="other delivery")
_KEY = Rule(actor="operator", error=KeyRefused)
_PERMISSION = Rule(actor="operator", error=NotPermitted)
_MONEY = Rule(actor="operator", error=SpendLimitReached)
_ACCOUNT = Rule(actor="operator", error=AccountProblem)

RULES: dict[str, Rule] = {
    # What any answer may be
    "APIStatusError": _DOWN,
    "BadRequestError": _CALLER,
    "AuthenticationError": _KEY,
    "PaymentRequiredError": _MONEY,
    "PermissionDeniedError": _PERMISSION,
    "NotFoundError": _MODEL,
    "RequestTimeoutError": _LATE,
    "ConflictError": _DOWN,
    "PreconditionFailedError": _OURS,
    "ContentTooLargeError": _TOO_LARGE,
    "UnprocessableEntityError": _CALLER,
    "RateLimitError": _RATE,
    "RequestHeaderFieldsTooLargeError": _OURS,
    "ClientClosedRequestError": _LATE,
    "InternalServerError": _DOWN,
    "HTTPNotImplementedError": _OURS,
    "ServiceUnavailableError": _DOWN,
    "GatewayTimeoutError": _LATE,
    "OverloadedError": _BUSY,
    # What is no answer
    "AnthropicError": _DOWN,
    "APIError": _DOWN,
    "APIConnectionError": _BROKEN,
    "APITimeoutError": _LATE,
    "APIResponseValidationError": Rule(actor="nobody now", error=ApiUnavailable, may_be_billed=True),
    "APIWebhookValidationError": _OURS,
    "RetryableError": _DOWN,
    "CredentialsError": _KEY,
    "IdentityTokenFileError": _KEY,
    "StreamCut": _BROKEN,
    "OtherForm": _DIFFERS,
    # Documents and files
    "ImageDimensionsTooLargeError": _IMAGES,
    "RequestBodyTooLargeAfterDecodingError": _TOO_LARGE,
    "RequestBodyEncodingInvalidError": _OURS,
    "RequestBodyEncodingUnsupportedError": _OURS,
    "FileExpiredError": _GONE,
    "FileNotDownloadableError": _OURS,
    "StorageQuotaExceededError": _QUOTA,
    # Money and account
    "RampLimitExceededError": _RATE,
    "EnforcedSpendLimitReachedError": _MONEY,
    "ContractSpendLimitReachedError": _MONEY,
    "LinkedOrganizationSpendLimitReachedError": _MONEY,
    "LinkedOrganizationBillingUnavailableError": _MONEY,
    "OrganizationOnHoldError": _ACCOUNT,
    "OrganizationTypeNotSupportedError": _ACCOUNT,
    "ParentOrganizationRequiredError": _ACCOUNT,
    "WorkspaceHumanReviewDisabledError": _ACCOUNT,
    "SandboxEgressRestrictedError": _PERMISSION,
    "ClaudeCodeKeyCreatorNotMemberError": _ACCOUNT,
    "ClaudeCodeVersionTooOldError": _ACCOUNT,
    "CMEKKeyDisabledError": _ACCOUNT,
    "CMEKKeyNetworkBlockedError": _ACCOUNT,
    "CMEKKeyUnreachableError": _DOWN,
    "CMEKContextUnavailableError": _DOWN,
    "UserProfileNotBillableError": _ACCOUNT,
    "UserProfileRequiredError": _ACCOUNT,
    "UserProfileNotFoundError": _ACCOUNT,
    "UserProfileBillingNotAuthorizedError": _ACCOUNT,
}
"""One entry a class of the SDK that a call of ours can meet."""

OF_OTHER_CALLS = frozenset(
    """
    AlreadyMemberError CompactionUnavailableError ExternalKeyChangedError ExternalKeyInWorkspacePolicyError
    MissingDependencyError MutuallyExclusiveAuthError RBACGroupGrantsOwnerAccessError StreamAlreadyConsumed
    ThreadFingerprintMismatchError ThreadNotFoundError ToolsetClosedError ToolsetConfigError ToolsetContractError
    ToolsetUsageError ToolsetsFixedError WorkloadIdentityError WorkspaceAPIKeyLimitExceededError
    AvailableToolsLimitExceededError CannotInviteEmailsWithUnverifiedDomainsError
    CannotRemoveLastMemberError ChangeOutcomeUnknownError CompactionBlockAmbiguousError
    CompactionBlockMisplacedError CompactionContentMismatchError CompactionIncompleteTurnError
    CompactionNothingToSummarizeError CompactionSignatureInvalidError CompactionToolChangesMismatchError
    CompactionTooManyToolReferencesError ConcurrentMembershipChangeError EmailDomainNotAllowedError
    ExternalKeyValidationFailedError ExternalKeyValidationTimedOutError InviteAlreadyExistsError
    KeyProfileMismatchError OrgAPIKeyLimitExceededError OrgMemberLimitExceededError RBACGroupOwnerAccessUnconfirmedError
    RBACRoleNotFoundError SkillReadBlockedUndecryptableError StorageAttachedDuringArchiveError
    StorageProfileMismatchError ThreadAlreadyContinuedError ThreadContinueInFlightError ThreadUnsupportedRequestError
    ToolNameConflictError ToolReferenceUnresolvedError WorkspaceCreatedIncompleteError WorkspaceMemberLimitExceededError
    WorkspacePolicyViolationError
    """.split()
)
"""Of administration, threads, skills: we call none of it, as none of `client.beta`; they count as their base."""

_MONEY_WORDS = re.compile(r"credit balance|usage limit|spend(ing)? limit|billing", re.IGNORECASE)

_TYPES_IN_STREAMS: dict[str, Rule] = {
    "overloaded_error": _BUSY,
    "rate_limit_error": _RATE,
    "api_error": _DOWN,
    "timeout_error": _LATE,
    "authentication_error": _KEY,
    "permission_error": _PERMISSION,
    "billing_error": _MONEY,
    "invalid_request_error": _CALLER,
    "request_too_large": _TOO_LARGE,
}
"""An error event comes after the status 200, so its type alone says what it is."""


class StreamCut(Exception):
    """The stream of an answer ended before the answer did."""


class OtherForm(Exception):
    """An answer with the status 200 that is not of the form that the Claude API gives it."""

    status_code = 200


_NAMES = {
    "structured outputs": re.compile(r"output_config\.format|output_format|response_format|json_schema|structured"),
    "effort": re.compile(r"effort"),
    "caching": re.compile(r"cache_control|ephemeral"),
    "citations": re.compile(r"citation"),
    "tools": re.compile(r"\btools?\b|tool_choice"),
}
"""By which words an error names what it does not take: a hint where to look first, and never evidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One failed attempt, understood."""

    rule: Rule
    retry_after: float | None
    """Seconds."""
    request_id: str | None
    workspace: str | None = None
    status: int | None = None
    told: Mapping[Kind, Told] = field(default_factory=dict[Kind, Told])
    """What the response said of rate limits."""
    max_side: int | None = None
    """Pixels an image may have, where that is what is wrong."""
    is_of_the_api: bool = True
    """Whether it is told in the form of the Claude API: what is in another form may be no answer to what was asked."""
    names: frozenset[str] = frozenset()
    """What of a request the error names."""

    @property
    def kind(self) -> str:
        return self.rule.error.__name__

    def for_caller(self, *, model: str, what: str) -> WitnessmarkError:
        """Build the error that the caller reads when nothing helps."""
        error = self.rule.error
        if error is RequestRefused:
            return RequestRefused(what)
        if error is ModelNotAvailable and not self.is_of_the_api:
            return EndpointDiffers()
        if error in {ModelNotAvailable, AskNotAccepted}:
            return error(model)
        if issubclass(error, RateLimited | Overloaded | ApiUnavailable | ApiUnreachable | ApiTimeout):
            return error(self.retry_after)
        return error()  # type: ignore[call-arg]  # the rest take nothing


class AttemptFailed(Exception):
    """One request that brought no answer."""

    def __init__(
        self, failure: Failure, *, may_be_billed: bool, tokens: Tokens | None = None, written: str = ""
    ) -> None:
        super().__init__(failure.kind)
        self.failure = failure
        self.may_be_billed = may_be_billed
        self.tokens = tokens
        """What had been counted when an answer broke off."""
        self.written = written
        """What had come of its text by then."""


class UploadFailed(AttemptFailed):
    """A document that could not be put at the API."""


def failure_of(error: Exception) -> Failure:
    """Understand what the SDK raised."""
    rule = _rule(error)
    headers: Any = getattr(getattr(error, "response", None), "headers", None) or {}
    details: Any = getattr(error, "details", None)
    return Failure(
        rule=rule,
        retry_after=retry_after_of(headers),
        request_id=getattr(error, "request_id", None) or headers.get("request-id"),
        workspace=headers.get("anthropic-workspace-id"),
        status=getattr(error, "status_code", None),
        told=told_by(headers),
        max_side=getattr(details, "max_side_length_pixels", None),
        is_of_the_api=_is_of_the_api(error),
        names=frozenset(name for name, words in _NAMES.items() if words.search(str(error))),
    )


def _is_of_the_api(error: Exception) -> bool:
    """Say whether an error's body is one of the Claude API's; what is no answer at all has none."""
    body: Any = getattr(error, "body", None)
    if isinstance(error, OtherForm):
        return False
    if getattr(error, "status_code", None) is None:
        return True
    return isinstance(body, dict) and cast("dict[str, Any]", body).get("type") == "error"


def _rule(error: Exception) -> Rule:
    if getattr(error, "status_code", None) == 200 and not isinstance(error, OtherForm):
        return _TYPES_IN_STREAMS.get(str(getattr(error, "type", None)), _DOWN)
    if getattr(error, "status_code", None) == 400 and _MONEY_WORDS.search(str(getattr(error, "api_message", ""))):
        # A limit that an organization set itself, and an empty account, are an ordinary 400 without a code; else a
        # document would be blamed and halved to pieces for them.
        return _MONEY
    for kind in type(error).__mro__:
        if kind.__name__ in RULES:
            return RULES[kind.__name__]
    return _BROKEN  # httpx2's own errors, while a stream is read


def retry_after_of(headers: Any) -> float | None:
    """Read how long the API asks to wait: seconds or a date; None where it says nothing that can be understood."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        text = headers.get(name)
        if text is None:
            continue
        try:
            seconds = float(text) * unit
        except ValueError:
            seconds = _until(text)
        if 0 <= seconds <= MOST_RETRY_AFTER:  # not a number is in no range
            return seconds
    return None


def _until(text: str) -> float:
    import time

    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return -1.0


def _wait(retry_after: float | None) -> str:
    kept = "what was answered is kept and not paid for again"
    if retry_after is None:
        return f"Call again in a minute: {kept}."
    seconds = max(1, round(retry_after))
    when = f"{seconds} second{'s'[: seconds != 1]}" if seconds < 120 else f"{round(seconds / 60)} minutes"
    return f"Call again in {when}: {kept}."
