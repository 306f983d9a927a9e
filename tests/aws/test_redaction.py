"""What is kept of an answer."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.aws.redaction import HIDDEN, redacted

SECRET = "wJalrXUtnFEMI"


@pytest.mark.parametrize(
    "answer",
    [
        {"Credentials": {"AccessKeyId": SECRET, "SecretAccessKey": SECRET, "SessionToken": SECRET}},
        {"ExternalId": SECRET},
        {"externalId": [SECRET]},
        {"NextToken": SECRET},
        {"NextContinuationToken": SECRET},
        {"clientRequestToken": SECRET},
        {"masterUserPassword": SECRET},
        {"client_secret": SECRET},
        {"Authorization": SECRET.encode()},
        {"Subscriptions": [{"Protocol": "https", "Endpoint": f"https://hooks.example.com/{SECRET}"}]},
        {"Accounts": [{"Email": SECRET}]},
        {"Organization": {"MasterAccountEmail": SECRET}},
        {"Events": [{"CloudTrailEvent": json.dumps({"responseElements": {"credentials": {"a": SECRET}}})}]},
        {"Events": [{"CloudTrailEvent": json.dumps({"requestParameters": {"externalId": SECRET}})}]},
        {"Policy": json.dumps({"Statement": [{"Condition": {"StringEquals": {"sts:ExternalId": SECRET}}}]})},
        {"Policy": json.dumps({"a": json.dumps({"sessionToken": SECRET})})},
    ],
)
def test_a_secret_is_not_kept_wherever_it_stands(answer: dict[str, Any]) -> None:
    kept = json.dumps(redacted(answer))
    assert SECRET not in kept
    assert HIDDEN in kept


def test_everything_else_is_kept() -> None:
    answer = {"Name": "audit", "IsLogging": True, "Count": 3, "None": None, "List": ("a", {"b": 1.5})}
    assert redacted(answer) == {**answer, "List": ["a", {"b": 1.5}]}


def test_that_there_was_no_token_is_no_secret() -> None:
    assert redacted({"NextToken": None, "UsesToken": False}) == {"NextToken": None, "UsesToken": False}


def test_a_document_without_secrets_stays_to_the_letter() -> None:
    policy = '{"Version":"2012-10-17",  "Statement":[]}'
    assert redacted({"Policy": policy}) == {"Policy": policy}


@pytest.mark.parametrize("text", ["{", "{not json}", '{"a": ' * 5000])
def test_text_that_only_begins_like_a_document_is_text(text: str) -> None:
    assert redacted(text) == text


def test_times_are_utc_and_bytes_are_base64() -> None:
    moment = datetime(2026, 1, 31, 10, tzinfo=timezone(timedelta(hours=1)))
    assert redacted([moment, b"key"]) == ["2026-01-31T09:00:00+00:00", "a2V5"]


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.binary()
    | st.datetimes(timezones=st.just(UTC)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=12,
)


@given(plain)
def test_any_answer_can_be_written_as_json_and_redacting_again_changes_nothing(answer: Any) -> None:
    kept = redacted(answer)
    json.dumps(kept)
    assert redacted(kept) == kept
