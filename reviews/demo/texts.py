"""What the demonstration's people wrote around the findings. Services, people and findings are made up."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from reviews import circumstances

SCORING: dict[str, tuple[int | None, str, dict[str, str]]] = {
    "B1": (5, "18 deltakere på én jobbspesialist i full stilling.", {"participants": "18", "fte": "1"}),
    "B2": (5, "Hele stillingen går til IPS, bekreftet av leder.", {"percent": "97.5"}),
    "B3": (4, "Alle faser unntatt inntak, som teamet gjør selv.", {}),
    "O1": (5, "Alle er henvist fra FACT-teamet.", {"percent": "100"}),
    "O3": (4, "Kontakt hver uke med to Nav-kontor. Sjekk om møtene er fysiske.", {}),
    "T1": (None, "Uklart hvem som regner. Spør Nav i morgen.", {}),
    "T4": (4, "Snitt fra loggen.", {"days": "41"}),
    "T8": (4, "Sju typer på ni jobber.", {"different": "7", "total": "9"}),
}
"""What an evaluator has on the sheet of a review under way: score, Kommentar and counted figures."""

SCORING_ELEMENTS = {"B3": (1, 2, 3, 4, 5)}
"""The elements that this evaluator has found, by item."""

CLOSED = (("O2", "DOC"), ("T11", "ISP"))
"""Sources of items of that review which its evaluators were given no access to: journals and treatment plans."""

GIVEN: dict[str, list[str]] = {
    "B1": ["18 1"],
    "B2": ["100"],
    "O1": ["100"],
    "T4": ["12", "25", "31", "44", "38", "61", "29", "52", "47", "40"],
    "T5": ["6 5", "9 8", "4 4", "10 8", "7 6", "8 5", "5 5", "10 9", "6 4", "3 3"],
    "T6": ["4.5"],
    "T8": ["7 9"],
    "T9": ["8 9"],
    "T10": ["6 7"],
    "T12": ["1 1 1 1", "1 0 1 1", "- - - -", "1 1 0 -", "0 1 1 1", "- - - -", "1 1 1 -"],
    "T13": ["58"],
}
"""What a service gave before the visit: a row for each jobbspesialist or deltaker, or one for the whole service, in the
order of the columns; 1 is yes, and - nothing."""

GIVEN_IN_PART: dict[str, list[str]] = {"B1": ["19 1", "16 0.8"], "T6": ["5", "6.5"], "T8": ["11 14"]}
"""The same of a service that is not done with it."""

NOTES: list[tuple[str, str, int | None, tuple[str, ...], str]] = [
    (
        "INT",
        "deltaker",
        1,
        ("T3", "T5"),
        "Ble spurt om egne ønsker, ikke vist hva som var ledig. Laget listen over arbeidsgivere selv.",
    ),
    ("INT", "deltaker", 2, ("T1",), "Visste ikke hva som skjedde med bostøtten før lønnen kom."),
    (
        "INT",
        "jobbspesialist",
        1,
        ("T6", "T13"),
        "«Jeg rekker fire møter i uka når det er stille på kontoret.» Bruker mye tid på rapportering.",
    ),
    (
        "INT",
        "behandler",
        1,
        ("O2", "O6"),
        "Jobbspesialisten er med hver onsdag. Tar opp arbeid med dem som er henvist, ikke med de andre.",
    ),
    ("INT", "ledelse", 1, ("O8",), "Kjenner prinsippene. Husker ikke når styringsgruppen møttes sist."),
    ("OBS", "", None, ("O4",), "Ukentlig gjennomgang: 14 deltakere på en time, alle fikk en konkret neste handling."),
    (
        "DOC",
        "",
        None,
        ("T12", "T14"),
        "Ti mapper lest. Møte innen tre dager etter jobbstart i sju. Forsøk på kontakt ført i alle.",
    ),
    ("MIS", "", None, ("T8", "T9", "T10"), "24 jobber, 23 arbeidsgivere, 22 jobbtyper, 21 faste."),
]
"""Notes of the newest review of the first service: source, perspective and number of who said it, the items it points
at, and the note."""

CONSENSUS_NOTES: list[tuple[str, str, int | None, tuple[str, ...], str]] = [
    (
        "INT",
        "deltaker",
        1,
        ("T2",),
        "Fikk øve på hva som kunne sies om hullet i CV-en. Ingen spurte igjen da det ble vanskelig på jobben.",
    ),
    ("INT", "jobbspesialist", 1, ("T6",), "«Fire møter i uka er det jeg rekker når jeg har inntak på mandagen.»"),
    ("INT", "behandler", 1, ("O2",), "Jobbspesialisten er på teammøtet annenhver onsdag. Savnes de andre ukene."),
    ("INT", "ledelse", 1, ("O8",), "Kjenner prinsippene. Husker ikke når styringsgruppen møttes sist."),
    ("OBS", "", None, ("O4",), "Ukemøtet: deltakerne fikk ti minutter, resten gikk til rapportering og ferie."),
]
"""The same of the review in consensus."""

OBSERVER = {"B1": 5, "B2": 4, "B3": 5, "O1": 3, "O2": 3, "O3": 4, "O4": 5, "O5": 5}
"""What the observer has scored along."""

REMARKS: list[tuple[str, str, str, str, dict[str, object]]] = [
    (
        "B2",
        "Opplæringen av kollegaen ble avsluttet før sommeren.",
        "changed",
        "Rettet etter timelistene dere sendte. Skåren er den samme.",
        {
            "comment": "Jobbspesialistene yter bare IPS. Timelistene viser at 97 prosent av arbeidstiden går til"
            " oppfølging etter IPS; resten var opplæring av en kollega i en annen tjeneste, som ble avsluttet før"
            " sommeren."
        },
    ),
    (
        "T6",
        "Telefonmøter med arbeidsgivere burde telle med.",
        "kept",
        "Skalaen teller bare møter ansikt til ansikt, i alle tjenester. Skåren står.",
        {},
    ),
    ("", "Psykoseteamet skifter navn ved nyttår.", "kept", "Rapporten bruker navnet teamet hadde ved besøket.", {}),
]
"""What the metodeveileder of the first service remarked on the draft, and what the evaluators did with it: the item's
code (empty: the whole draft), the remark, the decision, the answer, and what was changed."""

OPEN_REMARKS: list[tuple[str, str]] = [
    ("O1", "Den fjerde jobbspesialisten begynte i teamet i forrige måned. Det mangler i Kommentar."),
    ("T8", "Vi talte 16 ulike jobber, ikke 14."),
]
"""Remarks that the evaluators have not decided on yet."""

CORRECTION = (
    "T5",
    2,
    "Forrige gang regnet vi med kontakter om utlyste stillinger når deltakeren hadde søkt på dem. Loggen fra den "
    "gangen viser at bare 40 prosent av kontaktene bygde på det deltakeren ønsket.",
)
"""The score of the last review that is held to have been wrong: the item, what it should have been, and why."""

WHY_AGAIN = "Antallet faste jobber i T10 var talt feil: 12 av 13, ikke 10. Skåren er derfor 4, ikke 3."
"""Why the report of a review was issued again."""

INDEPENDENCE = "Evaluatorene har ikke arbeidet i tjenesten eller i teamene den hører til."

INTERVIEWS: list[tuple[str, str, list[tuple[str, str]]]] = [
    (
        "INT",
        "deltaker",
        [
            ("T3 T5", "Kom inn med ønske om lager eller butikk, og jobbspesialisten ringte begge deler samme uke."),
            ("T4", "Første møte med en arbeidsgiver i uke fire. Husker ikke hvem som avtalte det."),
            ("T1", "Fikk ikke regnet på uføretrygd og lønn før jobben begynte. «Jeg turte ikke spørre.»"),
            ("", "Vil gjerne ha oppfølging etter arbeidstid, ikke på dagtid."),
        ],
    ),
    (
        "INT",
        "behandler",
        [
            ("", "Jobbspesialisten sitter i teamrommet mandag og onsdag. #O2"),
            ("O1 O6", "Henviser dem som «er klare». Kjenner ikke til at alle som vil, skal få tilbudet."),
            ("", "Usikker på hvem i teamet som skal følge opp dem som har fått jobb."),
        ],
    ),
    (
        "OBS",
        "",
        [
            ("O4", "Møtet i IPS-teamet varte 50 minutter. Ni deltakere ble gått gjennom, sju fikk en neste handling."),
            ("O5", "Metodeveilederen spurte hver gang hva arbeidsgiveren hadde sagt."),
        ],
    ),
]
"""Running sheets, one for each evaluator in turn: the source, who was asked, and each note with its items. A note may
name them in its text, or none yet."""

PRIVATE_ON_SHEET = "Spør på nytt i morgen: hvem bestemmer hvem som henvises?"
"""A note that the hovedevaluator keeps, last on each sheet of their own."""

PRIVATE_NOTE = "Husk å spørre den andre evaluatoren om inntrykket fra teammøtet før vi skårer O2."

NARRATIVE: dict[str, str | list[str]] = {
    "front_advice": ["ips-25 O2", "ips-25 O8", "ips-25 T1", "ips-25 T6"],
    "recipients": "Nav Bjørgvin, Bjørgvin DPS, styringsgruppen for IPS",
    "independence": INDEPENDENCE,
    "purpose": (
        "Evalueringen viser hvor langt tjenesten har kommet med å drive IPS slik metoden er beskrevet, og hva som "
        "bør forbedres fram til neste gang. Den er bestilt av styringsgruppen og følger den årlige planen."
    ),
    "method": (
        "To evaluatorer besøkte tjenesten i to dager. Vi snakket med fire deltakere, tre jobbspesialister, "
        "metodeveilederen, fire behandlere, to teamledere, klinikkleder og to Nav-veiledere, var med på et "
        "teammøte, en ukentlig gjennomgang og to arbeidsgiverbesøk, og leste ti mapper og tall fra det siste året."
        " Vi skåret hver for oss før vi ble enige."
    ),
    "summary": (
        "Tjenesten driver IPS med bra kvalitet og har gått fram hvert år. Kjernen er på plass: små porteføljer, "
        "rendyrket oppgave og et team som støtter hverandre. Deltakerne kommer raskt i gang og får ulike jobber "
        "hos ulike arbeidsgivere, og de fleste av jobbene er faste.\n\n"
        "Det som holder skåren nede, ligger delvis utenfor teamet. Styringsgruppen har bare møtt én gang siden i fjor, "
        "og beregning av stønader er overlatt til den enkelte jobbspesialist. Selv kan teamet øke antallet "
        "arbeidsgivermøter og flytte mer av arbeidet ut av kontoret."
    ),
    "strengths": (
        "Samme jobbspesialist følger deltakeren fra inntak til støtten trappes ned\n"
        "Første møte med arbeidsgiver kommer i snitt 24 dager etter inntak\n"
        "21 av 24 jobber er faste, hos 23 arbeidsgivere\n"
        "Ingen avsluttes fordi de ikke møter opp"
    ),
    "outside_meetings": (
        "Deltakerne inviteres til samarbeidsmøtene som handler om dem, og de fleste kommer. Flere vil gjerne vite på "
        "forhånd hva som skal tas opp."
    ),
    "outside_economy": (
        "Jobbspesialistene spør om økonomien ved inntak. Få i teamet vet hvor en deltaker kan få hjelp med gjeld, og "
        "gjeldsrådgivningen i Nav er ikke brukt det siste året."
    ),
    "outside_voices": (
        "De vi snakket med, sier at noen spurte hva de selv ville, og at det gikk fort å komme i gang. De savner noen "
        "å ringe til utenom arbeidstiden når de er nye i jobben."
    ),
}


_NUMBERS = (*circumstances.RESULTS, *circumstances.PEOPLE, "teams", "co_located_teams")


def _beside(numbers: str, employers: Sequence[str] = (), *, dispersed: bool | None = None) -> dict[str, Any]:
    """Return columns of a Context by name, from its numbers in their order; those left out are not given."""
    given = {name: Decimal(number) for name, number in zip(_NUMBERS, numbers.split(), strict=False)}
    whole = {name: value if "posts" in name else int(value) for name, value in given.items()}
    return {**whole, "employers": employers, "dispersed": dispersed}


BESIDE: dict[tuple[str, int], dict[str, Any]] = {
    ("IPS Bjørgvin", 415): _beside("66 20 3 40 14 4 0.5 2 3 1", ["nav_state"]),
    ("IPS Bjørgvin", 210): _beside("69 22 3 45 16 4 0 1 3 2", ["nav_state", "municipality"]),
    ("IPS Bjørgvin", 52): _beside("71 23 4 45 19 4 0 0 3 2", ["nav_state", "municipality"], dispersed=False),
    ("IPS Skogdal", 150): _beside("38 11 2 40 9 2 0.25 1 1 0", ["nav_municipal"], dispersed=False),
    ("IPS Østbyen", 130): _beside("41 13 2 40 13 2 0 0 2 1", ["nav_state", "health_trust"], dispersed=False),
    ("IPS Fjordlandet", 16): _beside("56 19 4 40 15 3 0 0 2 2", ["nav_municipal", "health_trust"], dispersed=True),
    ("IPS Nordlysbyen", 430): _beside("62 14 3 40 12 3.5 0.5 1 2 1", ["nav_state", "provider"], dispersed=False),
    # Somebody has still to ask how many are in education, and to start from the last review's numbers.
    ("IPS Nordlysbyen", 6): _beside("60 16"),
    ("IPS Havgap", 1): _beside("18 6 1"),
}
"""What stands beside the scores of a review, by service and how many days ago it was planned to begin."""

_METHOD = (
    "To evaluatorer besøkte tjenesten i to dager. Vi snakket med deltakere, jobbspesialister, metodeveileder, "
    "behandlere og ledere, var med på et teammøte og leste mapper og tall. Vi skåret hver for oss før vi ble enige."
)
_PURPOSE = "Årlig evaluering etter avtale med styringsgruppen."

SHORT_NARRATIVES: dict[tuple[str, int], dict[str, str | list[str]]] = {
    ("IPS Bjørgvin", 415): {
        "recipients": "Nav Bjørgvin, Bjørgvin DPS, styringsgruppen for IPS",
        "purpose": _PURPOSE,
        "method": _METHOD,
        "summary": (
            "Tjenesten har små porteføljer og får deltakerne raskt ut i jobbsøk. Den har gått fram siden forrige "
            "evaluering. Ledelse på alle nivåer er det som først bør bli bedre: metodeveilederen trenger tid til IPS, "
            "og styringsgruppen må møtes. Selv kan teamet la deltakernes ønsker styre jobbsøket."
        ),
        "strengths": (
            "Ingen jobbspesialist har mer enn 20 deltakere\n"
            "Første møte med arbeidsgiver kommer innen to måneder\n"
            "Deltakerne får oppfølging som passer jobben de har"
        ),
        "front_advice": ["ips-25 O5", "ips-25 O8", "ips-25 T5"],
    },
    ("IPS Østbyen", 130): {
        "recipients": "Nav Østbyen, Østbyen DPS, styringsgruppen for IPS",
        "purpose": "Første evaluering, et drøyt år etter at tjenesten startet, etter avtale med styringsgruppen.",
        "method": _METHOD,
        "summary": (
            "Tjenesten har det meste på plass etter det første året. Jobbspesialistene arbeider bare med IPS og er mye "
            "ute hos arbeidsgivere. Forankringen er det som først bør bli bedre: plassen i teammøtet og "
            "styringsgruppen. Selv kan teamet la deltakernes ønsker styre jobbsøket mer, og tilpasse oppfølgingen i "
            "jobb."
        ),
        "strengths": (
            "Jobbspesialistene har bare IPS\n"
            "Over halvparten av arbeidstiden brukes ute\n"
            "Alle får råd om stønader før de begynner i jobb"
        ),
        "front_advice": ["ips-25 O2", "ips-25 O8", "ips-25 T5", "ips-25 T11"],
    },
    ("IPS Fjordlandet", 16): {
        "recipients": "Nav Fjordlandet, Helse Fjordlandet, styringsgruppen for IPS",
        "purpose": _PURPOSE,
        "method": _METHOD,
        "summary": (
            "Tjenesten har små porteføljer, og samme jobbspesialist følger deltakeren hele veien. Samarbeidet med "
            "behandlingen og metodeveilederens tid er det som først bør bli bedre. Selv kan teamet bli bedre kjent med "
            "arbeidsgiverne og følge opp lenger."
        ),
        "strengths": (
            "Samme jobbspesialist følger deltakeren i alle faser\n"
            "Alle får råd om stønader før de begynner i jobb\n"
            "Halvparten av arbeidstiden brukes ute"
        ),
        "front_advice": ["ips-25 O2", "ips-25 O5", "ips-25 T7", "ips-25 T12"],
    },
    ("IPS Nordlysbyen", 430): {
        "recipients": "Nav Nordlysbyen, Nordlyssykehuset, styringsgruppen for IPS",
        "purpose": _PURPOSE,
        "method": _METHOD,
        "summary": (
            "Tjenesten er så vidt under grensen for IPS. De fleste som får jobb, får fast jobb. Men jobbsøket styres "
            "mer av hva som er ledig enn av hva deltakerne ønsker, og noen må innom tiltaksplass først. Ledelsen i Nav "
            "og på sykehuset må følge tjenesten tettere, og arbeid må bli et tema i behandlingen."
        ),
        "strengths": (
            "De fleste jobbene er faste\n"
            "Porteføljene er nær det skalaen anbefaler\n"
            "Jobbspesialistene har kontor hos behandlingsteamet"
        ),
        "front_advice": ["ips-25 O7", "ips-25 O8", "ips-25 T3", "ips-25 T5"],
    },
    ("IPS Nordlysbyen", 6): {"purpose": _PURPOSE},
}
"""What is told around the findings of an external review that is told shortly, by service and how many days ago it was
planned to begin."""

PLANS_NARRATIVE: dict[str, str | list[str]] = {
    "recipients": "Prosjektgruppen i Nav og kommunen",
    "purpose": "Å vurdere planene før tjenesten starter, slik at det som mangler, kan rettes i tide.",
    "method": "Vi leste prosjektplan, stillingsbeskrivelser og samarbeidsavtale og snakket med prosjektgruppen.",
    "summary": (
        "Planene legger et godt grunnlag for oppbygging og samarbeid. Det som mangler, er hvordan ledelsen skal følge "
        "tjenesten, og tid til å være med ut i felt. Det som skjer med deltakerne, kan først vurderes når tjenesten er "
        "i gang."
    ),
    "strengths": (
        "Samarbeidsavtalen er skrevet under av alle partnere\n"
        "Stillingsbeskrivelsene gir jobbspesialistene bare IPS\n"
        "Planen knytter hver jobbspesialist til ett behandlingsteam"
    ),
}

SELF_NARRATIVES: dict[str, dict[str, str | list[str]]] = {
    "IPS Bjørgvin": {
        "participants": "Metodeveileder, fire jobbspesialister og en teamleder fra DPS",
        "purpose": "Å se om det vi gjorde etter forrige evaluering, har virket.",
        "method": "Vi fylte ut arket sammen på to møter, med tall og mapper foran oss.",
        "summary": (
            "Metodeveilederen har fått tid til IPS, og jobbsøket bygger mer på det deltakerne ønsker. Styringsgruppen "
            "møtes fortsatt for sjelden, og råd om stønader er for tilfeldige."
        ),
        "strengths": "Alle seks faser er hos samme jobbspesialist\nNesten alle jobbene er faste",
        "front_advice": ["ips-25 O8", "ips-25 T1", "ips-25 T7"],
    },
    "IPS Skogdal": {
        "participants": "Metodeveileder, to jobbspesialister og en teamleder fra DPS",
        "purpose": "Å se om det vi gjorde etter forrige evaluering, har virket.",
        "method": "Vi fylte ut arket sammen på to møter, med tall og mapper foran oss.",
        "summary": (
            "Vi kommer raskere i gang med jobbsøk enn før, og vi dekker for hverandre. Arbeidsgivermøtene er fortsatt "
            "for få og gjelder for ofte utlyste stillinger. Plassen vår i teammøtet på DPS er ikke fast nok."
        ),
        "strengths": (
            "Første møte med arbeidsgiver kommer innen to måneder\n"
            "Teamet dekker for hverandre ved ferie og sykdom\n"
            "Ingen avsluttes fordi de ikke møter opp"
        ),
        "front_advice": ["ips-25 O2", "ips-25 O6", "ips-25 T6", "ips-25 T7"],
    },
}
"""What is told around the findings of a self-review, by service."""
