"""What somebody who means harm sends: values by kind, forms with them, and requests that are wrong in other ways."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from django.core.files.uploadedfile import SimpleUploadedFile

from reviews.models.fields import TEXT_LIMIT
from tests.reviews.browsing import Chosen, Form

MARKUP = "<img src=x onerror=zq()>\"onmouseover=\"zq()\"'onfocus='zq()'<script>zq()</script>"
TEMPLATE = '{{ "zq"|add:"543"|add:"21" }}{% widthratio 1 1 54321 %}{{ settings.SECRET_KEY }}'
FORMULA = '=HYPERLINK("https://example.org/?"&A1;"zq")'
TRAVERSAL = "../../../../etc/passwd"
SQL = "' OR '1'='1'; DROP TABLE scales_item; --"

# A formula is one where the cell begins with it.
STORED = f"{FORMULA} {MARKUP} {TEMPLATE}"
"""What stands in every text already when the pages are read."""

DEEP = "[" * 100_000
LONG_NUMBER = "9" * 10_000

VALUES: dict[str, list[str]] = {
    "markup": [STORED, MARKUP, "javascript:zq()", "</textarea></script>" + MARKUP],
    "sql": [SQL, "1) UNION SELECT 1 --", '" OR ""="', "%' --", "\\'; SELECT pg_sleep(9); --"],
    "template": [TEMPLATE, "{% include 'base.html' %}", "%(name)s %s %d {0.__class__}", "${7*7}"],
    "formula": [FORMULA, "@SUM(1+1)*cmd|' /C calc'!A0", "+1+1", "-1+1", "\t=1+1"],
    "traversal": [TRAVERSAL, "..\\..\\windows\\win.ini", "/etc/passwd", "file:///etc/passwd", "%2e%2e%2f" * 9],
    "oversized": ["æ" * (TEXT_LIMIT + 1), "a" * 300_000, "\n" * (TEXT_LIMIT + 1)],
    "unwritable": ["Før\x00etter", "\ud800", "\udfff x", "\u202e\u2066\ufeff", "\x1b[2J\x07", "😀" * 999],
    "numbers": [LONG_NUMBER, "-1", "0", "1e309", "NaN", "Infinity", "٣", "²", "1_000", "0x10", "-" + LONG_NUMBER],
    "dates": ["9999-12-31", "0001-01-01", "2026-02-30", "31.12.9999", "00.00.0000", "-1-1-1", "9" * 99 + "-01-01"],
    "structures": [DEEP, "{", "[]", "null", '{"a": {"b": [1, null, {}]}}', '"x"', "1", '{"text": 1}', "[[1]]"],
    "nothing": ["", " ", "\r\n"],
}
"""Values by kind."""


@dataclass(frozen=True)
class Sent:
    """One request: what is done with it, and what of it a page must not do."""

    kind: str
    method: str
    address: str
    body: bytes | dict[str, Any] = b""
    content_type: str = "application/x-www-form-urlencoded"
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        shown = self.body if isinstance(self.body, dict) else self.body[:300]
        return f"{self.kind}: {self.method} {self.address[:200]} {self.content_type} {self.headers} {str(shown)[:400]}"


def body(data: Chosen) -> bytes:
    """Return values as a browser's form would send them; lone surrogates as the bytes that nothing can read."""
    return urlencode(data, doseq=True, encoding="utf-8", errors="surrogatepass").encode()


def query(data: Chosen) -> str:
    """Return values as what stands behind an address."""
    return urlencode(data, doseq=True, encoding="utf-8", errors="surrogatepass")


Change = Callable[[Form, random.Random], Chosen]


def _with_values(kind: str) -> Change:
    """Return a change that writes such values into all that takes words, and keeps what is chosen."""

    def changed(form: Form, dice: random.Random) -> Chosen:
        data = form.data()
        for control in form.controls.values():
            if control.kind not in ("one", "many", "hidden", "file"):
                data[control.name] = [dice.choice(VALUES[kind])]
            elif control.choices and not control.held:
                data[control.name] = [dice.choice(control.choices)]
        return data

    return changed


def _everywhere(kind: str) -> Change:
    """Return a change that writes such values into each control, whatever it offers."""

    def changed(form: Form, dice: random.Random) -> Chosen:
        return {name: [dice.choice(VALUES[kind])] for name in form.controls}

    return changed


def _one_by_one(form: Form, dice: random.Random) -> Chosen:
    """Change one control to anything, and leave the rest."""
    data = form.data()
    if form.controls:
        name = dice.choice(sorted(form.controls))
        data[name] = [dice.choice(VALUES[dice.choice(sorted(VALUES))])]
    return data


