"""Filter patterns as published: the benchmark's text (CIS) and AWS Security Hub's, where it differs."""


def any_of(names: str, *, quoted: bool = False, brackets: bool = True) -> str:
    """`($.eventName = A) || ($.eventName = B)`, from names that are separated by spaces."""
    mark = '"' if quoted else ""
    tests = (f"$.eventName = {mark}{name}{mark}" for name in names.split())
    return " || ".join(f"({test})" if brackets else test for test in tests)


IAM = (
    "DeleteGroupPolicy DeleteRolePolicy DeleteUserPolicy PutGroupPolicy PutRolePolicy PutUserPolicy "
    "CreatePolicy DeletePolicy CreatePolicyVersion DeletePolicyVersion AttachRolePolicy DetachRolePolicy "
    "AttachUserPolicy DetachUserPolicy AttachGroupPolicy DetachGroupPolicy"
)
TRAILS = "CreateTrail UpdateTrail DeleteTrail StartLogging StopLogging"
KEYS = "DisableKey ScheduleKeyDeletion"
BUCKETS = (
    "PutBucketAcl PutBucketPolicy PutBucketCors PutBucketLifecycle PutBucketReplication "
    "DeleteBucketPolicy DeleteBucketCors DeleteBucketLifecycle DeleteBucketReplication"
)
CONFIG = "StopConfigurationRecorder DeleteDeliveryChannel PutDeliveryChannel PutConfigurationRecorder"
GROUPS = (
    "AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress RevokeSecurityGroupIngress "
    "RevokeSecurityGroupEgress CreateSecurityGroup DeleteSecurityGroup"
)
ACLS = (
    "CreateNetworkAcl CreateNetworkAclEntry DeleteNetworkAcl DeleteNetworkAclEntry "
    "ReplaceNetworkAclEntry ReplaceNetworkAclAssociation"
)
GATEWAYS = (
    "CreateCustomerGateway DeleteCustomerGateway AttachInternetGateway CreateInternetGateway "
    "DeleteInternetGateway DetachInternetGateway"
)
ROUTES = (
    "CreateRoute CreateRouteTable ReplaceRoute ReplaceRouteTableAssociation DeleteRouteTable "
    "DeleteRoute DisassociateRouteTable"
)
VPCS = (
    "CreateVpc DeleteVpc ModifyVpcAttribute AcceptVpcPeeringConnection CreateVpcPeeringConnection "
    "DeleteVpcPeeringConnection RejectVpcPeeringConnection AttachClassicLinkVpc DetachClassicLinkVpc "
    "DisableVpcClassicLink EnableVpcClassicLink"
)
ORGANIZATIONS = (
    "AcceptHandshake AttachPolicy CreateAccount CreateOrganizationalUnit CreatePolicy DeclineHandshake "
    "DeleteOrganization DeleteOrganizationalUnit DeletePolicy DetachPolicy DisablePolicyType "
    "EnablePolicyType InviteAccountToOrganization LeaveOrganization MoveAccount "
    "RemoveAccountFromOrganization UpdatePolicy UpdateOrganizationalUnit"
)

NOISY_UNAUTHORIZED = (
    '{ ($.errorCode ="*UnauthorizedOperation") || ($.errorCode ="AccessDenied*") || '
    '($.sourceIPAddress!="delivery.logs.amazonaws.com") || ($.eventName!="HeadBucket") }'
)
"""CIS 1.3 to 1.5: as it stands, it counts nearly every event."""

SIX_SECURITY_GROUP_CALLS = "{ " + any_of(GROUPS) + " }"
"""CIS before 5.0, and Security Hub."""

PUBLISHED: dict[str, tuple[str, ...]] = {
    "alarm-unauthorized-api-calls": (
        '{($.errorCode="*UnauthorizedOperation") || ($.errorCode="AccessDenied*")}',
        (
            '{ ($.errorCode ="*UnauthorizedOperation") || ($.errorCode ="AccessDenied*") && '
            '($.sourceIPAddress!="delivery.logs.amazonaws.com") && ($.eventName!="HeadBucket") }'
        ),
    ),
    "alarm-console-signin-without-mfa": (
        '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") }',
        (
            '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && '
            '($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }'
        ),
        '{ $.eventName = ConsoleLogin && $.additionalEventData.MFAUsed = "No" }',
    ),
    "alarm-root-usage": (
        (
            '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && '
            '$.eventType != "AwsServiceEvent" }'
        ),
        (
            '{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS && '
            '$.eventType !="AwsServiceEvent"}'
        ),
    ),
    "alarm-iam-policy-changes": (
        f"{{{any_of(IAM).replace(' ', '')}}}",
        f"{{($.eventSource=iam.amazonaws.com) && ({any_of(IAM)})}}",
    ),
    "alarm-cloudtrail-config-changes": (f"{{ {any_of(TRAILS)} }}",),
    "alarm-console-auth-failures": (
        '{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }',
    ),
    "alarm-cmk-disable-or-delete": (
        f"{{($.eventSource = kms.amazonaws.com) && ({any_of(KEYS, brackets=False)}) }}",
        f"{{($.eventSource=kms.amazonaws.com) && ({any_of(KEYS)})}}",
    ),
    "alarm-s3-bucket-policy-changes": (f"{{ ($.eventSource = s3.amazonaws.com) && ({any_of(BUCKETS)}) }}",),
    "alarm-aws-config-changes": (f"{{ ($.eventSource = config.amazonaws.com) && ({any_of(CONFIG)}) }}",),
    "alarm-security-group-changes": (
        f"{{ {any_of(f'{GROUPS} ModifySecurityGroupRules')} }}",
        (
            "{ ($.eventSource = ec2.amazonaws.com) && "
            f"({any_of(f'{GROUPS} ModifySecurityGroupRules', quoted=True)}) }}"
        ),
    ),
    "alarm-nacl-changes": (f"{{ {any_of(ACLS)} }}",),
    "alarm-network-gateway-changes": (f"{{ {any_of(GATEWAYS)} }}",),
    "alarm-route-table-changes": (
        f"{{{any_of(ROUTES)}}}",
        f"{{ ($.eventSource = ec2.amazonaws.com) && {any_of(ROUTES)} }}",
        f"{{($.eventSource=ec2.amazonaws.com) && ({any_of(ROUTES)})}}",
    ),
    "alarm-vpc-changes": (f"{{ {any_of(VPCS)} }}",),
    "alarm-organizations-changes": (
        f"{{ ($.eventSource = organizations.amazonaws.com) && ({any_of(ORGANIZATIONS, quoted=True)}) }}",
    ),
    "alarm-log-protection": (
        "{ "
        + any_of(
            "PutEventSelectors PutInsightSelectors DeleteEventDataStore StopEventDataStoreIngestion "
            "UpdateEventDataStore PutBucketVersioning PutBucketObjectLockConfiguration "
            "PutBucketPublicAccessBlock PutBucketLogging DeleteLogGroup DeleteMetricFilter "
            "PutRetentionPolicy DeleteAlarms DisableAlarmActions DeleteTopic Unsubscribe"
        )
        + " }",
    ),
}
