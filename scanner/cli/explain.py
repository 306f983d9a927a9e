"""`trailaudit explain`: one event, and who would record it."""

import json
import logging
import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import click

from scanner.cli import messages
from scanner.cli.options import MESSAGES, SESSION, config_file, flags
from scanner.cli.output import to_stdout
from scanner.cli.seen import seen
from scanner.config import load_settings
from scanner.errors import UserError
from scanner.events.catalogue import SUFFIX
from scanner.explain import Question, require_sound
from scanner.explain import explain as answer
from scanner.explain.question import CATEGORIES
from scanner.explain.text import text
from scanner.model.arn import is_account_id
from scanner.model.posture import Account, Posture
from scanner.model.reading import Gap, first_gap
from scanner.scan import EXIT_FAIL, EXIT_INCOMPLETE, EXIT_NOTHING, EXIT_PASS
from scanner.settings import Settings

log = logging.getLogger(__name__)
CODES = {"yes": EXIT_PASS, "no": EXIT_FAIL, "unknown": EXIT_INCOMPLETE}
STORES, INSIGHTS = "cloudtrail:ListEventDataStores", "cloudtrail:GetInsightSelectors"


@click.command(
    short_help="Would this event be recorded, and by what?",
    epilog="Exit codes: 0 recorded, 1 not recorded, 2 the command or its options must be mended, 3 it can't "
    "be told or hangs on what was not said, 4 nothing could be read.",
)
@click.option(
    "--event-source", metavar="SOURCE", required=True, help="Whose event, such as s3.amazonaws.com."
)
@click.option("--event-name", metavar="NAME", required=True, help="Its name, such as PutObject.")
@click.option("--resource", metavar="ARN", help="What a data event is about.")
@click.option("--resource-type", metavar="TYPE", help="A data event of this type, such as AWS::S3::Object.")
@click.option(
    "--category",
    type=click.Choice(list(CATEGORIES)),
    help="The kind of event. [default: by its name]",
)
@click.option("--read", is_flag=True, help="The event reads. [default: by its name]")
@click.option("--write", is_flag=True, help="The event writes.")
@click.option(
    "--field",
    "fields",
    metavar="NAME=VALUE",
    multiple=True,
    help="Another field that selectors ask for, such as userIdentity.arn. [repeat]",
)
@click.option("--account", metavar="ID", help="The account that it happens in. [default: the caller's]")
@click.option("--region", metavar="NAME", help="The region that it happens in. [default: any]")
@click.option(
    "--output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="JSON as docs/explanation.schema.json has it.",
)
@config_file("The file of options, for those below that also stand there.")
@flags(
    *SESSION,
    "--posture",
    "--concurrency",
    *MESSAGES,
)
def explain(output: str, account: str | None, **given: Any) -> int:
    """Say whether one event would be recorded: by which trail or event data store and which of its selectors,
    or which field of which selector refuses it.
    """
    question = asked(given)
    settings = load_settings({key: value for key, value in given.items() if key != "region"}, os.environ)
    messages.show(settings.log_format, messages.level(quiet=settings.quiet, verbose=settings.verbose))
    if account is not None and not is_account_id(account):
        raise UserError(f"--account: {account!r} is not an AWS account id", hint="it has 12 digits")
    needs = {STORES} | ({INSIGHTS} if question.category == "insight" else set())
    posture = seen(_alone(settings, account), frozenset(needs), now=datetime.now(UTC))
    found = _account(posture, account)
    if (gap := _nothing(found)) is not None:
        log.error("nothing could be read of account %s: %s", found.id, gap.detail)
        return EXIT_NOTHING
    _require_enabled(question, found)
    explanation = answer(question, found, posture)
    # Not pydantic's own writer, which raises on half a character. ASCII: none acts on a terminal.
    to_stdout(
        text(explanation).encode()
        if output == "text"
        else f"{json.dumps(explanation.model_dump(mode='json'), indent=2)}\n".encode()
    )
    return CODES[explanation.recorded]


def asked(given: Mapping[str, Any]) -> Question:
    """The options of the command line as a question. Raises UserError that names the option."""
    source, name = given["event_source"], given["event_name"]
    if re.fullmatch(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?", source) is None:
        raise UserError(
            f"--event-source: {source!r} is not an event source",
            hint=f"it is a service's name and {SUFFIX}, such as s3{SUFFIX}",
        )
    if re.fullmatch(r"[A-Za-z0-9_]+", name) is None:
        raise UserError(f"--event-name: {name!r} is not the name of an event", hint="such as PutObject")
    if given["read"] and given["write"]:
        raise UserError("--read: excludes --write")
    question = Question(
        source=source,
        name=name,
        resource=given["resource"],
        resource_type=given["resource_type"],
        category=given["category"],
        read_only=True if given["read"] else False if given["write"] else None,
        region=given["region"],
        fields=dict(_field(spec) for spec in given["fields"]),
    )
    require_sound(question)
    return question


def _field(spec: str) -> tuple[str, str]:
    name, equals, value = spec.partition("=")
    if not name or not equals:
        raise UserError(f"--field: {spec!r} is not NAME=VALUE", hint="such as errorCode=VpceAccessDenied")
    return name, value


def _alone(settings: Settings, account: str | None) -> Settings:
    """Whatever the file and the environment say of other accounts: one is asked about, in all its regions."""
    accounts = () if account is None else (account,)
    return settings.model_copy(
        update={"accounts": accounts, "organization": False, "ous": (), "exclude": (), "regions": ()}
    )


def _account(posture: Posture, wanted: str | None) -> Account:
    known = [account.id for account in posture.accounts]
    chosen = wanted or (known[0] if len(known) == 1 else posture.caller.account)
    found = posture.account(chosen)
    if found is None:
        raise UserError(
            f"account {chosen} is not in the posture", hint=f"name one with --account: {', '.join(known)}"
        )
    return found


def _nothing(account: Account) -> Gap | None:
    """Why nothing at all could be read of the account, if so."""
    if account.gap is not None:
        return account.gap
    if not account.reachable:
        return Gap(account.reason or f"it is {account.state}")
    if account.views and len(account.unlisted) == len(account.views):
        return first_gap(account.unlisted)
    return None if account.views else Gap("none of its regions was looked at")


def _require_enabled(question: Question, account: Account) -> None:
    regions = account.enabled_regions
    if question.region is None or isinstance(regions, Gap) or question.region in regions.value:
        return
    raise UserError(
        f"--region: {question.region} is not enabled in account {account.id}",
        hint=f"enabled are {', '.join(regions.value)}",
    )
