"""Who can log in to the demonstration. All are made up."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

PASSWORD = "demo-passord-2026"  # noqa: S105 (printed for everybody to use)
DOMAIN = "demo.example"
ADMINISTRATOR = f"administrator@{DOMAIN}"


@dataclass(frozen=True)
class LogIn:
    """One way into the demonstration."""

    role: Any
    email: str
    name: str


LOG_INS = [
    LogIn(_("Lead evaluator"), f"evaluator@{DOMAIN}", "Eva Lund"),
    LogIn(_("Evaluator two"), f"evaluator-to@{DOMAIN}", "Tor Berge"),
    LogIn(_("Observer"), f"observator@{DOMAIN}", "Oda Sand"),
    LogIn(_("Method supervisor"), f"metodeveileder@{DOMAIN}", "Mette Vik"),
    LogIn(_("Manager"), f"leder@{DOMAIN}", "Leif Dahl"),
    LogIn(_("Regional IPS adviser"), f"fylke@{DOMAIN}", "Ragnhild Moe"),
    LogIn(_("Adviser, whole country"), f"landet@{DOMAIN}", "Lars Nes"),
    LogIn(_("Administrator"), ADMINISTRATOR, "Astrid Holm"),
]
