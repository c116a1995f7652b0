"""Fills the demonstration's database where it is empty and serves it on 127.0.0.1, at PORT (8000 unless set).

All of it in one process, so that a second start takes no longer than starting Django once.
"""

import os
import secrets
import socket
import sys
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"


def usable_port(text: str) -> int:
    """The port that the text names; ends the process with a clear line where it is none, or another program has it."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise SystemExit(f"PORT is {text!r} and must be a number from 1 to 65535.")
    port = int(text)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            other = port % 65535 + 1
            raise SystemExit(
                f"Port {port} cannot be used ({error.strerror}). Choose another one: make demo PORT={other}"
            ) from None
    return port


def write_settings(path: Path, database: Path) -> None:
    """Write a `.env` for the demonstration where there is none; only its owner can read it."""
    lines = [
        "# Written by `make demo`. The environment wins over this file.",
        f"SECRET_KEY={secrets.token_urlsafe(50)}",
        "DEBUG=1",
        "TWO_FACTOR=0",
        f"DATABASE_URL=sqlite:///{quote(str(database))}",
    ]
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def main() -> None:
    """Prepare the database, print the log-ins and the address, and serve until interrupted."""
    port = usable_port(os.environ.get("PORT", "8000"))
    write_settings(ROOT / ".env", ROOT / "demo.sqlite3")
    print("== Preparing the database", flush=True)

    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ipsreview.settings")
    os.environ.setdefault("BASE_URL", f"http://{HOST}:{port}")
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError, call_command

    try:
        django.setup()
        call_command("migrate", verbosity=0)
        call_command("loaddata", "ips_25", "goi_12", verbosity=0)
        call_command("make_demo")
    except (CommandError, ImproperlyConfigured) as error:
        raise SystemExit(str(error)) from None
    print(f"\nOpen http://{HOST}:{port}/ in a browser. Ctrl-C stops the server.\n", flush=True)
    call_command("runserver", f"{HOST}:{port}", use_reloader=False)


if __name__ == "__main__":
    main()
