"""The check `trail-tags`."""

from pydantic import Field

from scanner.check import Fail, NotApplicable, Pass, TrailCheck, Verdict
from scanner.model.finding import Severity
from scanner.model.posture import Posture
from scanner.model.trail import Trail
from scanner.words import listed


class TrailTags(TrailCheck):
    """Trails have the tags that the organization asks for.

    Why it matters: Tags say whose a trail is, who pays for it and whether it may be changed; policies
    that go by tags protect only what is tagged.

    How to fix: Add the missing tags.

    - Console: CloudTrail > Trails > the trail > Tags > Edit.
    - CLI, in the trail's home region: `aws cloudtrail add-tags --resource-id ARN --tags-list
      Key=KEY,Value=VALUE`.
    - Terraform: `tags` in `aws_cloudtrail`.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AddTags.html
    https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
    """

    id = "trail-tags"
    reads = frozenset({"cloudtrail:ListTags"})

    severity: Severity = Severity.LOW
    required_keys: tuple[str, ...] = Field(
        default=(), description="The tag keys that every trail must have; case matters."
    )

    @property
    def needs(self) -> frozenset[str]:
        return self.reads if self.required_keys else frozenset()

    def judge(self, trail: Trail, posture: Posture, /) -> Verdict:  # noqa: ARG002 - the trail says it all
        if not self.required_keys:
            return NotApplicable("No tag keys are required.")
        found = {tag.key for tag in trail.tags.require()}
        missing = sorted(set(self.required_keys) - found)
        if missing:
            return Fail(f"lacks the tags {listed(missing)}")
        return Pass(f"has the tags {listed(sorted(set(self.required_keys)))}")
