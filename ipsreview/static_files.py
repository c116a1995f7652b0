"""What `collectstatic` makes of the static files: one style sheet, less of the fonts; all with a hash of the content in
the name, so that a browser may keep them for good, and compressed.
"""

from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

from ipsreview import stylesheet, typeface

PAGES = "css/pages.css"
"""The style sheet of the pages, which imports its parts. Where nothing is collected, browsers follow the imports."""


class LeanStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """Makes less of what every page needs, before the files are named and compressed."""

    def post_process(self, paths: dict[str, tuple[Any, str]], *args: Any, **options: Any) -> Iterator[Any]:
        """Work on the files collected: `paths` tells in which storage, and under what name there, each file lies.

        Raises ValueError where the style sheet or its fonts are not as they must be (see stylesheet.py).
        """
        if PAGES in paths and not options.get("dry_run"):
            paths = self._leaner(paths)
        yield from super().post_process(paths, *args, **options)

    def _leaner(self, paths: dict[str, tuple[Any, str]]) -> dict[str, tuple[Any, str]]:
        def read(name: str) -> bytes:
            if name not in paths:
                raise ValueError(f"{name} is missing among the static files.")
            storage, path = paths[name]
            with storage.open(path) as file:
                held: bytes = file.read()
            return held

        sheet = stylesheet.in_one(PAGES, lambda name: read(name).decode())
        made = {face.name: typeface.cut(read(face.name), face) for face in stylesheet.faces(PAGES, sheet)}
        made[PAGES] = sheet.encode()
        for name, content in made.items():
            self.delete(name)
            self._save(name, ContentFile(content))
        return paths | {name: (self, name) for name in made}
