"""`trailaudit evidence`: prove what a scan kept, and draw samples of it."""

import logging
from collections.abc import Sequence
from pathlib import Path

import click

from scanner import registry
from scanner.cli.output import chosen, publish
from scanner.cli.saved import read_saved
from scanner.errors import UserError
from scanner.evidence import Difference, Manifest, check, draw, load
from scanner.evidence.manifest import MANIFEST, PUBLIC_KEY, SIGNATURE, statement
from scanner.evidence.signature import fits
from scanner.model.finding import Status
from scanner.model.result import Result
from scanner.scan import EXIT_FAIL, EXIT_PASS, EXIT_USER
from scanner.words import plural, printable

log = logging.getLogger(__name__)


@click.group(short_help="Prove what scan --evidence kept; draw samples of it.")
def evidence() -> None:
    """What verdicts rest on, as scan --evidence kept it. Nothing here asks AWS."""


@evidence.command(
    short_help="Is everything as it was written?",
    epilog="Exit codes: 0 intact, 1 something differs, is missing or is extra, or the signature doesn't fit, "
    "2 DIR holds no evidence, or it can't be read.",
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--public-key",
    metavar="PEM",
    help="Check the signature with this key, as `aws kms get-public-key` has it, not with the one in DIR.",
)
def verify(folder: Path, public_key: str | None) -> int:
    """Hash every file in DIR, hold it against the manifest, and check its signature where it has one."""
    manifest = load(folder)
    if isinstance(manifest, Difference):
        click.echo(_told(manifest))
        return EXIT_FAIL
    if found := check(folder, manifest):
        click.echo(_told(*found))
        return EXIT_FAIL
    size = sum(file.bytes for file in manifest.files)
    click.echo(f"intact: {plural(len(manifest.files), 'file')}, {plural(size, 'byte')}")
    click.echo(f"SHA-256 of it all: {manifest.sha256}")
    if manifest.signing is None:
        if public_key is not None:
            click.echo("not signed: there is nothing to check with that key")
            return EXIT_FAIL
        click.echo("not signed: who can write here can write another manifest. Compare the hash with the one")
        click.echo("that the scan printed.")
        return EXIT_PASS
    return _signature(folder, manifest, manifest.signing.key, public_key)


def _told(first: Difference, *others: Difference) -> str:
    more = f"\nand {plural(len(others), 'other difference')}" if others else ""
    return f"not intact: {printable(first.path)} {_WORDS[first.kind]}: {printable(first.detail)}{more}"


_WORDS = {"differs": "differs", "missing": "is missing", "extra": "is extra"}


def _signature(folder: Path, manifest: Manifest, owner: str, public_key: str | None) -> int:
    assert manifest.signing is not None
    key = Path(public_key) if public_key is not None else folder / PUBLIC_KEY
    signature, content = _content(folder / SIGNATURE), statement(_content(folder / MANIFEST))
    whose = f"the public key {key}" if public_key is not None else "the public key beside it"
    if not fits(_content(key), manifest.signing.algorithm, signature, content):
        click.echo(f"not intact: {SIGNATURE} is no signature of {MANIFEST} by {whose}")
        return EXIT_FAIL
    click.echo(f"signed: {whose} fits the signature ({manifest.signing.algorithm})")
    if public_key is None:
        click.echo(
            f"The manifest says that it is {printable(owner)}: whose it is must be established otherwise."
        )
        click.echo(f"Compare {PUBLIC_KEY} with `aws kms get-public-key`, or pass that to --public-key.")
    return EXIT_PASS


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} can't be read: {error.strerror or error}") from error


@evidence.command(
    short_help="Draw verdicts for an audit, reproducibly.",
    epilog="Exit codes: 0 drawn, 1 the evidence is not intact, 2 the command must be mended.",
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--n", "size", metavar="N", type=click.IntRange(min=1), default=25, show_default=True)
@click.option("--seed", metavar="S", required=True, help="Any text: the same one draws the same sample.")
@click.option(
    "--status",
    "statuses",
    metavar="STATUS",
    multiple=True,
    type=click.Choice([status.value for status in Status]),
    help="Draw only from these: pass, fail, unknown, not_applicable. [default: all] [repeat]",
)
@click.option(
    "--output",
    "outputs",
    metavar="FORMAT[=PATH]",
    multiple=True,
    help="Reports to write (table, csv, json); without PATH, to standard output. [default: table] [repeat]",
)
def sample(folder: Path, size: int, seed: str, statuses: Sequence[str], outputs: Sequence[str]) -> int:
    """Draw N verdicts from DIR by a seed, each with the calls that it rests on."""
    wanted = chosen(outputs, registry.SAMPLES)
    manifest = load(folder)
    found = [manifest] if isinstance(manifest, Difference) else check(folder, manifest)
    if isinstance(manifest, Difference) or found:
        log.error("%s; a sample of it would prove nothing", _told(*found))
        return EXIT_FAIL
    result = read_saved(str(folder / "result.json"), Result, "the result of a run")
    drawn = draw(
        result, manifest.sha256, size=size, seed=seed, statuses=[Status(status) for status in statuses]
    )
    problems = list(publish(drawn, wanted, registry.SAMPLES))
    for problem in problems:
        log.error(problem.problem, extra={"hint": problem.hint})
    return EXIT_USER if problems else EXIT_PASS
