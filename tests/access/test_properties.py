"""Held to IAM's rules over policies and requests that are drawn."""

from random import Random
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scanner.access import (
    Deed,
    Kind,
    Policy,
    Principal,
    Request,
    TrailSource,
    admits,
    allows,
    open_to_plain_http,
    parse,
    public,
    service_grants,
    writers,
)
from scanner.access.callers import STRANGER
from scanner.model.reading import Gap, Known, Reading
from tests.access.shorthand import BUCKET, OBJECTS, OWNER, TRAIL, Json, allow, deny, document, where
from tests.access.worlds import (
    CALLS,
    NEARLY_TLS_ONLY,
    OPEN_STATEMENTS,
    POLICIES,
    SERVICE,
    STATEMENTS,
    Call,
    evaluate,
    strangers,
)

SOURCE = TrailSource(TRAIL, OWNER, Known(None))
DEEDS = (Deed("s3:PutObject", f"{BUCKET}/*"), Deed("s3:PutBucketPolicy", BUCKET))
STRANGERS = strangers()


def read(policy: Json) -> Policy:
    parsed = parse(policy)
    assert isinstance(parsed, Known)
    return parsed.value


def request(call: Call) -> Request:
    kind, value = call.caller
    match kind:
        case "Service":
            caller = Principal(Kind.SERVICE, value)
        case "Stranger":
            caller = STRANGER
        case _:
            caller = Principal(Kind.IDENTITY if ":" in value else Kind.ACCOUNT, value)
    return Request(caller, call.action, call.resource, call.context)


def has_not_principal(policy: Json) -> bool:
    return any("NotPrincipal" in one for one in policy["Statement"])


@settings(max_examples=200)
@given(POLICIES, CALLS)
def test_a_request_is_allowed_as_iam_says(policy: Json, call: Call) -> None:
    answer = allows(read(policy), request(call))
    if isinstance(answer, Gap):
        # AWS doesn't say what becomes of an identity that NotPrincipal names by half.
        assert has_not_principal(policy)
    else:
        assert answer.value == evaluate(policy, call)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(STATEMENTS, OPEN_STATEMENTS), min_size=1, max_size=4))
def test_a_policy_is_public_just_where_some_stranger_comes_in(statements: list[Json]) -> None:
    policy = document(*statements)
    answer = public(read(policy))
    assert isinstance(answer, Known)
    assert bool(answer.value) == any(evaluate(policy, call) for call in STRANGERS)


def answers(policy: Json) -> list[object]:
    """What is answered, without the statements' numbers, which are those of their places."""
    it = read(policy)
    grants = service_grants(it, "s3:PutObject", OBJECTS)
    return [
        _shape(public(it)),
        sorted((str(grant.bounds), _shape(grant.granted), _shape(grant.bound)) for grant in grants),
        _shape(admits(it, SOURCE, "s3:PutObject", OBJECTS)),
        _shape(writers(it, DEEDS, (OWNER,))),
        _shape(open_to_plain_http(it, BUCKET)),
    ]


def _shape(answer: Reading[Any]) -> str:
    match answer:
        case Known(tuple() as several):
            return str(sorted(getattr(one, "who", "statement") for one in several))
        case Known(value):
            return str(value)
        case _:
            return "unclear"


@settings(max_examples=50, deadline=None)
@given(POLICIES, st.randoms(use_true_random=False))
def test_the_order_of_statements_never_matters(policy: Json, random: Random) -> None:
    statements = list(policy["Statement"])
    random.shuffle(statements)
    assert answers(document(*statements)) == answers(policy)


@settings(max_examples=50, deadline=None)
@given(POLICIES, STATEMENTS)
def test_one_more_allow_keeps_a_public_policy_public(policy: Json, more: Json) -> None:
    before = public(read(policy))
    assume(isinstance(before, Known) and before.value)
    assert isinstance(before, Known)
    after = public(read(document(*policy["Statement"], more | {"Effect": "Allow"})))
    assert isinstance(after, Known)
    assert set(before.value) <= set(after.value)


