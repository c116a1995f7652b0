"""What every answer tells the browser beside its content security policy: to keep no copy, and to lend no other site or
device anything.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

_UNUSED = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "usb",
    "xr-spatial-tracking",
)
"""What a page could ask a browser for, and none of ours does. Passkeys are not among them."""

ALWAYS = {
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _UNUSED),
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
"""Headers with one value for all answers."""

NOT_KEPT = "no-store, private"
"""For whatever is not a static file, pages, files and errors alike: computers are shared at work."""


class HeadersMiddleware:
    """Puts the headers on every answer. Outermost but for the request's id, so that none comes past it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Remember the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        response = self.get_response(request)
        for name, value in ALWAYS.items():
            response[name] = value
        # Static files say how long they may be kept; nothing else has anything of its own to say that is stricter.
        if "public" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = NOT_KEPT
        return response
