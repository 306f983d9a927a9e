"""The command `trailaudit`: parse, call one function, print, exit; one module per command.

Nothing heavy is imported here: `--help` names all commands and loads none.
"""

import atexit
import contextlib
import gc
import logging
import os
import sys
import threading
from importlib import import_module
from typing import Any, NoReturn

import click

from scanner.cli import messages
from scanner.errors import SourceExpiredError, UserError

COMMANDS = {
    "scan": ("scanner.cli.scan:scan", "Read AWS, judge, report."),
    "demo": ("scanner.cli.demo:demo", "The same against an embedded AWS, no credentials needed."),
    "verify": ("scanner.cli.verify:verify", "Prove the log files: signatures, hashes, chain of digests."),
    "report": ("scanner.cli.report:report", "Render an earlier run again, in any format, offline."),
    "send": ("scanner.cli.send:send", "Take an earlier run's verdicts to where others look for them."),
    "compare": ("scanner.cli.compare:compare", "What changed between runs, and why."),
    "explain": ("scanner.cli.explain:explain", "Would this event be recorded, and by what?"),
    "evidence": ("scanner.cli.evidence:evidence", "Prove what scan --evidence kept; draw samples of it."),
    "waivers": ("scanner.cli.waivers:waivers", "Look through a file of waivers."),
    "policy": ("scanner.cli.policy:policy", "The least-privilege IAM policy, in three formats."),
    "doctor": ("scanner.cli.doctor:doctor", "What would be unknown, and why, before a scan."),
    "checks": ("scanner.cli.checks:checks", "The catalogue; one check's prose and options."),
}
# As in scanner.scan, which takes too long to import for `--help`.
EXIT_USER = 2
EXIT_NOTHING = 4
EXIT_INTERRUPTED = 130

WORKERS = "trailaudit"
"""How the names of the threads that read AWS begin (scanner.aws.pool)."""

log = logging.getLogger(__name__)


class Program(click.Group):
    """Loads a command when it is called, and turns whatever ends it into one line and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        # Modules make no garbage: looking for some while they load would be a fifth of the start.
        gc.disable()
        try:
            command: click.Command = getattr(import_module(module), name)
        finally:
            gc.enable()
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # `| head` has seen enough; click would call it a failure
            abandon_stdout()
            return 0

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        # Python ends with a look for garbage in all that there is: a sixth of a second, before all is gone.
        atexit.register(gc.freeze)
        messages.show("text", logging.INFO)
        extra |= {"prog_name": "trailaudit", "standalone_mode": False}
        try:
            code = super().main(*args, **extra)
        except UserError as error:
            log.error(error.problem, extra={"hint": error.hint})  # noqa: TRY400 - a person's mistake, no traceback
            code = EXIT_USER
        except SourceExpiredError as error:
            log.error(  # noqa: TRY400 - nothing broke
                "interrupted: the AWS credentials have expired: %s",
                error,
                extra={"hint": "sign in again; what --run-dir kept, --resume goes on with"},
            )
            code = EXIT_INTERRUPTED
        except click.Abort:
            log.error("interrupted; no file is half written")  # noqa: TRY400
            code = EXIT_INTERRUPTED
        except click.ClickException as error:
            error.show()
            code = error.exit_code
        except Exception as error:
            log.debug("where it broke:", exc_info=True)
            log.error(  # noqa: TRY400 - the line above has the traceback, for those who want it
                "this is a defect of trailaudit, please report it: %s: %s",
                type(error).__name__,
                error,
                extra={"hint": "--verbose shows where it broke"},
            )
            code = EXIT_NOTHING
        _leave_calls(code or 0)
        sys.exit(code or 0)


def _leave_calls(code: int) -> None:
    """Exit at once where calls of a scan that was given up still hang: Python would wait for them."""
    if any(thread.name.startswith(WORKERS) for thread in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def abandon_stdout() -> None:
    """Send what is still buffered nowhere, so that Python doesn't stumble over it at its end."""
    with contextlib.suppress(OSError, ValueError):  # not every stdout has a descriptor
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="trailaudit", message="%(prog)s %(version)s")
def main() -> None:
    """Audit AWS CloudTrail: what is recorded, protected, kept and watched, and what can't be read."""
