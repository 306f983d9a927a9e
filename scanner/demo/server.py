"""The demo's AWS as a process of its own: `python -m scanner.demo.server --port 0`.

Prints the port on its first line once it answers, and ends with its standard input: whatever becomes
of the process that started it, no server is left behind.
"""

import argparse
import logging
import os
import sys
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from importlib.util import find_spec

from scanner.errors import UserError

NEEDED = ("cryptography", "moto", "flask", "flask_cors")


def require_extra() -> None:
    """Raises UserError where what the server needs isn't installed."""
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        raise UserError(
            f"the demo needs {' and '.join(missing)}, which this installation lacks",
            hint="pip install 'trailaudit[demo]'",
        )


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="scanner.demo.server", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="of 127.0.0.1; 0 takes a free one")
    parser.add_argument(
        "--forever", action="store_true", help="go on after the standard input has ended, until Ctrl-C"
    )
    parser.add_argument(
        "--day", type=date.fromisoformat, default=yesterday(), help="whose log files one trail has; yesterday"
    )
    options = parser.parse_args(arguments)
    require_extra()
    serve(options.port, options.day, forever=options.forever)


def yesterday() -> date:
    """In UTC."""
    return (datetime.now(UTC) - timedelta(days=1)).date()


def serve(port: int, day: date, *, forever: bool) -> None:
    _forget_surroundings()
    # Imported late: what they need is an extra, and half a second.
    from moto.moto_server.werkzeug_app import (  # noqa: PLC0415
        DomainDispatcherApplication,
        MotoRequestHandler,
        create_backend_app,
    )
    from werkzeug.serving import make_server  # noqa: PLC0415

    from scanner.demo.patches import patched  # noqa: PLC0415
    from scanner.demo.scenario import build  # noqa: PLC0415

    # werkzeug logs every request, and the traceback of what moto lacks.
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    with patched():
        build(day)
        server = make_server(
            "127.0.0.1",
            port,
            DomainDispatcherApplication(create_backend_app),
            threaded=True,
            request_handler=MotoRequestHandler,
        )
        if not forever:
            threading.Thread(target=_end_with_stdin, args=(server.shutdown,), daemon=True).start()
        print(server.server_port, flush=True)  # noqa: T201 - the parent reads it
        server.serve_forever()


def _forget_surroundings() -> None:
    """What is set for AWS or moto would turn the building of the scenario elsewhere."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "MOTO_")):
            del os.environ[name]
    os.environ |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}


def _end_with_stdin(shutdown: Callable[[], None]) -> None:
    sys.stdin.read()
    shutdown()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except UserError as error:
        sys.exit(f"{error.problem}\n{error.hint}")
