"""Pages and tables over the line in a fifth of their bytes.

What is compressed tells something by its length. Whoever listens on the line, and makes a browser ask again and again
with words of theirs in the address, could guess what else stands on the page. It does not pay here: what another site
embeds carries no session (SameSite), so that each of thousands of guesses would be a page opened before the person's
eyes; the token of a form is masked anew each time; and Django adds to the length by chance, which a proxy would not.
"""

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

_TEXTS = ("text/html", "text/csv", "text/plain", "application/json")
"""What gains by it. PDF and XLSX are compressed already."""


class CompressionMiddleware(GZipMiddleware):
    """Compresses a text that is there as a whole; one that is sent while it is made would wait for its end."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Return the answer, compressed where its kind gains and the browser takes it."""
        if response.streaming or not response.get("Content-Type", "").startswith(_TEXTS):
            return response
        return super().process_response(request, response)
