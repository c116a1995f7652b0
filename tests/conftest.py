"""What every test stands on: settings for tests, a database that has the counties and the scales, and a shared cast."""

import atexit
import inspect
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# Before Django's settings are read. Whatever a demonstration's .env says: the environment wins over it.
_scratch = tempfile.mkdtemp(prefix="ips-tests-")
atexit.register(shutil.rmtree, _scratch, ignore_errors=True)
os.environ["DJANGO_SETTINGS_MODULE"] = "ipsreview.settings"
os.environ["DEBUG"] = "0"
os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
os.environ.setdefault("DATABASE_URL", f"sqlite:///{_scratch}/ips.sqlite3")
for _name in (
    *("ALLOWED_HOSTS", "APP_ROLE", "BASE_URL", "DEFAULT_FROM_EMAIL", "EMAIL_URL", "KEEP_NOTES_DAYS", "OIDC_ISSUER"),
    *("SESSION_IDLE_MINUTES", "STATEMENT_SECONDS", "TRUSTED_PROXIES", "TWO_FACTOR"),
):
    os.environ.pop(_name, None)

import django  # noqa: E402
import pytest  # noqa: E402
from django.conf import settings  # noqa: E402
from django.template import Node  # noqa: E402
from hypothesis import settings as hypothesis_settings  # noqa: E402

# How quick the machine is at the moment is not what these tests are about.
hypothesis_settings.register_profile("ours", deadline=None)
hypothesis_settings.load_profile("ours")

_TEMPLATES = str(settings.BASE_DIR / "templates")


class UndefinedVariables(str):
    """Django's `string_if_invalid`: prints nothing and remembers each undefined variable of our own templates.

    Templates of Django and of packages count on undefined variables being empty.
    """

    __slots__ = ()
    found: list[str] = []

    def __mod__(self, variable: object) -> str:
        """Take the name of an undefined variable; what it printed is the template that is being rendered."""
        frame = inspect.currentframe()
        while frame is not None:
            node = frame.f_locals.get("self")
            origin = getattr(node, "origin", None)
            if isinstance(node, Node) and origin is not None:
                if origin.name.startswith(_TEMPLATES):
                    self.found.append(f"{origin.template_name}: {variable}")
                break
            frame = frame.f_back
        return ""


def _adapt_settings() -> None:
    """Make the production settings fit for tests: plain http, quick passwords, static files as they lie."""
    settings.SECURE_SSL_REDIRECT = False
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "sessionid", "csrftoken"
    settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["upgrade-insecure-requests"] = False
    settings.SECURE_HSTS_SECONDS = 0
    # Most tests log somebody in with one step, and let days pass: what guards the log-in has tests of its own.
    settings.TWO_FACTOR = False
    settings.SESSION_IDLE_MINUTES, settings.SESSION_HOURS, settings.SESSION_COOKIE_AGE = 10**6, 10**6, 10**9
    settings.BASE_URL = "http://testserver"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STATIC_ROOT = _scratch
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    # Each test counts its own attempts: a limit reached in one must not stop another.
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    options: Any = settings.TEMPLATES[0]["OPTIONS"]
    options["string_if_invalid"] = UndefinedVariables("%s")
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3") and database["NAME"] != ":memory:":
        # A file, as in real life: threads then have connections of their own.
        path = Path(database["NAME"])
        database.setdefault("TEST", {})["NAME"] = str(path.with_name(f"test_{path.name}"))
    elif database["ENGINE"].endswith("postgresql"):
        # A test is one transaction, and may draw reports for minutes without a word to the database.
        database["OPTIONS"]["options"] += " -c idle_in_transaction_session_timeout=0"


_adapt_settings()
django.setup()

# What has models can be brought in only now that Django knows the settings.
from django.core.cache import cache  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, models  # noqa: E402

