"""Less of a variable font: the letters and weights that the pages show."""

from io import BytesIO

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from ipsreview.stylesheet import Face

_FEATURES = ["calt", "ccmp", "kern", "locl", "mark", "mkmk", "tnum"]
"""What shapes letters by themselves, and figures of one width, which is all that the style sheets switch on."""


def cut(font: bytes, face: Face) -> bytes:
    """Return the font with what `face` uses of it, as WOFF2: the same bytes each time."""
    options = Options()
    options.layout_features = _FEATURES
    options.notdef_outline = True
    made = TTFont(BytesIO(font), recalcTimestamp=False)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=face.letters)
    subsetter.subset(made)
    made = instancer.instantiateVariableFont(made, {"wght": face.weights})
    made.flavor = "woff2"
    out = BytesIO()
    made.save(out)
    return out.getvalue()
