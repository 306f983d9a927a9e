"""Small policies and requests to draw from, and IAM's rules once more, as plainly as they can be put.

The second reading works on the JSON and shares no code with the first. It knows the operators, principals
and shapes that are drawn here, nothing else.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import product
from typing import NamedTuple

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.access.shorthand import BUCKET, OTHER, OWNER, Json, document

ADMIN = f"arn:aws:iam::{OTHER}:role/Admin"
READER = f"arn:aws:iam::{OTHER}:role/Reader"
SERVICE = "cloudtrail.amazonaws.com"
STRANGERS_ROLE = "arn:aws:iam::999999999999:role/x"

ACTIONS = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:PutBucketPolicy")
RESOURCES = (BUCKET, f"{BUCKET}/a", f"{BUCKET}/b/c")


class Call(NamedTuple):
    """A caller as (kind, value), what it asks for and what its request carries, by key in lower case."""

    caller: tuple[str, str]
    action: str
    resource: str
    context: Mapping[str, tuple[str, ...]]


def evaluate(policy: Json, call: Call) -> bool:
    effects = {one["Effect"] for one in policy["Statement"] if _applies(one, call)}
    return effects == {"Allow"}


def _applies(statement: Json, call: Call) -> bool:
    return (
        _means(statement, "Principal", lambda value: _is_named(value, call.caller))
        and _means(
            statement,
            "Action",
            lambda value: any(_glob(one.lower(), call.action.lower()) for one in _all(value)),
        )
        and _means(statement, "Resource", lambda value: any(_glob(one, call.resource) for one in _all(value)))
        and all(
            _condition(operator, _all(values), call.context.get(key.lower(), ()))
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _means(statement: Json, element: str, test: Callable[[object], bool]) -> bool:
    if element in statement:
        return test(statement[element])
    return not test(statement[f"Not{element}"])


def _all(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


@cache
def _glob(pattern: str, text: str) -> bool:
    escaped = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(escaped, text, re.DOTALL) is not None


def _is_named(value: object, caller: tuple[str, str]) -> bool:
    if value == "*":
        return True
    assert isinstance(value, dict)
    kind, name = caller
    for written, names in value.items():
        for one in _all(names):
            if written == "AWS" and one == "*":
                return True
            if written == "AWS" and kind == "AWS":
                account = one.split(":")[4] if one.endswith(":root") else one
                if one == name or account == (name.split(":")[4] if ":" in name else name):
                    return True
            if written == kind != "AWS" and one == name:
                return True
    return False


def _condition(operator: str, values: list[str], carried: tuple[str, ...]) -> bool:
    if operator == "Null":
        return ("false" if carried else "true") in values
    quantifier, _, name = operator.rpartition(":")
    if name.endswith("IfExists"):
        if not carried:
            return True
        name = name.removesuffix("IfExists")
    negative = "Not" in name
    compare = _glob if "Like" in name else str.__eq__  # Bool compares texts as well
    hits = [any(compare(value, one) for value in values) for one in carried]
    if quantifier == "ForAllValues":
        return all(hit is not negative for hit in hits)
    if quantifier == "ForAnyValue":
        return any(hit is not negative for hit in hits)
    return any(hits) is not negative


# What is drawn.

ONE_PRINCIPAL: SearchStrategy[object] = st.sampled_from(
    [
        "*",
        {"AWS": "*"},
        {"AWS": OTHER},
        {"AWS": f"arn:aws:iam::{OWNER}:root"},
        {"AWS": ADMIN},
        {"AWS": [READER, OWNER]},
        {"Service": SERVICE},
        {"Service": [SERVICE, "config.amazonaws.com"], "AWS": READER},
    ]
)
NOT_PRINCIPALS: SearchStrategy[object] = st.sampled_from(
    [{"AWS": [ADMIN, OTHER]}, {"Service": SERVICE}, {"AWS": OWNER}]
)
CONDITIONS: Mapping[str, tuple[str, ...]] = {
    "aws:PrincipalOrgID": ("o-1", "o-*", "*"),
    "AWS:SourceVpc": ("vpc-1", "*"),
    "aws:SecureTransport": ("true", "false"),
    "s3:x-amz-acl": ("private", "bucket-*"),
    "aws:SourceAccount": (OWNER, "1*"),
}
CARRIED: Mapping[str, tuple[str, ...]] = {
    "aws:principalorgid": ("o-1", "o-2"),
    "aws:sourcevpc": ("vpc-1", "vpc-9"),
    "aws:securetransport": ("true", "false"),
    "s3:x-amz-acl": ("private", "bucket-owner-full-control", "other"),
    "aws:sourceaccount": (OWNER, "155555555555", OTHER),
}
LONGEST = {key: 1 if key == "aws:securetransport" else 2 for key in CARRIED}
"""Values that one request carries; more than one is rare, but the rules have a word on it."""
OPERATORS = (
    *("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIfExists"),
    *("StringNotLikeIfExists", "ForAllValues:StringLike", "ForAnyValue:StringEquals"),
    *("ForAnyValue:StringNotLike", "ForAllValues:StringNotEquals", "Null"),
)


@st.composite
def _condition_blocks(draw: st.DrawFn) -> Json:
    block: Json = {}
    for _ in range(draw(st.integers(0, 2))):
        operator = draw(st.sampled_from(OPERATORS))
        key = draw(st.sampled_from(sorted(CONDITIONS)))
        texts = ("true", "false") if operator == "Null" else CONDITIONS[key]
        values = draw(st.lists(st.sampled_from(texts), min_size=1, max_size=2, unique=True))
        block.setdefault(operator, {})[key] = values[0] if len(values) == 1 else values
    return block


def _some_of(texts: Iterable[str]) -> SearchStrategy[object]:
    listed = st.sampled_from(sorted(texts))
    return st.one_of(listed, st.lists(listed, min_size=1, max_size=2, unique=True))


ACTION_TEXTS = (*ACTIONS, "*", "s3:*", "s3:Put*", "S3:*Object", "s3:?etObject")
RESOURCE_TEXTS = (*RESOURCES, "*", f"{BUCKET}/*", f"{BUCKET}/b/*", f"{BUCKET}*")


@st.composite
def _statements(draw: st.DrawFn) -> Json:
    statement: Json = {"Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"]))}
    if draw(st.integers(0, 4)):
        statement["Principal"] = draw(ONE_PRINCIPAL)
    else:
        statement["NotPrincipal"] = draw(NOT_PRINCIPALS)
    statement[draw(st.sampled_from(["Action", "Action", "NotAction"]))] = draw(_some_of(ACTION_TEXTS))
    statement[draw(st.sampled_from(["Resource", "Resource", "NotResource"]))] = draw(_some_of(RESOURCE_TEXTS))
    if block := draw(_condition_blocks()):
        statement["Condition"] = block
    return statement


STATEMENTS = _statements()
OPEN_STATEMENTS = st.builds(
    lambda statement: (
        {name: value for name, value in statement.items() if name != "NotPrincipal"} | {"Principal": "*"}
    ),
    STATEMENTS,
)
NEARLY_TLS_ONLY = st.builds(
    lambda principal, action, resource, condition: {
        "Effect": "Deny",
        "Principal": principal,
        "Action": action,
        "Resource": resource,
        "Condition": condition,
    },
    st.sampled_from(["*", {"AWS": "*"}, {"AWS": OTHER}]),
    st.sampled_from(["s3:*", "*", "s3:Put*"]),
    st.sampled_from(["*", [BUCKET, f"{BUCKET}/*"], f"{BUCKET}*", f"{BUCKET}/*"]),
    st.sampled_from(
        [
            {},
            {"Bool": {"aws:SecureTransport": "false"}},
            {"StringNotEquals": {"aws:SecureTransport": "true"}},
            {"StringEqualsIfExists": {"aws:SecureTransport": "false", "aws:SourceVpc": "vpc-1"}},
        ]
    ),
)
"""Statements of which many refuse plain HTTP, and others almost."""
POLICIES = st.lists(STATEMENTS, max_size=4).map(lambda statements: document(*statements))
CALLERS = st.sampled_from(
    [
        *(("AWS", OTHER), ("AWS", OWNER), ("AWS", ADMIN), ("AWS", READER), ("Service", SERVICE)),
        *(("Service", "config.amazonaws.com"), ("Stranger", "")),
    ]
)


@st.composite
def _calls(draw: st.DrawFn) -> Call:
    context = {
        key: tuple(draw(st.lists(st.sampled_from(texts), min_size=1, max_size=LONGEST[key], unique=True)))
        for key, texts in CARRIED.items()
        if key == "aws:securetransport" or draw(st.booleans())
    }
    return Call(draw(CALLERS), draw(st.sampled_from(ACTIONS)), draw(st.sampled_from(RESOURCES)), context)


CALLS = _calls()


def strangers() -> list[Call]:
    """Each request that a stranger can make here: from no organization, network or account that is named."""
    signed = {"aws:principalorgid": ((), ("o-2",)), "aws:sourceaccount": ((),)}
    anonymous = {"aws:principalorgid": ((),), "aws:sourceaccount": ((),)}
    service = {"aws:principalorgid": ((),), "aws:sourceaccount": ((), ("155555555555",), (OTHER,))}
    free = {
        "aws:sourcevpc": ((), ("vpc-9",)),
        "aws:securetransport": (("true",), ("false",)),
        "s3:x-amz-acl": ((), ("private",), ("bucket-owner-full-control",), ("bucket-*",), ("other",)),
    }
    # The last ones are in no list, only in patterns.
    actions = (*ACTIONS, "s3:Putx", "s3:xObject", "s3:xetObject", "s3:x")
    resources = (*RESOURCES, f"{BUCKET}/z", f"{BUCKET}/b/z", f"{BUCKET}z", "z")
    return [
        Call(
            ("Stranger", ""),
            action,
            resource,
            {key: value for key, value in zip(keys, values, strict=True) if value},
        )
        for kind in (signed, anonymous, service)
        for keys, domains in [((*kind, *free), (*kind.values(), *free.values()))]
        for values in product(*domains)
        for action in actions
        for resource in resources
    ]
