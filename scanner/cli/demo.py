"""`trailaudit demo`: the whole of a scan, against an AWS that comes along."""

import logging
import shlex
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click

from scanner import registry
from scanner.cli.output import write
from scanner.cli.report import report
from scanner.cli.saved import read_saved
from scanner.cli.scan import scan
from scanner.cli.verify import verify
from scanner.demo import story
from scanner.demo.exceptions import waivers
from scanner.demo.run import embedded_aws, only, surroundings
from scanner.demo.screen import screen
from scanner.demo.server import yesterday
from scanner.errors import UserError
from scanner.model.result import Result
from scanner.model.verification import Verification
from scanner.scan import EXIT_PASS, EXIT_USER

PDF = "pdf"


@click.command(short_help="The same against an embedded AWS, no credentials needed.")
@click.option(
    "--output",
    "folder",
    metavar="DIR",
    default="trailaudit-demo",
    show_default=True,
    help="The folder to write the reports into.",
)
@click.option(
    "--keep", is_flag=True, help="Leave the embedded AWS running until Ctrl-C, to try things on it."
)
@click.option("--pdf", is_flag=True, help="Write the PDF too (extra pdf); it takes as long as all the rest.")
@click.pass_context
def demo(ctx: click.Context, folder: str, *, keep: bool, pdf: bool) -> int:
    """Scan an organization that teaches, built in an AWS of its own (moto) on 127.0.0.1.

    Neither your credentials nor your AWS configuration are used. The demo ends with 0 once it has shown
    what there is to see, and says which exit code the same scan would have ended with.
    """
    if pdf:
        registry.renderer(PDF)  # better a word now than after the scan
    day = yesterday()
    with embedded_aws(day) as url:
        _make(folder)
        # What these say of their files and exit codes stands on the demo's own screen.
        logging.getLogger("scanner.cli").setLevel(logging.ERROR)
        if _verify(ctx, folder, url, day) == EXIT_USER:
            return EXIT_USER
        started = time.perf_counter()
        if _scan(ctx, folder, url) == EXIT_USER:
            return EXIT_USER
        seconds = time.perf_counter() - started
        if pdf and _print(ctx, folder) == EXIT_USER:
            return EXIT_USER
        result = read_saved(f"{folder}/report.json", Result, "the result of a run")
        proof = read_saved(f"{folder}/verify.json", Verification, "a verification")
        click.echo(screen(result, proof, shlex.quote(folder), program=_program(), seconds=seconds, keep=keep))
        if keep:
            _wait(url)
    return EXIT_PASS


def _program() -> str:
    """How to call trailaudit again: by its path where the shell would not find it (`make demo`)."""
    called = Path(sys.argv[0])
    hidden = called.name == "trailaudit" and shutil.which("trailaudit") is None
    return shlex.quote(str(called)) if hidden else "trailaudit"


def _make(folder: str) -> None:
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"the folder {folder} can't be made: {error.strerror or error}", hint="name another (--output)"
        ) from error


def _verify(ctx: click.Context, folder: str, url: str, day: date) -> int:
    """What `trailaudit verify` does with a day of a trail; returns its exit code."""
    with only(surroundings(url)):
        code: int = ctx.invoke(
            verify,
            quiet=True,
            trail=story.TAMPERED_TRAIL,
            start=day.isoformat(),
            end=(day + timedelta(days=1)).isoformat(),
            role_name=story.ROLE,
            output=tuple(f"{name}={folder}/verify.{name}" for name in ("json", "html")),
        )
    return code


def _scan(ctx: click.Context, folder: str, url: str) -> int:
    """What `trailaudit scan` does, told to write every report; returns its exit code."""
    write(f"{folder}/waivers.yaml", waivers(datetime.now(UTC).date()).encode())
    with only(surroundings(url)):
        code: int = ctx.invoke(
            scan,
            organization=True,
            role_name=story.ROLE,
            framework=story.FRAMEWORKS,
            output=tuple(_outputs(folder)),
            save_posture=f"{folder}/posture.json",
            waivers=f"{folder}/waivers.yaml",
            verified=(f"{folder}/verify.json",),
        )
    return code


def _outputs(folder: str) -> Iterator[str]:
    """Every format whose extra is installed, but for PDF, which one asks for (--pdf)."""
    for name in registry.renderers().keys() - {PDF}:
        with suppress(UserError):
            yield f"{name}={folder}/report{registry.renderer(name).suffix}"


def _print(ctx: click.Context, folder: str) -> int:
    """Write the PDF; returns the exit code of `trailaudit report`."""
    code: int = ctx.invoke(report, run=f"{folder}/report.json", output=(f"{PDF}={folder}/report.pdf",))
    return code


def _wait(url: str) -> None:
    click.echo("\nThe embedded AWS runs until Ctrl-C. In another terminal, to use it:\n")
    click.echo("unset AWS_PROFILE AWS_SESSION_TOKEN")
    for name, value in surroundings(url).items():
        click.echo(f"export {name}={shlex.quote(value)}")
    with suppress(KeyboardInterrupt):
        threading.Event().wait()
