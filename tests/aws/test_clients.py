"""One client for all accounts, and never the wrong credentials."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NoReturn

import pytest
from botocore.credentials import Credentials

from scanner.aws import wire
from scanner.aws.clients import Clients, acting_as
from scanner.aws.pace import Pace
from scanner.aws.permissions import DESCRIBE_TRAILS, GET_BUCKET_VERSIONING, GET_CALLER_IDENTITY
from scanner.aws.permissions import GET_ACCOUNT_PUBLIC_ACCESS_BLOCK as ACCOUNT_BLOCK
from scanner.aws.reader import Fact, Ledger, Reader
from scanner.errors import UserError
from scanner.model.reading import Gap, Known
from tests.aws.fake import credentials

IDENTITY = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<GetCallerIdentityResult><Arn>arn:aws:iam::{0}:root</Arn><Account>{0}</Account></GetCallerIdentityResult>
</GetCallerIdentityResponse>"""


@dataclass
class Server:
    """Answers over real connections; `body` and `promised` (a false Content-Length) as told."""

    url: str
    body: str | None = None
    promised: int | None = None
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def do_GET(self) -> None:
            served.seen.append((self.path, dict(self.headers)))
            key = self.headers["Authorization"].split("Credential=")[1].split("/")[0]
            body = (IDENTITY.format(key[4:]) if served.body is None else served.body).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(served.promised or len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = served.promised is not None

        def log_message(self, *_: Any) -> None:
            pass

    class Http(ThreadingHTTPServer):
        request_queue_size = 64
        daemon_threads = True

    http = Http(("127.0.0.1", 0), Handler)
    served = Server(f"http://127.0.0.1:{http.server_address[1]}")
    thread = threading.Thread(target=lambda: http.serve_forever(poll_interval=0.01))
    thread.start()
    yield served
    http.shutdown()
    http.server_close()
    thread.join()


@pytest.fixture(params=["libcurl", "the SDK"])
def clients(server: Server, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Clients:
    """Over either of the two HTTP clients."""
    if request.param == "the SDK":
        monkeypatch.setattr(wire, "is_available", lambda: False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    return Clients(threads=32)


def reader(clients: Clients, account: str) -> Reader:
    return Reader(clients, Ledger(), Pace(sleep=lambda _: False), credentials(account), account)


def test_no_call_is_ever_signed_with_the_credentials_of_another_account(clients: Clients) -> None:
    accounts = [f"{number:012}" for number in range(60)]
    asked = Fact(GET_CALLER_IDENTITY, lambda answer: str(answer["Account"]))
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda account: reader(clients, account).read(asked), accounts * 10))
    assert answers == [Known(account) for account in accounts * 10]


def test_nobody_signs_by_default(clients: Clients, server: Server) -> None:
    with pytest.raises(RuntimeError, match="outside `acting_as`"):
        clients.get("sts").get_caller_identity()
    assert server.seen == []


@pytest.mark.parametrize("failure", [FileNotFoundError("token"), RuntimeError("still expired")])
def test_credentials_that_fail_to_renew_are_a_gap_and_no_crash(clients: Clients, failure: Exception) -> None:
    class Broken(Credentials):
        def get_frozen_credentials(self) -> NoReturn:
            raise failure

    broken = replace(reader(clients, "111111111111"), credentials=Broken("a", "b"))
    found = broken.read(Fact(GET_CALLER_IDENTITY, lambda _: 1))
    assert isinstance(found, Gap)
    assert found.code == "CredentialRetrievalError"


def test_acting_as_nests_and_ends(clients: Clients) -> None:
    sts = clients.get("sts")
    with acting_as(credentials("111111111111")):
        with acting_as(credentials("222222222222")):
            assert sts.get_caller_identity()["Account"] == "222222222222"
        assert sts.get_caller_identity()["Account"] == "111111111111"
    with pytest.raises(RuntimeError):
        sts.get_caller_identity()


def test_a_client_is_made_once_however_many_threads_ask() -> None:
    clients = Clients(threads=8)
    with ThreadPoolExecutor(8) as pool:
        made = set(map(id, pool.map(lambda _: clients.get("sts", "eu-west-1"), range(32))))
    assert len(made) == 1
    assert clients.get("sts", "eu-north-1") is not clients.get("sts", "eu-west-1")


def test_the_account_in_the_host_is_dropped_where_no_name_server_knows_it(
    clients: Clients, server: Server
) -> None:
    server.body = "<PublicAccessBlockConfiguration/>"
    block = Fact(ACCOUNT_BLOCK, lambda answer: str(answer["PublicAccessBlockConfiguration"]))
    assert reader(clients, "111111111111").read(block, AccountId="111111111111") == Known("{}")
    assert server.seen[0][1]["Host"] == server.url.removeprefix("http://")


def test_the_account_in_the_host_stays_for_aws_itself() -> None:
    urls: list[str] = []

    def note(**event: Any) -> None:
        urls.append(event["request"].url)
        raise ConnectionAbortedError

    clients = Clients()
    client = clients.get("s3control")
    client.meta.events.register_last("request-created.s3-control", note)
    with acting_as(credentials("111111111111")), pytest.raises(ConnectionAbortedError):
        client.get_public_access_block(AccountId="111111111111")
    assert urls == [
        "https://111111111111.s3-control.eu-west-1.amazonaws.com/v20180820/configuration/publicAccessBlock"
    ]


def test_requests_say_who_asks_and_name_the_bucket_in_the_path(clients: Clients, server: Server) -> None:
    server.body = "<VersioningConfiguration/>"
    found = reader(clients, "111111111111").read(Fact(GET_BUCKET_VERSIONING, lambda _: 1), Bucket="my-logs")
    assert found == Known(1)
    path, headers = server.seen[0]
    assert path == "/my-logs?versioning"
    assert " trailaudit/" in headers["User-Agent"]


@pytest.mark.parametrize(
    ("body", "promised"), [("", None), ("<VersioningConf", 30), ('{"trailList": []}', 99)]
)
def test_an_answer_that_was_cut_short_is_no_empty_answer(
    clients: Clients, server: Server, body: str, promised: int | None
) -> None:
    server.body, server.promised = body, promised
    call = DESCRIBE_TRAILS if "trail" in body else GET_BUCKET_VERSIONING
    parameters = {} if "trail" in body else {"Bucket": "my-logs"}
    found = reader(clients, "111111111111").read(Fact(call, lambda _: "empty"), **parameters)
    assert isinstance(found, Gap)
    assert len(server.seen) > 1


def test_no_credentials_are_a_thing_to_put_right(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    with pytest.raises(UserError, match="no AWS credentials were found"):
        Clients()


def test_a_profile_that_is_nowhere_is_a_thing_to_put_right() -> None:
    with pytest.raises(UserError, match="profile"):
        Clients(profile="nowhere")


def test_the_region_that_is_asked_for_tells_the_partition_where_none_is_configured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    assert Clients(regions=("cn-north-1",)).home == "cn-north-1"
    assert Clients(regions=("eu-wst-1",)).home == "us-east-1"


def test_the_caller_signs_with_the_chain_of_the_sdk() -> None:
    assert isinstance(Clients().caller, Credentials)
    assert Clients().caller.access_key == "AKIA111111111111"


def test_an_endpoint_of_the_user_is_told_and_aws_s_own_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Clients().configured_endpoint("s3", "eu-west-1") is None
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://localhost:9000")
    monkeypatch.setenv("AWS_CA_BUNDLE", "/etc/ours.pem")
    clients = Clients()
    assert clients.configured_endpoint("s3", "eu-west-1") == "http://localhost:9000"
    assert clients.ca_bundle == "/etc/ours.pem"


def test_the_file_tells_an_endpoint_as_it_tells_the_sdk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stated = {
        "all": "endpoint_url = http://all:1",
        "own": "endpoint_url = http://all:1\nservices = ours",
        "plain": "endpoint_url = https://s3.eu-west-1.amazonaws.com",
        "near": "endpoint_url = https://s3.storage.example",
        "deaf": "endpoint_url = http://all:1\nignore_configured_endpoint_urls = true",
    }
    keys = "aws_access_key_id = AKIA222222222222\naws_secret_access_key = secret"
    profiles = tmp_path / "config"
    profiles.write_text(
        "\n".join(f"[profile {name}]\n{keys}\n{lines}" for name, lines in stated.items())
        + "\n[services ours]\ns3 =\n  endpoint_url = http://files:2\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(profiles))
    told = {name: Clients(profile=name).configured_endpoint("s3", "eu-west-1") for name in stated}
    assert told == {
        "all": "http://all:1",
        "own": "http://files:2",
        "plain": None,
        "near": "https://s3.storage.example",
        "deaf": None,
    }
    for name, url in told.items():
        client = Clients(profile=name).get("s3", "eu-west-1")
        assert client.meta.endpoint_url == (url or "https://s3.eu-west-1.amazonaws.com")
