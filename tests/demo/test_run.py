"""The embedded AWS as a process: it comes up, keeps to itself, and never stays behind."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import botocore.session
import pytest

from scanner.demo import server, story
from scanner.demo.run import embedded_aws, only, surroundings
from scanner.errors import UserError


def listening(url: str) -> bool:
    where = urlsplit(url)
    try:
        socket.create_connection((where.hostname, where.port or 80), timeout=1).close()
    except OSError:
        return False
    return True


def silent_within(url: str, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not listening(url):
            return True
        time.sleep(0.05)
    return False


def test_an_installation_without_the_extra_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "find_spec", lambda name: None if name.startswith("flask") else object())
    with pytest.raises(UserError, match="flask and flask_cors") as raised:
        server.require_extra()
    assert raised.value.hint == "pip install 'trailaudit[demo]'"


def test_nothing_of_the_users_environment_reaches_the_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "secret")
    monkeypatch.setenv("TRAILAUDIT_SKIP", "trail-logging")
    with only(surroundings("http://127.0.0.1:1")):
        assert {name for name in os.environ if name.startswith(("AWS_", "TRAILAUDIT_"))} == {
            name for name in surroundings("") if name.startswith("AWS_")
        }
        found = botocore.session.Session().get_credentials()
        assert found is not None
        assert (found.access_key, found.token) == (story.CALLER_KEY_ID, None)


def test_the_users_environment_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    before = dict(os.environ)
    with pytest.raises(KeyboardInterrupt), only(surroundings("http://127.0.0.1:1")):
        raise KeyboardInterrupt
    assert dict(os.environ) == before


def test_a_server_that_does_not_start_is_an_error_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(UserError, match="did not start"), embedded_aws():
        pass


def interrupted(urls: list[str]) -> None:
    with embedded_aws() as url:
        urls.append(url)
        assert listening(url)
        raise KeyboardInterrupt


@pytest.mark.slow
def test_the_server_ends_with_the_block_even_when_interrupted() -> None:
    urls: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        interrupted(urls)
    assert not listening(urls[0])


@pytest.mark.slow
def test_the_server_ends_when_its_parent_is_killed() -> None:
    program = (
        "import time\nfrom scanner.demo.run import embedded_aws\n"
        "with embedded_aws() as url:\n    print(url, flush=True)\n    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        url = parent.stdout.readline().strip()
        assert listening(url)
        parent.kill()
    assert silent_within(url, 10)


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    with embedded_aws() as url:
        yield url


def client(url: str, service: str, **options: Any) -> Any:
    session = botocore.session.Session()
    return session.create_client(
        service,
        region_name=story.HOME_REGION,
        endpoint_url=url,
        aws_access_key_id=story.CALLER_KEY_ID,
        aws_secret_access_key=story.CALLER_SECRET,
        **options,
    )


@pytest.mark.slow
def test_the_caller_is_a_user_of_the_management_account(aws: str) -> None:
    assert client(aws, "sts").get_caller_identity()["Arn"] == "arn:aws:iam::111122223333:user/auditor"


@pytest.mark.slow
def test_every_account_of_the_story_is_listed(aws: str) -> None:
    listed = client(aws, "organizations").list_accounts()["Accounts"]
    assert [(account["Id"], account["Name"]) for account in listed] == [
        (member.id, member.name) for member in story.ACCOUNTS
    ]
    assert [account["Name"] for account in listed if account["State"] != "ACTIVE"] == [story.CLOSED.name]


@pytest.mark.slow
def test_regions_are_listed_over_http(aws: str) -> None:
    assert len(client(aws, "account").list_regions()["Regions"]) == 29


@pytest.mark.slow
def test_buckets_of_other_accounts_are_closed(aws: str) -> None:
    s3 = client(aws, "s3")
    with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
        s3.get_bucket_location(Bucket="acme-organization-trail")


@pytest.mark.slow
def test_two_builds_are_alike(aws: str) -> None:
    def facts(url: str) -> object:
        trail = client(url, "cloudtrail").describe_trails()["trailList"][0]
        organization = client(url, "organizations").describe_organization()["Organization"]
        return trail, organization

    with embedded_aws() as another:
        assert facts(another) == facts(aws)
