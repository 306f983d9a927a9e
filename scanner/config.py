"""The options of one scan: flag > environment > file > default; every error names where it stands."""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import SecretStr, ValidationError

from scanner.aws.scope import Scope
from scanner.check import DAYS, REQUIRED_BY, Check, period
from scanner.errors import UserError
from scanner.frameworks import ALL_FRAMEWORKS, FrameworkFile, Preset, choose, find, is_file, preset
from scanner.refusals import did_you_mean, hints, refusal
from scanner.settings import FLAGS, STDOUT, Flag, Role, Settings
from scanner.yaml_file import Document, Key, dotted, read

CONFIG_VARIABLE = "TRAILAUDIT_CONFIG"
SHARED = ("trusted_accounts", "trusted_principals")
"""A check's option of this name takes the value of the top-level setting, so the two can't differ."""
LOUDNESS = frozenset({"quiet", "verbose"})
"""Two ends of one question: the strongest source that sets one of them answers it."""
READING = frozenset(
    {"accounts", "organization", "ous", "exclude", "role", "list_role_arn", "profile", "regions", "dask"}
)
"""Settings that say what to read of AWS, and where: without effect on a saved posture."""


@dataclass(frozen=True, slots=True)
class Config:
    """All that a scan was asked for."""

    settings: Settings
    checks: tuple[Check, ...]
    """The selected ones with their options, sorted by id."""
    frameworks: tuple[FrameworkFile, ...] = ()


@dataclass(frozen=True, slots=True)
class _Source:
    """One of the places where options stand."""

    data: dict[str, Any]
    name: Callable[[Key], str]
    """What a person calls the place of a value: `config.yaml:3: accounts[0]`, `--account`."""

    def settings(self) -> Settings:
        try:
            # By way of JSON: lists become tuples there, and yet nothing is taken for what it isn't.
            return Settings.model_validate_json(json.dumps(self.data), strict=True)
        except ValidationError as error:
            raise refusal(error, self.name, {(): Settings, ("role",): Role}) from error


def load(
    flags: Mapping[str, Any],
    environ: Mapping[str, str],
    available: Sequence[type[Check]],
    formats: Collection[str],
    frameworks: Mapping[str, Path] = MappingProxyType({}),
) -> Config:
    """Settle all options. `flags` are named as click does (`role_name`); None, () and False are not given.

    Of the frameworks that are installed only those asked for are read.
    """
    file, *stronger = _sources(flags, environ)
    known = {check.id: check for check in available}
    settings = Settings()
    for source in (file, *stronger):
        stated = source.settings()
        _validate(stated, source, known, formats)
        _require_frameworks(stated, source, frameworks)
        settings = _overlay(settings, stated)
    require_distinct(settings.outputs, settings.save_posture)
    if settings.fail_on_new and settings.baseline is None:
        raise UserError(
            "--fail-on-new (fail_on_new) needs a baseline", hint="name an earlier result with --baseline"
        )
    _require_run_to_be_had(settings)
    _require_evidence_to_be_had(settings)
    wanted = None
    if settings.retention_for is not None:
        wanted = preset(find(settings.retention_for, frameworks, known))
    configured = tuple(_configured(file, settings, known, wanted))
    selected = tuple(
        check for check in configured if _chosen(check.id, settings.only) and check.id not in settings.skip
    )
    if not selected:
        raise UserError(
            "no check is left to run", hint="loosen --check or --skip (only and skip in the file)"
        )
    return Config(settings, selected, choose(settings.frameworks, frameworks, known))


def load_settings(flags: Mapping[str, Any], environ: Mapping[str, str]) -> Settings:
    """The options alone, for a command that judges by no check: what they name isn't looked up."""
    settings = Settings()
    for source in _sources(flags, environ):
        stated = source.settings()
        _no_contradiction(stated, source)
        settings = _overlay(settings, stated)
    return settings


def _sources(flags: Mapping[str, Any], environ: Mapping[str, str]) -> tuple[_Source, _Source, _Source]:
    """The file, the environment and the command line: the weakest first."""
    path = flags.get("config") or environ.get(CONFIG_VARIABLE)
    document = read(Path(path)) if path else Document("config", {}, {})
    file = _Source(_without_nulls(document.data), document.where)
    return file, _environment(environ), _command_line(flags)