from reviews import guards, plans  # noqa: E402
from reviews.models import County, Review, TemplateStep  # noqa: E402
from scales import editions  # noqa: E402
from scales.models import Band, Item, Scale, Section  # noqa: E402
from tests.cast import Cast, cast_for  # noqa: E402
from tests.ready_database import ReadyDatabase  # noqa: E402


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that meet no database: they need not be run on each."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") is None and not fixtures & {"db", "transactional_db", "live_server"}:
            item.add_marker("once")


@pytest.fixture(scope="session")
def ready_database(django_db_modify_db_settings: None) -> Iterator[ReadyDatabase | None]:
    """The database file that an earlier run, or another worker of this one, has made ready; None on PostgreSQL."""
    name = connection.settings_dict["TEST"]["NAME"]
    if connection.vendor != "sqlite" or name is None:
        yield None
        return
    ready = ReadyDatabase(Path(name))
    with ready.begun():
        yield ready


@pytest.fixture(scope="session")
def django_db_keepdb(ready_database: ReadyDatabase | None) -> bool:
    """Whether there is a database already: pytest-django then migrates it, which finds nothing to do."""
    return ready_database is not None and ready_database.is_copy


@pytest.fixture(scope="session")
def put_back(django_db_setup: None, django_db_blocker: Any, ready_database: ReadyDatabase | None) -> Callable[[], None]:
    """Puts back what every test counts on, once another has emptied the tables: counties, scales, the checklist.

    Whatever makes rows for more than one test calls it first.
    """
    with django_db_blocker.unblock():
        call_command("loaddata", "ips_25", "goi_12", verbosity=0)
        if ready_database is not None:
            ready_database.keep()
        kinds: tuple[type[models.Model], ...] = (County, Scale, Section, Item, Band, TemplateStep)
        found = [(kind, list(kind._default_manager.all())) for kind in kinds]

    def put() -> None:
        if not County.objects.exists():
            for kind, rows in found:
                kind._default_manager.bulk_create(rows)

    return put


@pytest.fixture
def _django_db_helper(put_back: Callable[[], None], _django_db_helper: None) -> Iterator[None]:
    """Give each test with a database the counties and the scales, and let one without a transaction empty tables."""
    # What is put back is asked for before the transaction begins: inside it, the first test's rollback would lose it.
    put_back()
    yield
    if not connection.in_atomic_block:
        # Append-only rows could not be deleted; the flush puts the guards back through post_migrate.
        guards.remove(connection)


@pytest.fixture
def packed(transactional_db: None) -> None:
    """Tables and indexes of PostgreSQL without the room that other tests' rows took, which its planner counts too."""
    tables = [name for name in connection.introspection.table_names() if name.startswith("reviews_")]
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM (FULL, ANALYZE) {', '.join(tables)}")


@pytest.fixture
def unplanned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have each query say what it asks, where a test looks at that: of one that is kept there is but a name."""
    monkeypatch.setattr(plans, "is_kept", lambda over, wanted: False)


@pytest.fixture(autouse=True)
def _clean_slate() -> Iterator[None]:
    """Start with an empty cache and no scales of another test, and fail a test in which one of our templates printed an
    undefined variable.
    """
    cache.clear()
    editions.forget()
    UndefinedVariables.found.clear()
    yield
    found = sorted(set(UndefinedVariables.found))
    UndefinedVariables.found.clear()
    assert not found, f"undefined template variables: {found}"


@pytest.fixture
def scales(db: None) -> list[Scale]:
    """The newest edition of each scale: the 25 and the 12 items."""
    return list(Scale.objects.newest())


@pytest.fixture
def ips(scales: list[Scale]) -> Scale:
    """The scale of 25 items."""
    return next(scale for scale in scales if scale.code == "ips-25")


@pytest.fixture
def goi(scales: list[Scale]) -> Scale:
    """The index of 12 items."""
    return next(scale for scale in scales if scale.code == "goi-12")


@pytest.fixture
def cast(db: None) -> Cast:
    """A planned external review of a service, and everybody who has to do with it or nearly has."""
    return cast_for(Review.Status.PLANNED)


@pytest.fixture
def cast_at(db: None) -> Callable[[str], Cast]:
    """The same people around a review in the state that is asked for, with its scores."""
    return cast_for
