"""What watches the server is told whether it lives and whether it can work, and nothing else."""

import logging
from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import OperationalError
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from reviews import guards
from tests.factories import UserFactory


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """What is logged, also by Django's own loggers."""
    logging.getLogger("django").addHandler(caplog.handler)
    caplog.set_level(logging.INFO)
    yield caplog
    logging.getLogger("django").removeHandler(caplog.handler)


@override_settings(SECURE_SSL_REDIRECT=True, ALLOWED_HOSTS=["ips.example"])
@pytest.mark.parametrize("address", ["/health/", "/ready/"])
def test_it_is_answered_to_any_name_over_plain_http_and_not_logged(
    client: Client, db: None, said: pytest.LogCaptureFixture, address: str
) -> None:
    response = client.get(address, headers={"Host": "10.0.0.7"})
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies
    assert client.head(address).status_code == 200
    assert client.post(address).status_code == 405
    assert not [each for each in said.records if each.levelno < logging.WARNING]


def test_whether_it_lives_asks_no_database_whoever_asks(client: Client, db: None) -> None:
    client.force_login(UserFactory.create())
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/health/").status_code == 200
    assert not queries


def test_whether_it_is_ready_asks_little(client: Client, db: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/ready/").status_code == 200
    assert len(queries) <= 3


def _not_ready(client: Client, said: pytest.LogCaptureFixture, why: str) -> None:
    response = client.get("/ready/")
    assert (response.status_code, response.content) == (503, b"not ready\n")
    assert [each.getMessage() for each in said.records] == [f"Not ready: {why}"]
    assert client.get("/health/").status_code == 200


def test_it_is_not_ready_before_the_migrations_are_applied(
    client: Client, db: None, said: pytest.LogCaptureFixture
) -> None:
    MigrationRecorder(connection).record_unapplied("reviews", "0001_create_work")
    _not_ready(client, said, "migrations are not applied")


def test_it_is_ready_while_a_newer_version_is_put_in_place(client: Client, db: None) -> None:
    MigrationRecorder(connection).record_applied("reviews", "9999_of_the_next_version")
    assert client.get("/ready/").status_code == 200


def test_it_is_not_ready_without_its_guards(client: Client, db: None, said: pytest.LogCaptureFixture) -> None:
    guards.remove(connection)
    _not_ready(client, said, "guards are missing in the database")


def test_it_is_not_ready_without_a_database_and_says_nothing_of_it(
    client: Client, said: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(recorder: MigrationRecorder) -> None:
        raise OperationalError("connection to server at 10.0.0.8 failed for user ips")

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", away)
    _not_ready(client, said, "the database does not answer (OperationalError)")
