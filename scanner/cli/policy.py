"""`trailaudit policy`: the least privilege that a scan needs, to be granted before one."""

import os
from typing import Any

import click

from scanner import registry
from scanner.aws.policy import as_cloudformation, as_json, as_terraform
from scanner.cli.options import config_file, flags
from scanner.config import load
from scanner.scan import needs

FORMATS = {"json": as_json, "cloudformation": as_cloudformation, "terraform": as_terraform}


@click.command(
    short_help="The least-privilege IAM policy, as JSON, StackSet template or Terraform.",
    epilog="`json` has two statements: Read for the role in each account and for the caller, Caller for the "
    "caller alone where it scans other accounts. The other formats make the role in one account: deploy "
    "`cloudformation` as a StackSet to make it in every account of an organization.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(tuple(FORMATS)),
    default="json",
    show_default=True,
    help="What to write to standard output.",
)
@click.option("--verify", is_flag=True, help="Let `trailaudit verify` read the log files too.")
@config_file("The file of options, for the checks that it chooses.")
@flags("--check", "--skip")
def policy(form: str, *, verify: bool, **given: Any) -> None:
    """Write the policy for the checks that are chosen: it reads, and grants nothing that no check needs."""
    config = load(given, os.environ, registry.checks(), registry.renderers())
    click.echo(FORMATS[form](needs(config.checks), verify=verify), nl=False)
