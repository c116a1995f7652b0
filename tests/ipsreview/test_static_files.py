"""What becomes of the static files: one style sheet of what is used, in its order, and a typeface of what is shown."""

import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import tinycss2  # type: ignore[import-untyped]  # has no types
from django.conf import settings as project
from django.contrib.staticfiles import finders
from django.test import Client
from fontTools.ttLib import TTFont
from pytest_django import Settings

from ipsreview import static_files, stylesheet, typeface
from tests.collected import STORAGES, collected

VENDOR = "vendor/designsystemet-css/"
ALWAYS = {"base", "data-size-workaround"}
"""What other components count on."""


def _source(name: str) -> str:
    found = finders.find(name)
    assert found, name
    return Path(found).read_text()


def _rules(css: str) -> list[tuple[str, str]]:
    """Return each rule of a style sheet with the layer it stands in, written alike."""
    return list(_flat(tinycss2.parse_stylesheet(css), ""))


def _flat(rules: list[Any], layer: str) -> Iterator[tuple[str, str]]:
    for rule in rules:
        if rule.type in ("whitespace", "comment"):
            continue
        assert rule.type != "error", rule.message
        if rule.type == "at-rule" and rule.lower_at_keyword == "layer" and rule.content is not None:
            yield from _flat(tinycss2.parse_rule_list(rule.content), tinycss2.serialize(rule.prelude).strip())
        else:
            without = re.sub(r"/\*.*?\*/", "", rule.serialize(), flags=re.S)
            yield layer, re.sub(r"\s+", "", without)


def _served() -> str:
    """Return the style sheet as it is collected, before its files are named."""
    return (collected() / static_files.PAGES).read_text()


def _components() -> dict[str, str]:
    """Return the component that each imported file of Designsystemet is, with its file."""
    parts = stylesheet.imported(static_files.PAGES, _source(static_files.PAGES))
    return {Path(part).stem: part for part in parts if part.startswith(VENDOR)}


def test_the_one_sheet_says_what_its_parts_say_in_their_order() -> None:
    served = _rules(_served())
    assert served[0] == ("", "@layerds.theme,ds.base,ds.components;")
    said = [rule for _layer, rule in served]
    parts = stylesheet.imported(static_files.PAGES, _source(static_files.PAGES))
    expected = [rule for part in parts for _layer, rule in _rules(_source(part)) if not rule.startswith("@charset")]
    assert said[1:] == expected
    ours = [rule for part in parts if part.startswith("css/") for _layer, rule in _rules(_source(part))]
    assert served[-len(ours) :] == [("", rule) for rule in ours], "what is ours stands in no layer, and last"


def test_components_stand_in_the_layers_and_the_order_of_designsystemet() -> None:
    whole = _rules(_source(f"{VENDOR}index.css"))
    places = []
    for part in _components().values():
        layer = re.search(rf'/{Path(part).name}"\) layer\((.*?)\)', _source(static_files.PAGES))
        assert layer, part
        places += [whole.index((layer[1], rule)) for _none, rule in _rules(_source(part))]
    assert places == sorted(places)


def test_the_components_that_are_used_are_there_and_no_others() -> None:
    written = ""
    for directory, ending in (("templates", "html"), ("reviews", "py"), ("static/js", "js"), ("static/css", "css")):
        for file in (project.BASE_DIR / directory).rglob(f"*.{ending}"):
            written += file.read_text() if file.name != Path(static_files.PAGES).name else ""
    classes = set(re.findall(r"(?<!--)\bds-[a-z-]+", written))
    there = {Path(name).stem for name, _storage in _files_of(VENDOR) if "/v2/" not in name} - {"index"}
    assert {"alert", "tabs", "table"} <= there
    used = {stem for stem in there if any(re.fullmatch(rf"ds-{stem}(-[a-z-]+)?", each) for each in classes)}
    unknown = {each for each in classes if not any(each.startswith(f"ds-{stem}") for stem in there)}
    assert unknown == {"ds-sr-only"}, "classes that no file of Designsystemet is named for: base.css has this one"
    assert set(_components()) == used | ALWAYS


def _files_of(prefix: str) -> list[tuple[str, Any]]:
    found = []
    for finder in finders.get_finders():
        for path, storage in finder.list([]):
            name = f"{storage.prefix}/{path}" if getattr(storage, "prefix", None) else path
            if name.startswith(prefix):
                found.append((name, storage))
    return found


def test_what_cannot_be_put_in_one_is_refused() -> None:
    sheets = {
        "css/a.css": '@import url("b.css") layer(x.y);\n/* "left out" */ p { content: "/* stays */"; }',
        "css/b.css": '@charset "UTF-8";\nb { background: url(c.svg); }',
        "css/media.css": '@import url("b.css") print;',
        "css/deep.css": '@import url("a.css");',
        "css/far.css": '@import url("../far/d.css");',
        "far/d.css": "b { background: url('c.svg'); }",
        "css/near.css": '@import url("../far/e.css");',
        "far/e.css": 'b { background: url("data:image/svg+xml,x"); mask: url(#here); }',
    }
    assert stylesheet.in_one("css/a.css", sheets.__getitem__) == (
        '@layer x.y{\nb { background: url(c.svg); }\n}\n\np { content: "/* stays */"; }\n'
    )
    assert stylesheet.imported("css/far.css", sheets["css/far.css"]) == ["far/d.css"]
    for name in ("css/media.css", "css/deep.css", "css/far.css"):
        with pytest.raises(ValueError, match=r"import|another directory"):
            stylesheet.in_one(name, sheets.__getitem__)
    assert "data:image" in stylesheet.in_one("css/near.css", sheets.__getitem__)


