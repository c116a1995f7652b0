"""A provider of log-ins (OpenID Connect) on 127.0.0.1, in a process of its own."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import requests


class Provider:
    """The provider as a person's browser meets it."""

    def __init__(self, issuer: str) -> None:
        """Remember where it is."""
        self.issuer = issuer

    def know(self, subject: str, **claims: str | bool) -> None:
        """Let the provider know a person."""
        requests.put(f"{self.issuer}/users/{subject}", json=claims, timeout=10).raise_for_status()

    def log_in(self, address: str, subject: str) -> str:
        """Log in as a person at the address that we sent the browser to; return where the provider sends it back to."""
        answer = requests.post(address, data={"sub": subject}, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running() -> Iterator[Provider]:
    """Run a provider that demands a nonce until the end."""
    port = free_port()
    issuer = f"http://127.0.0.1:{port}"
    started = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "true"],
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(issuer, started)
        yield Provider(issuer)
    finally:
        started.send_signal(signal.SIGKILL)
        started.wait()


def _wait_for(issuer: str, started: "subprocess.Popen[bytes]") -> None:
    for _attempt in range(150):
        assert started.poll() is None, "the provider did not start"
        try:
            with urllib.request.urlopen(f"{issuer}/.well-known/openid-configuration", timeout=5) as answer:
                json.load(answer)
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the provider does not answer")


def asked_for(address: str) -> dict[str, str]:
    """Return what the query of an address asks for."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def changed(address: str, **values: str) -> str:
    """Return the address with other values in its query."""
    for name, value in values.items():
        address = re.sub(rf"(?<=[?&]){name}=[^&]*", f"{name}={value}", address)
    return address
