"""Our templates as they are sent: without the indentation, which is a third of a long page and makes each one dearer to
put together and to compress.
"""

import re

from django.template.base import Origin
from django.template.loaders import filesystem

_INDENTATION = re.compile(r"\n[ \t]+")


class Loader(filesystem.Loader):
    """Loads the templates of TEMPLATES["DIRS"]. The ends of the lines stay: so do the words they part and, in an error,
    the lines' numbers. What people wrote is not in a template. Letters (.txt) stay as they are.
    """

    def get_contents(self, origin: Origin) -> str:
        """Return a template's text. Raises TemplateDoesNotExist where there is none."""
        text = super().get_contents(origin)
        return _INDENTATION.sub("\n", text) if origin.name.endswith(".html") else text
