import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Scale",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, verbose_name="code")),
                ("edition", models.CharField(max_length=100, verbose_name="edition")),
                (
                    "sequence",
                    models.PositiveSmallIntegerField(
                        help_text="Editions of a scale in order; the newest has the highest number.",
                        verbose_name="sequence",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        help_text="The place of the scale beside other scales.", verbose_name="position"
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("attribution", models.TextField(verbose_name="attribution")),
                ("lowest", models.PositiveSmallIntegerField(default=1, verbose_name="lowest score")),
                ("highest", models.PositiveSmallIntegerField(default=5, verbose_name="highest score")),
                ("lowest_means", models.CharField(max_length=200, verbose_name="the lowest score means")),
                ("highest_means", models.CharField(max_length=200, verbose_name="the highest score means")),
                (
                    "high_from",
                    models.PositiveSmallIntegerField(
                        help_text="The lowest score that is in line with the scale; below it a recommendation is due.",
                        verbose_name="high from",
                    ),
                ),
                (
                    "scoring",
                    models.CharField(
                        choices=[("sum", "sum of the scores"), ("mean", "mean of the scores")],
                        max_length=10,
                        verbose_name="scoring",
                    ),
                ),
                (
                    "sources",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="Code of each source of facts, with its label and meaning.",
                        verbose_name="sources",
                    ),
                ),
                (
                    "comment_expected",
                    models.BooleanField(
                        help_text="Whether each score below the high ones must be explained in a comment.",
                        verbose_name="comment expected",
                    ),
                ),
                (
                    "item_count",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="How many items the edition has, so that a missing one is noticed; empty where it is not said.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="number of items",
                    ),
                ),
            ],
            options={
                "verbose_name": "scale",
                "verbose_name_plural": "scales",
                "ordering": ["position", "code", "sequence"],
                "constraints": [
                    models.UniqueConstraint(fields=("code", "edition"), name="scale_code_edition_unique"),
                    models.UniqueConstraint(fields=("code", "sequence"), name="scale_code_sequence_unique"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("code", ""), _negated=True), models.Q(("edition", ""), _negated=True)
                        ),
                        name="scale_code_and_edition_given",
                    ),
                    models.CheckConstraint(condition=models.Q(("sequence__gte", 1)), name="scale_sequence_from_one"),
                    models.CheckConstraint(condition=models.Q(("position__gte", 1)), name="scale_position_from_one"),
                    models.CheckConstraint(
                        condition=models.Q(("lowest__gte", 1), ("lowest__lt", models.F("highest"))),
                        name="scale_lowest_below_highest",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("high_from__gt", models.F("lowest")), ("high_from__lte", models.F("highest"))
                        ),
                        name="scale_high_from_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("scoring__in", ["sum", "mean"])), name="scale_scoring_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("item_count__isnull", True), ("item_count__gte", 1), _connector="OR"),
                        name="scale_item_count_from_one",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Section",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, verbose_name="code")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                (
                    "scale",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sections",
                        to="scales.scale",
                        verbose_name="scale",
                    ),
                ),
            ],
            options={
                "verbose_name": "section",
                "verbose_name_plural": "sections",
                "ordering": ["scale", "position"],
            },
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, verbose_name="code")),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        help_text="The number of the item in its section.", verbose_name="position"
                    ),
                ),
                ("title", models.CharField(max_length=300, verbose_name="title")),
                (
                    "short_title",
                    models.CharField(help_text="For lists and charts.", max_length=100, verbose_name="short title"),
                ),
                ("definition", models.TextField(verbose_name="definition")),
                (
                    "note",
                    models.TextField(
                        blank=True,
                        help_text="What an evaluator should know about the source of the item.",
                        verbose_name="note",
                    ),
                ),
                ("anchors", models.JSONField(help_text="What each score stands for.", verbose_name="anchors")),
                (
                    "elements",
                    models.JSONField(
                        blank=True, default=list, help_text="What is ticked as present or not.", verbose_name="elements"
                    ),
                ),
                (
                    "measure",
                    models.JSONField(
                        blank=True,
                        help_text="How a score can be suggested from what was counted.",
                        null=True,
                        verbose_name="measure",
                    ),
                ),
                ("sources", models.JSONField(blank=True, default=list, verbose_name="sources")),
                ("questions", models.JSONField(blank=True, default=list, verbose_name="questions")),
                (
                    "ask",
                    models.JSONField(
                        blank=True, default=list, help_text="Who can best answer the questions.", verbose_name="ask"
                    ),
                ),
                (
                    "section",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="scales.section",
                        verbose_name="section",
                    ),
                ),
            ],
            options={
                "verbose_name": "item",
                "verbose_name_plural": "items",
                "ordering": ["section", "position"],
            },
        ),
        migrations.CreateModel(
            name="Band",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, verbose_name="code")),
                ("label", models.CharField(max_length=100, verbose_name="label")),
                ("lowest", models.PositiveSmallIntegerField(verbose_name="lowest total")),
                ("highest", models.PositiveSmallIntegerField(verbose_name="highest total")),
                (
                    "recommended_months",
                    models.PositiveSmallIntegerField(
                        help_text="Months to the next review that the scale recommends; a hint.",
                        verbose_name="recommended months",
                    ),
                ),
                (
                    "scale",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bands",
                        to="scales.scale",
                        verbose_name="scale",
                    ),
                ),
            ],
            options={
                "verbose_name": "band",
                "verbose_name_plural": "bands",
                "ordering": ["scale", "lowest"],
                "constraints": [
                    models.UniqueConstraint(fields=("scale", "code"), name="band_code_unique"),
                    models.UniqueConstraint(fields=("scale", "lowest"), name="band_lowest_unique"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("code", ""), _negated=True), models.Q(("label", ""), _negated=True)
                        ),
                        name="band_code_and_label_given",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("lowest__lte", models.F("highest"))), name="band_lowest_not_above_highest"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("recommended_months__gte", 1)), name="band_months_from_one"
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="section",
            constraint=models.UniqueConstraint(fields=("scale", "code"), name="section_code_unique"),
        ),
        migrations.AddConstraint(
            model_name="section",
            constraint=models.UniqueConstraint(fields=("scale", "position"), name="section_position_unique"),
        ),
        migrations.AddConstraint(
            model_name="section",
            constraint=models.CheckConstraint(
                condition=models.Q(("code", ""), _negated=True), name="section_code_given"
            ),
        ),
        migrations.AddConstraint(
            model_name="section",
            constraint=models.CheckConstraint(
                condition=models.Q(("position__gte", 1)), name="section_position_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.UniqueConstraint(fields=("section", "code"), name="item_code_unique"),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.UniqueConstraint(fields=("section", "position"), name="item_position_unique"),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(condition=models.Q(("code", ""), _negated=True), name="item_code_given"),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(condition=models.Q(("position__gte", 1)), name="item_position_from_one"),
        ),
    ]
