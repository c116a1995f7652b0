"""What systemd is given: its units name what there is, and agree with the program."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

from ipsreview import env
from reviews.report import presses

LOCK = 10
"""How many seconds a lock is waited for (ipsreview.env)."""
UNITS = settings.BASE_DIR / "ipsreview" / "systemd"


def _values(unit: str, name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", (UNITS / unit).read_text(), re.M)


def test_the_daily_jobs_are_commands_there_are() -> None:
    (command,) = _values("ips-daily.service", "ExecStart")
    found = re.search(r"for job in ([a-z_ ]+);", command)
    assert found
    jobs = found[1].split()
    assert "send_reminders" in jobs
    assert set(jobs) <= get_commands().keys()


def test_a_stop_waits_longer_than_what_has_begun_may_take() -> None:
    (wait,) = _values("ips.service", "TimeoutStopSec")
    found = re.search(r"^graceful_timeout = (\d+)$", (UNITS.parent / "gunicorn.py").read_text(), re.M)
    assert found
    assert int(wait) > int(found[1])
    assert int(found[1]) > presses.PATIENCE + LOCK + presses.LIMIT


def test_there_is_room_for_what_runs_unless_told_otherwise() -> None:
    (tasks,) = _values("ips.service", "TasksMax")
    # The master; and for each process its own thread, its press and the one that watches that.
    assert int(tasks) > 1 + env._CONNECTIONS + env._CONNECTIONS // env._FEWEST_THREADS * 3


def test_whoever_runs_the_service_cannot_read_the_owners_address_or_write_anything() -> None:
    assert _values("ips.service", "ReadWritePaths") == []
    assert "-/etc/ips" in _values("ips.service", "InaccessiblePaths")[0]
    for unit in UNITS.glob("*.service"):
        if unit.name != "ips-failed@.service":
            assert _values(unit.name, "NoNewPrivileges") == ["true"], unit.name
            assert _values(unit.name, "ProtectSystem") == ["strict"], unit.name
            assert _values(unit.name, "OnFailure") == ["ips-failed@%n.service"], unit.name


def test_systemd_understands_them(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd is not installed.")
    for path in UNITS.iterdir():
        if path.suffix in (".service", ".socket", ".timer"):
            # The programs are not in place on this machine.
            text = re.sub(r"^(ExecStart=)/srv\S+", r"\1/bin/true", path.read_text(), flags=re.M)
            (tmp_path / path.name).write_text(text)
    units = sorted(str(path) for path in tmp_path.iterdir() if "@" not in path.name)
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert not [line for line in done.stderr.splitlines() if "/ips" in line or line.startswith("ips")], done.stderr
    assert done.returncode == 0, done.stderr