@settings(max_examples=50, deadline=None)
@given(POLICIES, STATEMENTS)
def test_one_more_deny_makes_no_policy_public(policy: Json, more: Json) -> None:
    assume(public(read(policy)) == Known(()))
    assert public(read(document(*policy["Statement"], more | {"Effect": "Deny"}))) == Known(())


@settings(max_examples=50, deadline=None)
@given(POLICIES)
def test_where_everything_is_denied_nobody_writes(policy: Json) -> None:
    closed = read(document(*policy["Statement"], deny(action="*")))
    assert public(closed) == Known(())
    assert writers(closed, DEEDS) == Known(())
    assert service_grants(closed, "s3:PutObject", OBJECTS) == ()
    assert open_to_plain_http(closed, BUCKET) == Known(())
    assert admits(closed, SOURCE, "s3:PutObject", OBJECTS) == Known(value=False)


@settings(max_examples=50, deadline=None)
@given(POLICIES)
def test_an_open_grant_is_named_whatever_else_is_allowed(policy: Json) -> None:
    allowed = [one for one in policy["Statement"] if one["Effect"] == "Allow"]
    opened = read(document(*allowed, allow(sid="Open")))
    match public(opened), writers(opened, DEEDS):
        case Known(labels), Known(several):
            assert "statement 'Open'" in labels
            assert "everyone" in {writer.who for writer in several}
        case other:
            raise AssertionError(other)


@settings(max_examples=80, deadline=None)
@given(POLICIES, CALLS)
def test_whoever_may_write_is_among_the_writers(policy: Json, call: Call) -> None:
    assume(call.caller[0] in ("AWS", "Stranger") and "aws:sourceaccount" not in call.context)
    deed = Deed(call.action, call.resource)
    several = writers(read(policy), [deed])
    if allows(read(policy), request(call)) == Known(value=True):
        assert several != Known(())


@settings(max_examples=80, deadline=None)
@given(st.lists(st.one_of(STATEMENTS, NEARLY_TLS_ONLY), min_size=1, max_size=3), CALLS)
def test_plain_http_that_is_denied_comes_through_nowhere(statements: list[Json], call: Call) -> None:
    policy = document(allow(action="*"), *statements)
    plain = call._replace(context={**call.context, "aws:securetransport": ("false",)})
    match open_to_plain_http(read(policy), BUCKET):
        case Known(holes):
            part = "the bucket" if call.resource == BUCKET else "its objects"
            assert part in holes or not evaluate(policy, plain)
        case Gap(detail):
            raise AssertionError(detail)


@settings(max_examples=80, deadline=None)
@given(POLICIES, st.sampled_from(["155555555555", "999999999999"]))
def test_a_bound_grant_refuses_the_trails_of_strangers(policy: Json, account: str) -> None:
    """`1*` is among the conditions: a wildcard in the place of an account is anybody's."""
    grants = service_grants(read(policy), "s3:PutObject", f"{BUCKET}/a")
    context = {
        "aws:sourceaccount": (account,),
        "aws:securetransport": ("true",),
        "s3:x-amz-acl": ("bucket-owner-full-control",),
    }
    call = Call(("Service", SERVICE), "s3:PutObject", f"{BUCKET}/a", context)
    if all(grant.bound == Known(value=True) for grant in grants):
        assert not evaluate(policy, call)


def test_the_second_reading_knows_the_first_rule() -> None:
    policy = document(allow(), deny(Condition=where("StringEquals", "aws:SourceVpc", "vpc-1")))
    call = Call(("Stranger", ""), "s3:GetObject", BUCKET, {})
    assert evaluate(policy, call)
    assert not evaluate(policy, call._replace(context={"aws:sourcevpc": ("vpc-1",)}))
