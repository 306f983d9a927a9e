"""One line a message, harmless to the terminal that shows it."""

import json
import logging
import sys

import pytest

from scanner.cli import messages

log = logging.getLogger("scanner.somewhere")


def test_text_has_the_program_the_message_and_the_hint(capsys: pytest.CaptureFixture[str]) -> None:
    messages.show("text", logging.INFO)
    log.info("wrote %s", "a.json")
    log.error("no room", extra={"hint": "make some"})
    assert capsys.readouterr().err == "trailaudit: wrote a.json\ntrailaudit: no room (make some)\n"


def test_a_hostile_name_cannot_act_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    messages.show("text", logging.INFO)
    log.info("account \x1b[31m\u202eevil\nnext line")
    assert capsys.readouterr().err == "trailaudit: account \ufffd[31m\ufffdevil next line\n"


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    messages.show("json", logging.INFO)
    log.error("no\nroom", extra={"hint": "make some"})
    members = json.loads(capsys.readouterr().err)
    assert members.pop("time").endswith("Z")
    assert members == {"level": "error", "message": "no\nroom", "hint": "make some"}


def test_messages_below_the_level_and_those_of_the_sdk_are_not_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    messages.show("text", logging.INFO)
    log.debug("details")
    logging.getLogger("botocore").debug("credentials")
    assert capsys.readouterr().err == ""


def test_a_closed_standard_error_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed:
        def write(self, text: str) -> int:
            raise BrokenPipeError(text)

    messages.show("text", logging.INFO)
    monkeypatch.setattr(sys, "stderr", Closed())
    log.info("into the void")