def _missing(form: Form, dice: random.Random) -> Chosen:
    return {name: values for name, values in form.data().items() if dice.random() < 0.5}


def _twice(form: Form, dice: random.Random) -> Chosen:
    return {
        name: [*form.data().get(name, [""]), *dice.choices([*control.choices, "", "1", MARKUP], k=2)]
        for name, control in form.controls.items()
    }


def _unknown(form: Form, dice: random.Random) -> Chosen:
    """Send what no page asks for: names of columns, and names that are read in other places."""
    names = ["is_staff", "status", "review", "seat", "user", "id", "pk", "final_at", "private", "take", "words", "only"]
    more = {name: [dice.choice(["1", "true", "final", "None", *VALUES["structures"]])] for name in names}
    return {**form.data(), **more, "allow": ["1"], "__proto__": ["x"], "a[b][c]": ["x"]}


CHANGES: dict[str, Change] = {
    **{f"{kind} in words": _with_values(kind) for kind in VALUES if kind not in ("structures",)},
    **{f"{kind} everywhere": _everywhere(kind) for kind in VALUES},
    "one control": _one_by_one,
    "missing": _missing,
    "twice": _twice,
    "unknown": _unknown,
}
"""What is done to a form's values, by kind."""


def with_ids(form: Form, foreign: list[str], dice: random.Random) -> Chosen:
    """Return the form with other people's keys wherever it holds a key or offers a choice: all of them, the last of
    which is what most forms take.
    """
    data = form.data()
    for name, control in form.controls.items():
        if control.kind in ("one", "many", "hidden") and name != "seen":
            data[name] = dice.sample(foreign, len(foreign))
    return data


def posted(form: Form, kind: str, data: Chosen, *, headers: dict[str, str] | None = None) -> Sent:
    """Return a form with these values as a request: with a file where it asks for one."""
    files = [control.name for control in form.controls.values() if control.kind == "file"]
    if not files:
        return Sent(kind, "POST", form.action, body(data), headers=headers or {})
    sent: dict[str, Any] = {
        name: [value.encode(errors="surrogatepass").decode(errors="replace") for value in values]
        for name, values in data.items()
    }
    for name in files:
        content = (data.get(name) or [STORED])[0].encode("utf-8", "replace")
        sent[name] = SimpleUploadedFile(f"{TRAVERSAL}{MARKUP}.csv", content)
    return Sent(kind, "POST", form.action, sent, "multipart/form-data", headers or {})


BODIES: list[tuple[str, bytes]] = [
    ("application/json", b'{"a": [' * 5000),
    ("application/json", b"null"),
    ("text/xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
    (
        "multipart/form-data; boundary=zq",
        b'--zq\r\nContent-Disposition: form-data; name="a"; filename="../b"\r\n\r\n\xff',
    ),
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=" + "z" * 300, b"--"),
    ("application/x-www-form-urlencoded; charset=utf-16", b"\xff\xfea\x00=\x00b\x00"),
    ("application/x-www-form-urlencoded; charset=none-such", b"a=b"),
    ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % number for number in range(1500))),
    ("application/x-www-form-urlencoded", b"%ff%fe=%00&=&&&==%"),
    ("", b"\x00" * 99),
]
"""Bodies that are no form, or one that says of itself what is not so."""

HEADERS: list[dict[str, str]] = [
    {"Referer": "https://example.org/" + MARKUP},
    {"Accept-Language": "../../etc," * 500},
    {"X-Forwarded-For": SQL, "X-Forwarded-Host": "example.org"},
    {"If-Modified-Since": LONG_NUMBER, "If-None-Match": SQL, "Range": "bytes=-" + LONG_NUMBER},
    {"HX-Request": "true", "HX-Target": MARKUP, "HX-Current-URL": "javascript:zq()"},
    {"Autosave": "1", "Autosave-As": SQL},
    {"Cookie": "sessionid=" + TRAVERSAL + "; messages=" + quote(json.dumps([[MARKUP]])) + "; csrftoken=zq"},
    {"Host": "example.org"},
    {"User-Agent": MARKUP, "Accept": "*/*;q=" + LONG_NUMBER},
]
"""Headers that a browser would not send."""

METHODS = ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"]

IN_ADDRESSES = [
    "0",
    "-1",
    LONG_NUMBER,
    "%00",
    "..%2f..%2f..%2fetc%2fpasswd",
    quote(SQL, safe=""),
    quote(MARKUP, safe=""),
    quote(TEMPLATE, safe=""),
    "%ff%fe",
    "00000000-0000-0000-0000-000000000000",
    "a" * 3000,
]
"""What is put in the place of an argument in an address."""
