"""What a question may mean, and what contradicts itself."""

import pytest

from scanner.errors import UserError
from scanner.explain import Question, require_sound
from scanner.explain.question import assumptions, forms
from scanner.model.trail import FieldSelector

OBJECT = "arn:aws:s3:::payments/a.csv"
S3 = "s3.amazonaws.com"


def kinds(question: Question) -> list[tuple[str, tuple[str, ...]]]:
    return [(form.category, form.types) for form in forms(question, "aws")]


def fields(question: Question) -> dict[str, tuple[str, ...]]:
    """What the only form asks of an event, by Equals."""
    (form,) = forms(question, "aws")
    return {field.field: field.equals for field in form.wanted.fields if field.equals}


def assumed(question: Question) -> list[str]:
    return list(assumptions(question, forms(question, "aws")))


def test_a_data_event_has_the_type_that_its_name_and_its_resource_tell() -> None:
    assert kinds(Question(source=S3, name="PutObject", resource=OBJECT)) == [("data", ("AWS::S3::Object",))]


def test_without_a_resource_each_type_that_has_the_name_is_a_case() -> None:
    assert kinds(Question(source=S3, name="PutObject")) == [
        ("data", ("AWS::S3::AccessPoint",)),
        ("data", ("AWS::S3::Object",)),
    ]


def test_what_is_no_data_event_is_a_management_event() -> None:
    assert kinds(Question(source=S3, name="PutBucketPolicy")) == [("management", ())]


def test_where_aws_names_no_data_events_both_are_asked() -> None:
    assert kinds(Question(source="glue.amazonaws.com", name="GetTable")) == [
        ("management", ()),
        ("data", ("AWS::Glue::Table",)),
    ]


def test_a_type_or_category_that_is_said_settles_it() -> None:
    typed = Question(source="acme.amazonaws.com", name="Frob", resource_type="AWS::Acme::Thing")
    assert kinds(typed) == [("data", ("AWS::Acme::Thing",))]
    assert kinds(Question(source="glue.amazonaws.com", name="GetTable", category="management")) == [
        ("management", ())
    ]
    assert kinds(Question(source=S3, name="PutObject", category="network-activity")) == [
        ("network-activity", ())
    ]


def test_all_that_is_known_is_asked_of_the_event() -> None:
    assert fields(
        Question(source=S3, name="PutObject", resource=OBJECT, fields={"userIdentity.arn": "arn:aws:iam::1:user/a"})
    ) == {
        "eventCategory": ("Data",),
        "resources.type": ("AWS::S3::Object",),
        "resources.ARN": (OBJECT,),
        "eventSource": (S3,),
        "eventName": ("PutObject",),
        "eventType": ("AwsApiCall",),
        "readOnly": ("false",),
        "userIdentity.arn": ("arn:aws:iam::1:user/a",),
    }  # fmt: skip


def test_a_verb_that_tells_nothing_leaves_reads_and_writes_open() -> None:
    assert "readOnly" not in fields(Question(source="acme.amazonaws.com", name="Frob"))


@pytest.mark.parametrize(("said", "value"), [(True, "true"), (False, "false")])
def test_what_is_said_wins_over_the_verb(*, said: bool, value: str) -> None:
    assert fields(Question(source=S3, name="PutObject", resource=OBJECT, read_only=said))["readOnly"] == (
        value,
    )


@pytest.mark.parametrize(
    ("question", "type_"),
    [
        (Question(source="signin.amazonaws.com", name="ConsoleLogin"), "AwsConsoleSignIn"),
        (Question(source=S3, name="PutObject", category="network-activity"), "AwsVpceEvent"),
        (
            Question(source=S3, name="PutBucketAcl", fields={"eventType": "AwsServiceEvent"}),
            "AwsServiceEvent",
        ),
    ],
)
def test_the_type_of_the_event_follows_from_its_kind_unless_it_is_said(
    question: Question, type_: str
) -> None:
    assert fields(question)["eventType"] == (type_,)


def test_a_bucket_stands_for_any_object_in_it() -> None:
    question = Question(source=S3, name="PutObject", resource="arn:aws:s3:::payments")
    (form,) = forms(question, "aws")
    assert FieldSelector(field="resources.ARN", starts_with=("arn:aws:s3:::payments/",)) in form.wanted.fields
    assert "the bucket stands for any object in it" in assumed(question)


def test_what_follows_from_names_is_said_with_the_way_out() -> None:
    assert assumed(Question(source=S3, name="PutObject", resource=OBJECT)) == [
        "a data event of AWS::S3::Object, by its name (otherwise --category, --resource-type)",
        "it writes, by its name (otherwise --read)",
        "eventType AwsApiCall (otherwise --field eventType=…)",
    ]


def test_what_is_said_is_not_assumed() -> None:
    said = Question(
        source=S3,
        name="PutObject",
        resource=OBJECT,
        category="data",
        read_only=False,
        fields={"eventType": "AwsApiCall"},
    )
    assert assumed(said) == []


@pytest.mark.parametrize(
    "question",
    [
        Question(source=S3, name="PutObject", resource="arn:aws:sqs:eu-west-1:010203040506:jobs"),
        Question(source=S3, name="PutObject", resource="arn:aws-cn:s3:::payments/a.csv"),
        Question(source="lambda.amazonaws.com", name="Invoke", resource=OBJECT),
        Question(source=S3, name="GetObject", resource=OBJECT, resource_type="AWS::DynamoDB::Table"),
    ],
)
def test_a_resource_of_another_type_is_refused_for_of_no_events_all_are_recorded(question: Question) -> None:
    with pytest.raises(UserError) as refused:
        forms(question, "aws")
    assert refused.value.problem.startswith(f"--resource: {question.resource} is none of AWS::")


@pytest.mark.parametrize(
    ("question", "problem"),
    [
        (Question(source=S3, name="PutObject", resource="payments"), "--resource: 'payments' is not an ARN"),
        (
            Question(source=S3, name="PutObject", resource_type="AWS::S3::Object", category="management"),
            "--resource-type: a management event has none",
        ),
        (
            Question(source=S3, name="PutObject", fields={"readOnly": "true"}),
            "--field: readOnly has an option of its own",
        ),
        (
            Question(source="iam.amazonaws.com", name="CreateUser", category="data"),
            "--category: data events of iam.amazonaws.com are not known here",
        ),
    ],
)
def test_a_contradiction_is_refused_with_the_option(question: Question, problem: str) -> None:
    with pytest.raises(UserError) as refused:
        require_sound(question)
    assert refused.value.problem == problem
