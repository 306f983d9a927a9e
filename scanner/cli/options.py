"""The flags of a command, made from the one table of settings."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from scanner.config import CONFIG_VARIABLE
from scanner.settings import FLAGS, Flag

Command = TypeVar("Command", bound=Callable[..., Any])

SESSION = ("--profile", "--role-name", "--role-path", "--external-id-env", "--session-duration")
"""How accounts are entered."""
MESSAGES = ("--quiet", "--verbose", "--no-progress", "--log-format")


def flags(*names: str) -> Callable[[Command], Command]:
    """Decorate a command with these flags of the table; without names, with all.

    All take text: `config.load` reads it as it reads the environment, with one kind of error.
    """
    chosen = [flag for flag in FLAGS if not names or flag.name in names]

    def decorate(command: Command) -> Command:
        for flag in reversed(chosen):
            command = _option(flag)(command)
        return command

    return decorate


def config_file(what: str) -> Callable[[Command], Command]:
    """Decorate a command with the option `--config`; `what` says what the command takes from the file."""
    return click.option("--config", metavar="FILE", help=f"{what} [environment: {CONFIG_VARIABLE}]")


def _option(flag: Flag) -> Callable[[Command], Command]:
    if isinstance(flag.default, bool):
        return click.option(flag.name, is_flag=True, help=flag.description)
    note = " [repeat]" if flag.many else "" if flag.default is None else f" [default: {flag.default}]"
    return click.option(flag.name, metavar=flag.metavar, multiple=flag.many, help=f"{flag.description}{note}")
