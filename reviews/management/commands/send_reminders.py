"""Sends the letters that wait. What a daily job does besides: score sheets that nobody took in are deleted."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from reviews import digests, letters
from reviews.exchange import uploading


class Command(BaseCommand):
    """`manage.py send_reminders`."""

    help = "Send every letter and invitation that waits, and every reminder that is due, each once; delete old sheets."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print how many went; raises CommandError (exit 1) if some could not be sent."""
        uploading.delete_old()
        posted, reminded = letters.send_due(), digests.send_due()
        self.stdout.write(_("Letters sent: %(number)d") % {"number": posted.sent})
        self.stdout.write(_("Letters with reminders sent: %(number)d") % {"number": reminded.sent})
        unsent = posted.unsent + reminded.unsent
        if unsent:
            raise CommandError(_("Letters that could not be sent, and wait: %(number)d") % {"number": unsent})
