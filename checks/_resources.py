"""Resources as people name them, and the data events that tell of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from scanner.events import EventClass
from scanner.events.classes import DATA, DYNAMODB_TABLE, LAMBDA_FUNCTION, S3_OBJECT, is_category
from scanner.model.arn import parse_arn
from scanner.model.trail import FieldSelector

DYNAMODB_STREAM = "AWS::DynamoDB::Stream"
TYPES: Mapping[str, Mapping[str, str]] = {
    "bedrock": {
        "agent-alias/": "AWS::Bedrock::AgentAlias",
        "knowledge-base/": "AWS::Bedrock::KnowledgeBase",
    },
    "cognito-identity": {"identitypool/": "AWS::Cognito::IdentityPool"},
    "dynamodb": {"table/": DYNAMODB_TABLE},
    "kinesis": {"stream/": "AWS::Kinesis::Stream"},
    "lambda": {"function:": LAMBDA_FUNCTION},
    "s3": {"": S3_OBJECT},
    "sagemaker": {"endpoint/": "AWS::SageMaker::Endpoint"},
    "sns": {"": "AWS::SNS::Topic"},
    "sqs": {"": "AWS::SQS::Queue"},
    "verifiedpermissions": {"policy-store/": "AWS::VerifiedPermissions::PolicyStore"},
}
"""The type under which selectors know a resource: by its service, and how the last part of its ARN begins."""


@dataclass(frozen=True, slots=True)
class Resource:
    """`account` and `region` are None where the ARN leaves them open."""

    text: str
    partition: str
    account: str | None
    region: str | None
    events: EventClass
    """All reads and writes, but those that AWS makes itself."""
    bucket: str | None
    """The bucket that it lies in or is, where that is certain."""


def read_resource(text: str) -> Resource:
    """Understand an ARN, or the beginning of one that ends in `*`. Raises ValueError where it can't."""
    stem = text.removesuffix("*")
    parts = stem.split(":", 5)
    if "*" in stem or "?" in stem:
        raise ValueError(f"{text!r}: only one * is understood, at the end")
    if len(parts) < 4 or (stem == text and len(parts) < 6):  # noqa: PLR2004 - the parts of an ARN
        raise ValueError(f"{text!r} is neither an ARN nor the beginning of one that ends in *")
    arn = parse_arn(":".join([*parts, *[""] * (6 - len(parts))]))
    complete = [*parts[:-1], *([parts[-1]] if stem == text else [])]
    region, account = (complete[at] or None if at < len(complete) else None for at in (3, 4))
    type_ = _type(text, arn.service, arn.resource)
    if type_ == S3_OBJECT and (region or account):
        raise ValueError(f"{text!r} is no bucket and no object; access points are not supported")
    whole_bucket = type_ == S3_OBJECT and stem == text and "/" not in arn.resource
    stem += "/" if whole_bucket else ""
    exact = stem == text and not stem.endswith("/")
    which = {"equals": (stem,)} if exact else {"starts_with": (stem,)}
    return Resource(
        text=text,
        partition=arn.partition,
        account=account,
        region=region,
        events=EventClass(
            label=f"data events of {text}",
            fields=(
                is_category(DATA),
                FieldSelector(field="resources.type", equals=(type_,)),
                FieldSelector(field="resources.ARN", **which),
                FieldSelector(field="eventType", not_equals=("AwsServiceEvent",)),
            ),
        ),
        bucket=parse_arn(stem).resource.split("/")[0] if type_ == S3_OBJECT and "/" in stem else None,
    )


def _type(text: str, service: str, resource: str) -> str:
    known = TYPES.get(service)
    if known is None:
        raise ValueError(f"{text!r}: the services that are understood are {', '.join(TYPES)}")
    fitting = {
        type_
        for start, type_ in known.items()
        if resource.startswith(start) or (text.endswith("*") and start.startswith(resource))
    }
    if len(fitting) != 1:
        raise ValueError(f"{text!r}: a resource of {service} begins with {' or '.join(known)}")
    if service == "dynamodb" and "/stream/" in resource:
        return DYNAMODB_STREAM
    return fitting.pop()