def scope(settings: Settings, environ: Mapping[str, str]) -> Scope:
    """What to read of AWS, and as whom. Raises UserError where the external id's variable isn't set."""
    role = settings.role
    external_id = None
    if role.external_id_env is not None:
        external_id = environ.get(role.external_id_env)
        if not external_id:
            raise UserError(
                f"the environment variable {role.external_id_env} is not set",
                hint="it must hold the external id of the role (role.external_id_env, --external-id-env)",
            )
    return Scope(
        accounts=_unique(settings.accounts),
        organization=settings.organization,
        ous=_unique(settings.ous),
        excluded=_unique(settings.exclude),
        profile=settings.profile,
        role_name=role.name,
        role_path=role.path,
        external_id=None if external_id is None else SecretStr(external_id),
        session_duration=role.session_duration,
        list_role_arn=settings.list_role_arn,
        regions=_unique(settings.regions),
        trusted_accounts=_unique(settings.trusted_accounts),
        concurrency=settings.concurrency,
    )


def outputs_of(specs: Iterable[str], name: str) -> dict[str, str]:
    """`FORMAT[=PATH]` as path by format; `name` is what the user calls the place where they stand."""
    found: dict[str, str] = {}
    for spec in specs:
        form, equals, path = spec.partition("=")
        if equals and not path:
            raise UserError(
                f"{name}: {spec!r} names no file", hint=f"write {form}=PATH, or {form} for standard output"
            )
        if form in found:
            raise UserError(f"{name}: {form} is asked for twice", hint="one output per format")
        found[form] = path or STDOUT
    return found


def _without_nulls(data: Mapping[str, Any]) -> dict[str, Any]:
    """The file without options that it leaves empty: they stay at their defaults. A report needs its path."""
    return {
        key: _without_nulls(value) if isinstance(value, dict) and key != "outputs" else value
        for key, value in data.items()
        if value is not None
    }


def _environment(environ: Mapping[str, str]) -> _Source:
    given = {flag: text for flag in FLAGS if (text := environ.get(flag.variable))}
    listed = {flag: _words(text) if flag.many else text for flag, text in given.items()}
    return _stated(listed, {flag.key: flag.variable for flag in FLAGS})


def _command_line(flags: Mapping[str, Any]) -> _Source:
    values = {flag: flags.get(flag.parameter) for flag in FLAGS}
    given = {flag: value for flag, value in values.items() if value not in (None, (), False)}
    return _stated(given, {flag.key: flag.name for flag in FLAGS})


def _stated(given: Mapping[Flag, Any], names: Mapping[Key, str]) -> _Source:
    data: dict[str, Any] = {}
    for flag, value in given.items():
        match flag.default:
            case tuple():
                _put(data, flag.key, list(value))
            case dict():
                _put(data, flag.key, outputs_of(value, names[flag.key]))
            case default:
                _put(data, flag.key, _typed(value, default))

    def name(key: Key) -> str:
        return next((names[key[:end]] for end in (1, 2) if key[:end] in names), dotted(key))

    return _Source(data, name)


def _words(text: str) -> list[str]:
    return [word for part in text.split(",") if (word := part.strip())]


def _typed(text: Any, default: object) -> Any:
    """The text as a boolean or number where the option is one and the text looks like one."""
    if isinstance(default, bool):
        return {"true": True, "false": False}.get(str(text).lower(), text)
    if isinstance(default, int) and re.fullmatch(r"-?[0-9]{1,9}", str(text)):
        return int(text)
    return text


def _put(data: dict[str, Any], key: tuple[str, ...], value: Any) -> None:
    for part in key[:-1]:
        data = data.setdefault(part, {})
    data[key[-1]] = value


def _validate(
    settings: Settings, source: _Source, known: Mapping[str, type[Check]], formats: Collection[str]
) -> None:
    """What the types can't tell: names of checks and formats, and contradictions within one source."""
    for key, ids in (("only", settings.only), ("skip", settings.skip)):
        for at, name in enumerate(ids):
            _require_check(name, known, source.name((key, at)))
    for name in settings.checks:
        _require_check(name, known, source.name(("checks", name)))
    for name in settings.outputs:
        require_format(name, formats, source.name(("outputs", name)))
    _no_contradiction(settings, source)


def require_format(name: str, formats: Collection[str], place: str) -> None:
    """Raise UserError for a format that isn't installed; `place` is what the user calls where it stands."""
    if name not in formats:
        likely = did_you_mean(name, formats) or f"formats are {', '.join(sorted(formats))}"
        raise UserError(f"{place}: unknown format {name!r}", hint=likely)


