"""Brings the translation files up to date with the code, or with --check only tells whether they are, and complete."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("ipsreview", "reviews", "scales", "templates", "manage.py")
LANGUAGES = ("nb",)


def catalogue(root: Path, language: str) -> Path:
    """The translation file of a language in a checkout."""
    return root / "ipsreview" / "locale" / language / "LC_MESSAGES" / "django.po"


def update(root: Path) -> None:
    """Collect the messages of a checkout into its translation files, in the same way on every machine and day."""
    for language in LANGUAGES:
        catalogue(root, language).parent.mkdir(parents=True, exist_ok=True)
    settings = {"SECRET_KEY": "collecting messages", "DATABASE_URL": "sqlite://:memory:", "DEBUG": "1"}
    command = [sys.executable, "manage.py", "makemessages", "--no-location", "--no-obsolete", "--no-wrap"]
    command += ["--ignore=node_modules", "--ignore=tests", *(f"--locale={language}" for language in LANGUAGES)]
    subprocess.run(command, cwd=root, env=os.environ | settings, check=True, stdout=subprocess.DEVNULL)
    for language in LANGUAGES:
        path = catalogue(root, language)
        # The time of collecting would be a difference in every commit.
        path.write_text(
            re.sub(r'(?m)^"POT-Creation-Date: .*\n', "", path.read_text(encoding="utf-8")), encoding="utf-8"
        )


def faults(language: str, collected: Path) -> list[str]:
    """What is wrong with the translation of a language, a line each; `collected` is a file just made from the code."""
    path = catalogue(ROOT, language)
    if not path.exists():
        return [f"{path.relative_to(ROOT)}: missing"]
    found: list[str] = []
    entries = polib.pofile(str(path))
    ids = {(e.msgctxt, e.msgid, e.msgid_plural) for e in entries if not e.obsolete}
    needed = {(e.msgctxt, e.msgid, e.msgid_plural) for e in polib.pofile(str(collected)) if not e.obsolete}
    found += [f"not collected: {msgid!r}" for _, msgid, _ in sorted(needed - ids, key=str)]
    found += [f"not in the code: {msgid!r}" for _, msgid, _ in sorted(ids - needed, key=str)]
    found += [f"obsolete: {e.msgid!r}" for e in entries.obsolete_entries()]
    found += [f"fuzzy: {e.msgid!r}" for e in entries.fuzzy_entries()]
    found += [f"not translated: {e.msgid!r}" for e in entries.untranslated_entries()]
    checked = subprocess.run(
        ["msgfmt", "--check", "--output-file=/dev/null", str(path)], capture_output=True, text=True, check=False
    )
    if checked.returncode:
        found += checked.stderr.strip().splitlines()
    return [f"{path.relative_to(ROOT)}: {fault}" for fault in found]


def check() -> list[str]:
    """What is wrong with any of the translations; the checkout is left as it is."""
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory)
        for name in SOURCES:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
            else:
                shutil.copy(source, copy / name)
        update(copy)
        return [fault for language in LANGUAGES for fault in faults(language, catalogue(copy, language))]


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        problems = check()
        print("\n".join(problems) or "Translations are complete.")
        if problems:
            sys.exit("`make messages` collects the messages; each needs its translation.")
    elif not sys.argv[1:]:
        update(ROOT)
    else:
        sys.exit("Usage: messages.py [--check]")
