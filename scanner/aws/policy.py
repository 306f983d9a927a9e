"""The least-privilege policy: what a scan's calls need, as one grants it. Nothing in it writes."""

import json
from collections.abc import Collection, Iterable
from typing import Any

import yaml

from scanner.aws.permissions import CALLER_ONLY, VERIFY, actions

ROLE_NAME = "trailaudit"
POLICY_VERSION = "2012-10-17"
READ_SID, CALLER_SID = "Read", "Caller"


def granted(needs: Iterable[str], *, verify: bool = False) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The actions for each account that is scanned, and those for the caller alone; sorted.

    `needs` are those of the checks that are to be run; with `verify`, `trailaudit verify` may run too.
    """
    wanted = {*actions(needs), *(VERIFY if verify else ())}
    at_home = {call.action for call in CALLER_ONLY}
    return tuple(sorted(wanted - at_home)), tuple(sorted(wanted & at_home))


def as_json(needs: Iterable[str], *, verify: bool = False) -> str:
    """An IAM policy. `Read` is for the role in each account and for the caller, `Caller` for the caller
    alone, where it scans other accounts.
    """
    read, caller = granted(needs, verify=verify)
    return json.dumps(_document(_allow(READ_SID, read), _allow(CALLER_SID, caller)), indent=2) + "\n"


def as_cloudformation(needs: Iterable[str], *, verify: bool = False) -> str:
    """A CloudFormation template of the role in one account; as a StackSet, in all of an organization."""
    read, _ = granted(needs, verify=verify)
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "The role that trailaudit assumes to read this account's audit logging",
        "Parameters": {
            "AuditorArn": _parameter(
                "The ARN of the user or role that scans", r"arn:[a-z-]+:(iam|sts)::\d{12}:.+"
            ),
            "RoleName": _parameter("The name of the role", r"[\w+=,.@-]{1,64}", ROLE_NAME),
            "ExternalId": _parameter(
                "The external id that it asks for, if any", r"|[\w+=,.@:/-]{2,1224}", ""
            ),
            "OrganizationId": _parameter("Let in nobody from outside of it", r"|o-[a-z0-9]{10,32}", ""),
        },
        "Conditions": {
            "AsksForExternalId": _is_given("ExternalId"),
            "AsksForOrganization": _is_given("OrganizationId"),
            "AsksForSomething": {
                "Fn::Or": [{"Condition": "AsksForExternalId"}, {"Condition": "AsksForOrganization"}]
            },
        },
        "Resources": {
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "RoleName": {"Ref": "RoleName"},
                    "AssumeRolePolicyDocument": _document(
                        {
                            "Effect": "Allow",
                            "Principal": {"AWS": {"Ref": "AuditorArn"}},
                            "Action": "sts:AssumeRole",
                            "Condition": _if(
                                "AsksForSomething",
                                {
                                    "StringEquals": {
                                        "sts:ExternalId": _if("AsksForExternalId", {"Ref": "ExternalId"}),
                                        "aws:PrincipalOrgID": _if(
                                            "AsksForOrganization", {"Ref": "OrganizationId"}
                                        ),
                                    }
                                },
                            ),
                        }
                    ),
                    "Policies": [
                        {"PolicyName": ROLE_NAME, "PolicyDocument": _document(_allow(READ_SID, read))}
                    ],
                },
            }
        },
        "Outputs": {"RoleArn": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}}},
    }
    return yaml.safe_dump(template, sort_keys=False, width=100)


def as_terraform(needs: Iterable[str], *, verify: bool = False) -> str:
    """A Terraform module of the role in one account."""
    read, _ = granted(needs, verify=verify)
    listed = "\n".join(f'      "{action}",' for action in read)
    return _TERRAFORM.replace("ROLE_NAME", ROLE_NAME).replace("ACTIONS", listed)


def _document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": POLICY_VERSION, "Statement": list(statements)}


def _allow(sid: str, allowed: Collection[str]) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": list(allowed), "Resource": "*"}


def _parameter(what: str, pattern: str, default: str | None = None) -> dict[str, str]:
    parameter = {"Type": "String", "Description": what, "AllowedPattern": pattern}
    return parameter if default is None else {**parameter, "Default": default}


def _is_given(parameter: str) -> dict[str, Any]:
    return {"Fn::Not": [{"Fn::Equals": [{"Ref": parameter}, ""]}]}


def _if(condition: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"Fn::If": [condition, value, {"Ref": "AWS::NoValue"}]}


_TERRAFORM = """\
# The role that trailaudit assumes to read this account's audit logging.

variable "auditor_arn" {
  description = "The ARN of the user or role that scans."
  type        = string
}

variable "role_name" {
  description = "The name of the role."
  type        = string
  default     = "ROLE_NAME"
}

variable "external_id" {
  description = "The external id that it asks for, if any."
  type        = string
  default     = null
}

variable "organization_id" {
  description = "Let in nobody from outside of it."
  type        = string
  default     = null
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [var.auditor_arn]
    }

    dynamic "condition" {
      for_each = var.external_id == null ? [] : [var.external_id]
      content {
        test     = "StringEquals"
        variable = "sts:ExternalId"
        values   = [condition.value]
      }
    }

    dynamic "condition" {
      for_each = var.organization_id == null ? [] : [var.organization_id]
      content {
        test     = "StringEquals"
        variable = "aws:PrincipalOrgID"
        values   = [condition.value]
      }
    }
  }
}

data "aws_iam_policy_document" "read" {
  statement {
    sid = "Read"
    actions = [
ACTIONS
    ]
    resources = ["*"]
  }
}

resource "aws_iam_role" "trailaudit" {
  name               = var.role_name
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "read" {
  name   = "ROLE_NAME"
  role   = aws_iam_role.trailaudit.id
  policy = data.aws_iam_policy_document.read.json
}

output "role_arn" {
  value = aws_iam_role.trailaudit.arn
}
"""