@pytest.mark.parametrize("missing", ["src", "font-weight", "unicode-range"])
def test_a_typeface_says_what_is_used_of_it(missing: str) -> None:
    said = {"src": 'url("a.woff2")', "font-weight": "400 700", "unicode-range": "U+0041-0043, U+E6"}
    whole = "; ".join(f"{name}: {value}" for name, value in said.items())
    (face,) = stylesheet.faces("css/a.css", f"@font-face {{ {whole}; }}")
    assert face == stylesheet.Face("css/a.woff2", (400, 700), frozenset({0x41, 0x42, 0x43, 0xE6}))
    some = "; ".join(f"{name}: {value}" for name, value in said.items() if name != missing)
    with pytest.raises(ValueError, match="does not say"):
        list(stylesheet.faces("css/a.css", f"@font-face {{ {some}; }}"))


def _faces() -> dict[str, stylesheet.Face]:
    return {
        "extension" if "latin-ext" in face.name else "latin": face
        for face in stylesheet.faces(static_files.PAGES, _served())
    }


def _font(name: str) -> TTFont:
    return TTFont(BytesIO((collected() / name).read_bytes()))


def test_the_typeface_has_the_letters_of_its_languages_and_the_weights_of_the_pages() -> None:
    faces = _faces()
    assert set(faces) == {"latin", "extension"}
    letters = {name: set(_font(face.name).getBestCmap()) for name, face in faces.items()}
    for name, face in faces.items():
        font = _font(face.name)
        assert letters[name] <= face.letters
        axis = font["fvar"].axes[0]
        assert (axis.axisTag, axis.minValue, axis.maxValue) == ("wght", *face.weights)
    norwegian = "abcdefghijklmnopqrstuvwxyzæøåéèêóòôäöüABCDEFGHIJKLMNOPQRSTUVWXYZÆØÅ0123456789–−«»’…·§%"
    assert {ord(each) for each in norwegian} <= letters["latin"]
    assert {ord(each) for each in "ČčĐđŊŋŠšŦŧŽžŃńǤǥǦǧǨǩǮǯƷʒłŁșțğİı"} <= letters["latin"] | letters["extension"]
    features = {record.FeatureTag for record in _font(faces["latin"].name)["GSUB"].table.FeatureList.FeatureRecord}
    assert "tnum" in features, "figures stand below each other"
    weights = {int(each) for each in re.findall(r"font-weight[a-z-]*:\s*(\d+)\s*[;}]", _served())}
    low, high = faces["latin"].weights
    assert weights
    assert all(low <= weight <= high for weight in weights)


def test_the_same_typeface_gives_the_same_bytes_and_so_the_same_name() -> None:
    face = _faces()["extension"]
    found = finders.find(face.name)
    assert found
    assert typeface.cut(Path(found).read_bytes(), face) == (collected() / face.name).read_bytes()


def test_a_part_that_is_not_there_stops_the_collecting(tmp_path: Path) -> None:
    storage = static_files.LeanStaticFilesStorage(location=tmp_path, base_url="/static/")
    (tmp_path / "css").mkdir()
    (tmp_path / static_files.PAGES).write_text('@import url("gone.css");')
    with pytest.raises(ValueError, match=r"css/gone\.css is missing"):
        list(storage.post_process({static_files.PAGES: (storage, static_files.PAGES)}))


@pytest.mark.django_db
def test_files_are_named_by_their_content_compressed_and_kept_for_good(settings: Settings) -> None:
    settings.STORAGES, settings.STATIC_ROOT = STORAGES, str(collected())
    names = json.loads((collected() / "staticfiles.json").read_text())["paths"]
    client = Client()
    faces = [face.name for face in _faces().values()]
    for name in (static_files.PAGES, "js/app.js", "js/autosave.js", "icons/favicon.svg", *faces):
        for accepted, encoding in (("gzip, deflate, br", "br"), ("gzip", "gzip"), ("identity", "")):
            answer: Any = client.get(f"/static/{names[name]}", headers={"Accept-Encoding": accepted})
            answer.close()
            assert answer.status_code == 200
            kept = answer["Cache-Control"]
            assert "public" in kept
            assert "immutable" in kept
            assert int(re.findall(r"max-age=(\d+)", kept)[0]) >= 365 * 24 * 3600
            # A typeface is compressed in itself.
            expected = "" if name.endswith("woff2") else encoding
            assert answer.get("Content-Encoding", "") == expected, (name, accepted)
        assert re.search(r"\.[0-9a-f]{12}\.\w+$", names[name])


def test_pages_link_no_style_sheet_of_their_own() -> None:
    linking = {
        str(file.relative_to(project.BASE_DIR / "templates"))
        for file in (project.BASE_DIR / "templates").rglob("*.html")
        if "stylesheet" in file.read_text()
    }
    assert linking == {"partials/head.html", "admin/base_site.html"}
