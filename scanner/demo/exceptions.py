"""The demo's file of waivers: one failure that somebody answers for, and one whose time is over."""

from datetime import date, timedelta

from scanner.demo import story


def waivers(today: date) -> str:
    """The text of the file; one waiver ended the day before yesterday."""
    return f"""\
# Failures that somebody answers for until a day: trailaudit scan --waivers waivers.yaml
waivers:
  - id: DEMO-1
    check: duplicate-management-events
    scope: {{account: "{story.PUBLIC.id}"}}
    owner: web-shop@acme.example
    approver: security@acme.example
    reason: The shop keeps its own trail until its alarms have moved.
    ticket: SHOP-42
    created: {today - timedelta(days=30)}
    expires: {today + timedelta(days=60)}
  - id: DEMO-2
    check: trail-logging
    scope: {{account: "{story.STOPPED.id}"}}
    owner: billing@acme.example
    reason: Logging pauses while billing moves.
    created: {today - timedelta(days=12)}
    expires: {today - timedelta(days=2)}
"""
