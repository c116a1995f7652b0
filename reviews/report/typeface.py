"""Makes the fonts of the PDF from Inter as npm has it: `python -m reviews.report.typeface` writes them, as set-up does.

They are made once for all processes: to unpack both and write them as TrueType takes longer than to print a report.
"""

from io import BytesIO
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph, GlyphComponent

from reviews.report.fonts import FILES, REPLACEMENT, path

_PACKED = Path(__file__).resolve().parents[2] / "node_modules" / "inter-ui" / "web"
_BOX = 0x25A1  # the white square, which Inter has


def made(name: str) -> bytes:
    """Return the font `name`, a key of FILES, as TrueType: the same bytes each time.

    It gets a glyph for U+FFFD, which Inter lacks: the white square, the usual mark of what cannot be shown.
    """
    # Time stamps are kept, so that the same font gives the same bytes.
    font = TTFont((_PACKED / FILES[name]).with_suffix(".woff2"), recalcTimestamp=False)
    box = font.getBestCmap()[_BOX]
    part = GlyphComponent()
    part.glyphName, part.x, part.y, part.flags = box, 0, 0, 0x4
    glyph = Glyph()
    glyph.numberOfContours = -1
    glyph.components = [part]
    font["glyf"]["replacement"] = glyph
    font["hmtx"]["replacement"] = font["hmtx"][box]
    glyph.recalcBounds(font["glyf"])
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[ord(REPLACEMENT)] = "replacement"
    font.flavor = None
    out = BytesIO()
    font.save(out)
    return out.getvalue()


if __name__ == "__main__":
    for each in FILES:
        path(each).parent.mkdir(exist_ok=True)
        path(each).write_bytes(made(each))
