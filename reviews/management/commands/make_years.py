"""manage.py make_years: fill the database with services and years of reviews, drawn by lot."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from reviews.demo import years
from reviews.models import Service
from reviews.summary import keeping
from scales.models import Scale


class Command(BaseCommand):
    """Makes fictional services with years of final reviews; the same seed on the same day makes the same."""

    help = "Make a hundred fictional services with ten years of final reviews, to look at development and overviews."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --services, --years, --seed and --force."""
        parser.add_argument("--services", type=int, default=100, help="how many services, at most 100")
        parser.add_argument("--years", type=int, default=10, help="how many years back from this one")
        parser.add_argument("--seed", type=int, default=1, help="another number makes other services")
        parser.add_argument("--force", action="store_true", help="make them though DEBUG is off")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them. Raises CommandError with DEBUG off, without the scales, and where they are there already."""
        if not settings.DEBUG and not options["force"]:
            raise CommandError("DEBUG is off, so this may be a database in use. --force makes them all the same.")
        if not Scale.objects.exists():
            raise CommandError("No scale is loaded. Load them first: manage.py loaddata ips_25 goi_12")
        if Service.objects.filter(reviews__imported_from=years.SHEET).exists():
            raise CommandError("They are here already.")
        try:
            services, reviews = years.fill(services=options["services"], years=options["years"], seed=options["seed"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        keeping.settle()
        self.stdout.write(f"Made {services} services and {reviews} reviews.")
