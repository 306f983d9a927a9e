from typing import Any

import pytest

from scanner.model.reading import Gap, Unreadable
from scanner.patterns import evaluate, matches, parse

EVENT: dict[str, Any] = {
    "eventName": "CreateRoute",
    "sourceIPAddress": "203.0.113.17",
    "recipientAccountId": "012345678901",
    "readOnly": False,
    "responseElements": None,
    "count": 3,
    "ratio": 0.5,
    "userIdentity": {"type": "IAMUser", "attributes": {"mfaAuthenticated": "false"}},
    "resources": [{"ARN": "arn:aws:s3:::logs", "size": 1}, {"ARN": "arn:aws:s3:::data"}],
    "codes": ["400", "500"],
    "a b": "c",
}


def seen(text: str) -> bool:
    return matches(parse(text).require(), EVENT)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{ $.eventName = CreateRoute }",
        "{ $.eventName = Create* }",
        "{ $.eventName = *Route }",
        "{ $.eventName = *eateRo* }",
        "{ $.eventName = * }",
        "{ $.eventName != CreateRouteTable }",
        "{ $.sourceIPAddress != 123.123.* }",
        "{ $.userIdentity.type = IAMUser }",
        "{ $.recipientAccountId = 012345678901 }",
        '{ $.recipientAccountId = "012345678901" }',
        "{ $.recipientAccountId != 999999999999 }",
        "{ $.readOnly IS FALSE }",
        "{ $.responseElements IS NULL }",
        "{ $.responseElements EXISTS }",
        "{ $.responseElements.x NOT EXISTS }",
        "{ $.errorCode NOT EXISTS }",
        "{ $.userIdentity EXISTS }",
        "{ $.count = 3 }",
        "{ $.count = 3.0 }",
        "{ $.count != 4 }",
        "{ $.count >= 3 && $.count <= 3 && $.count > 2.9 && $.count < 30e-1 || $.count < 3.1 }",
        "{ $.count = * }",
        "{ $.ratio = .5 }",
        "{ $.resources[1].ARN = *data }",
        "{ $.resources[*].ARN = *data }",
        "{ $.codes[0] = 400 }",
        "{ $.['a b'] = c }",
    ],
)
def test_it_matches(text: str) -> None:
    assert seen(text)


@pytest.mark.parametrize(
    "text",
    [
        "{ $.eventName = createroute }",
        "{ $.eventName = CreateRouteTable }",
        "{ $.eventName = C*e }",
        "{ $.eventName != CreateRoute }",
        "{ $.eventName != * }",
        "{ $.eventName = CreateRoute && $.eventName = DeleteRoute }",
        "{ $.errorCode = AccessDenied* }",
        "{ $.errorCode != AccessDenied* }",
        "{ $.errorCode < 5 }",
        "{ $.errorCode EXISTS }",
        "{ $.errorCode IS NULL }",
        "{ $.responseElements NOT EXISTS }",
        "{ $.readOnly IS TRUE }",
        "{ $.readOnly IS NULL }",
        "{ $.userIdentity = x }",
        "{ $.userIdentity != x }",
        "{ $.codes = 400 }",
        "{ $.codes != 400 }",
        "{ $.codes[2] != 400 }",
        "{ $.eventName[0] = C }",
        "{ $.count = 4 }",
        "{ $.count != 3 }",
        "{ $.count > 3 }",
        "{ $.count < 3 }",
        "{ $.count = three }",
        "{ $.eventName > 3 }",
        "{ $.eventName = 3 }",
        "{ $.recipientAccountId = 12345678901 }",
        "{ $.resources[*].ARN = nothing }",
        "{ $.resources[*].size > 1 }",
    ],
)
def test_it_does_not_match(text: str) -> None:
    assert not seen(text)


@pytest.mark.parametrize(
    "test",
    [
        "$.readOnly = false",
        "$.readOnly != true",
        "$.responseElements != x",
        "$.userIdentity.attributes.mfaAuthenticated IS FALSE",
        "$.eventName != 3",
        "$.recipientAccountId > 5",
        '$.count = "3"',
        "$.count = 3*",
    ],
)
def test_what_is_not_documented_is_unknown_where_it_decides(test: str) -> None:
    with pytest.raises(Unreadable):
        seen(f"{{ {test} }}")
    gap = evaluate(parse(f"{{ $.eventName = CreateRoute && ({test}) }}").require(), EVENT)
    assert isinstance(gap, Gap)
    assert "at character 33: " in gap.detail
    assert not seen(f"{{ {test} && $.eventName = DeleteRoute }}")
    assert not seen(f"{{ $.eventName = DeleteRoute && {test} }}")
    assert seen(f"{{ {test} || $.eventName = CreateRoute }}")