def _no_contradiction(settings: Settings, source: _Source) -> None:
    if settings.quiet and settings.verbose:
        raise UserError(f"{source.name(('quiet',))}: excludes {source.name(('verbose',))}")
    if settings.posture is not None:
        for flag in FLAGS:
            if flag.key[0] in READING and flag.of(settings) != flag.default:
                raise UserError(
                    f"{source.name(flag.key)}: has no effect with {source.name(('posture',))}",
                    hint="a saved posture is judged as it was read",
                )


def _require_evidence_to_be_had(settings: Settings) -> None:
    if settings.evidence is not None and settings.posture is not None:
        raise UserError(
            "--evidence (evidence) has no effect with a saved posture",
            hint="what AWS answered can only be kept while it is read",
        )
    if settings.evidence is not None:
        folder = Path(settings.evidence).resolve()
        for path in (*settings.outputs.values(), settings.save_posture or STDOUT):
            if path != STDOUT and folder in Path(path).resolve().parents:
                raise UserError(
                    f"{path} lies in the directory of the evidence, --evidence (evidence)",
                    hint="the evidence holds nothing but what its manifest lists",
                )
    if settings.sign_with_kms is not None and settings.evidence is None:
        raise UserError(
            "--sign-with-kms (sign_with_kms) has nothing to sign", hint="name a directory with --evidence"
        )


def _require_run_to_be_had(settings: Settings) -> None:
    if settings.resume and settings.run_dir is None:
        raise UserError(
            "--resume (resume) needs --run-dir", hint="the directory that the earlier run was told"
        )
    if settings.run_dir is not None and settings.posture is not None:
        raise UserError(
            "--run-dir (run_dir) has no effect with a saved posture", hint="it keeps what AWS answers"
        )


def _require_check(name: str, known: Mapping[str, type[Check]], place: str) -> None:
    if name not in known:
        raise UserError(
            f"{place}: unknown check {name!r}",
            hint=hints(did_you_mean(name, known), "`trailaudit checks` lists them all"),
        )


def _require_frameworks(settings: Settings, source: _Source, installed: Mapping[str, Path]) -> None:
    named: list[tuple[Key, str]] = [(("frameworks", at), name) for at, name in enumerate(settings.frameworks)]
    if settings.retention_for is not None:
        named.append((("retention_for",), settings.retention_for))
    for key, name in named:
        if not is_file(name) and name not in installed:
            raise UserError(
                f"{source.name(key)}: unknown framework {name!r}",
                hint=hints(did_you_mean(name, installed), ALL_FRAMEWORKS),
            )


def _overlay(base: Settings, stated: Settings) -> Settings:
    """`base` with all that `stated` says itself."""
    given = stated.model_fields_set
    update: dict[str, Any] = {}
    if LOUDNESS & given:
        update |= dict.fromkeys(LOUDNESS, False)
    update |= {name: getattr(stated, name) for name in given}
    if "role" in given:
        said = {name: getattr(stated.role, name) for name in stated.role.model_fields_set}
        update["role"] = base.role.model_copy(update=said)
    return base.model_copy(update=update)


def require_distinct(outputs: Mapping[str, str], save_posture: str | None = None) -> None:
    """Raise UserError where two things would be written to one place."""
    shown = sorted(form for form, path in outputs.items() if path == STDOUT)
    if len(shown) > 1:
        raise UserError(
            f"{' and '.join(shown)} can't both go to standard output",
            hint=f"write {shown[-1]}=PATH to a file",
        )
    written = {str(Path(save_posture)): "the posture"} if save_posture else {}
    for form, path in outputs.items():
        if path != STDOUT and (other := written.setdefault(str(Path(path)), form)) != form:
            raise UserError(f"{other} and {form} can't both be written to {path}")


def _configured(
    file: _Source, settings: Settings, known: Mapping[str, type[Check]], wanted: Preset | None
) -> Iterator[Check]:
    for name, check in sorted(known.items()):
        options = dict(settings.checks.get(name, {}))
        days = None if wanted is None else wanted.days(period(check))
        if wanted is not None and days is not None and DAYS not in options:
            options = {REQUIRED_BY: wanted.source, **options, DAYS: days}
        for shared in SHARED:
            if shared in options:
                raise UserError(
                    f"{file.name(('checks', name, shared))}: is set for all at once",
                    hint=f"move it to {shared} at the top of the file",
                )
            if shared in check.model_fields:
                options[shared] = list(getattr(settings, shared))
        try:
            yield check.model_validate_json(json.dumps(options), strict=True)
        except ValidationError as error:
            see = f"see `trailaudit checks {name}`"
            raise refusal(error, file.name, {(): check}, at=("checks", name), hint=see) from error


def _chosen(name: str, only: Collection[str]) -> bool:
    return not only or name in only


def _unique(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))
