"""What the demonstration's evaluators wrote. Services, people and findings are made up."""

from typing import NamedTuple


class Finding(NamedTuple):
    """What two evaluators found for an item, and what they agreed on; `low` texts hold for scores of 2 and 3."""

    scores: tuple[int, int]
    agreed: int
    comment: str
    recommendation: str = ""
    obstacles: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()


class Low(NamedTuple):
    """What is written on a low score; `actors` where they do not follow from what holds it down."""

    comment: str = ""
    recommendation: str = ""
    obstacles: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()


FULL: dict[str, Finding] = {
    "B1": Finding(
        (5, 5),
        5,
        "Teamet har fire jobbspesialister i full stilling og 71 deltakere, i snitt 17,8 per årsverk. Ingen har mer"
        " enn 20. Metodeveilederen fordeler nye deltakere etter ledig kapasitet hver mandag.",
    ),
    "B2": Finding(
        (5, 5),
        5,
        "Jobbspesialistene yter bare IPS. Timelistene viser at 97 prosent av arbeidstiden går til oppfølging etter"
        " IPS; resten er opplæring av en kollega i en annen tjeneste.",
    ),
    "B3": Finding(
        (5, 5),
        5,
        "Samme jobbspesialist følger deltakeren fra inntak til støtten trappes ned. Alle seks faser er beskrevet i"
        " rutinen, og de fire deltakerne vi snakket med, har hatt samme jobbspesialist hele veien.",
    ),
    "O1": Finding(
        (4, 4),
        4,
        "Tre av fire jobbspesialister hører til ett team hver. Den fjerde er knyttet til to team, og 81 prosent av"
        " porteføljen samlet kommer fra teamene de er integrert i. Resten er henvist fra fastleger og rusteamet.",
        "Avtal med rusteamet om en fast plass for IPS der, i stedet for å ta imot enkelthenvisninger.",
        ("health",),
        ("ips_team", "health_partner"),
    ),
    "O2": Finding(
        (3, 3),
        3,
        "Jobbspesialistene er med på ukentlige teammøter, deltar aktivt og sitter i samme korridor som teamet. De "
        "har ikke tilgang til behandlingsjournalen: de er ansatt i Nav, og taushetsplikten stenger for innsyn. "
        "Arbeid tas sjelden opp for dem som ennå ikke er henvist.",
        "Sett av fem minutter i hvert teammøte til spørsmålet «hvem har vi ikke spurt om jobb ennå?», og før "
        "i referatet hvor mange som ble spurt.",
        ("law", "health"),
        ("ips_team", "health_partner"),
    ),
    "O3": Finding(
        (4, 5),
        4,
        "Jobbspesialistene har kontakt med Nav-veiledere hver uke, mest på telefon og i felles saker. Faste møter "
        "er hvert kvartal og har vært avlyst én gang i løpet av året.",
    ),
    "O4": Finding(
        (5, 5),
        5,
        "Fire jobbspesialister og metodeveileder utgjør et eget team med ukentlig gjennomgang av alle deltakere. "
        "De dekker for hverandre ved ferie og sykdom, og deltakerne vet hvem som er stedfortreder.",
    ),
    "O5": Finding(
        (5, 4),
        5,
        "Metodeveilederen har 60 prosent av stillingen til IPS, leder ukentlige gjennomganger, er med ut i felt "
        "hver måned og går gjennom resultatene med hver jobbspesialist hvert kvartal.",
    ),
    "O6": Finding(
        (4, 4),
        4,
        "Vi fant ingen tegn til at noen holdes utenfor. Henvisningene kommer likevel nesten bare fra behandlere "
        "som har henvist før: åtte av 23 behandlere sto for fire av fem henvisninger det siste året.",
        "Be alle behandlere om henvisninger, og vis hvert halvår hvor mange som er henvist fra hvert team.",
        ("own_practice", "health"),
    ),
    "O7": Finding(
        (4, 4),
        4,
        "Interesse for arbeid er et fast spørsmål ved inntak og i gjennomgang av behandlingsplanen. Brosjyrer "
        "ligger i begge venterommene. Andelen i arbeid måles hvert kvartal. Deltakere delte erfaringer på ett møte"
        " i fjor, ikke to.",
    ),
    "O8": Finding(
        (2, 3),
        3,
        "Klinikkleder kjenner prinsippene godt og får rapport to ganger i året. Styringsgruppen har møtt én gang "
        "siden forrige evaluering, og Nav-leder har ikke deltatt. Ansatte forteller at øverste leder ikke har "
        "snakket om IPS på fellesmøter.",
        "Møt i styringsgruppen hvert kvartal med leder fra både Nav og DPS til stede, og la gruppen vedta en "
        "skriftlig plan. Be klinikkleder åpne et fellesmøte hvert år med hva IPS betyr for klinikken, og et tall "
        "for hvor mange som skal i jobb.",
        ("nav", "health"),
        ("nav", "health_partner", "steering_group"),
    ),
    "T1": Finding(
        (3, 3),
        3,
        "Alle får snakke med jobbspesialisten om hva jobb gjør med stønadene, men beregningen er muntlig og "
        "overslagsmessig. Bare tre av ti gjennomgåtte mapper har en skriftlig beregning før jobbstart.",
        "Avtal med Nav om én fast person som regner ut virkningen på stønadene skriftlig før jobbstart, og igjen "
        "når stillingen eller lønnen endres.",
        ("nav",),
    ),
    "T2": Finding(
        (5, 5),
        5,
        "Åpenhet drøftes tidlig, med konkrete formuleringer, og tas opp igjen når situasjonen endrer seg. Ingen må"
        " være åpne for å få hjelp; to av de fire deltakerne vi møtte, har valgt å ikke fortelle noe på jobben.",
    ),
    "T3": Finding(
        (4, 4),
        4,
        "Karriereprofilen lages over to til tre møter og bygger på deltakeren, behandlingsteamet og med samtykke "
        "på pårørende. Den oppdateres etter de fleste jobber, men ikke når noen slutter i løpet av prøvetiden.",
    ),
    "T4": Finding(
        (5, 5),
        5,
        "Første møte med en arbeidsgiver kom i snitt 24 dager etter inntak for de 19 som begynte siste halvår. "
        "Alle arbeidsgiverkontakter registreres.",
    ),
    "T5": Finding(
        (4, 4),
        4,
        "Om lag 85 prosent av kontaktene i loggen kan følges tilbake til deltakerens ønsker. Resten er stillinger "
        "arbeidsgiver selv meldte inn.",
    ),
    "T6": Finding(
        (3, 4),
        3,
        "Snittet siste tolv uker er 3,8 personlige arbeidsgivermøter per jobbspesialist i uka, med stor spredning:"
        " fra 2,1 til 5,9. Skjemaet fylles ut av alle, men metodeveilederen går bare gjennom det hver måned.",
        "Gå gjennom skjemaet i ukentlig veiledning, og sett av to faste halvdager i uka til arbeidsgivere. La den "
        "som får til flest møter, ta med seg de andre ut.",
        ("own_practice",),
    ),
    "T7": Finding(
        (4, 4),
        4,
        "Jobbspesialistene oppsøker arbeidsgivere uten å vente på utlysninger og beskriver deltakerens styrker "
        "godt. På begge besøkene vi fulgte, ble det bedt om intervju. Arbeidsgivers egne behov ble kartlagt på det"
        " ene.",
    ),
    "T8": Finding(
        (5, 5),
        5,
        "De 31 som er i jobb, har 27 ulike typer jobber, fra sveiser til lærervikar.",
    ),
    "T9": Finding(
        (5, 5),
        5,
        "31 jobber hos 28 arbeidsgivere. Bare en dagligvarekjede har mer enn én deltaker.",
    ),
    "T10": Finding(
        (4, 4),
        4,
        "27 av 31 jobber (87 prosent) er faste. De fire andre er vikariater som lyses ut for alle.",
    ),
    "T11": Finding(
        (5, 5),
        5,
        "Oppfølgingen er ulik fra deltaker til deltaker og bygger på hva den enkelte vil: lunsjsamtaler, hjelp til"
        " å be om lønn, kontakt med arbeidsgiver. To får hjelp til å ta fagbrev.",
    ),
    "T12": Finding(
        (4, 4),
        4,
        "Deltakerne har ukentlig kontakt den første måneden og minst månedlig i over et år. Møtet innen tre dager "
        "etter jobbstart kom på plass i sju av ti mapper.",
    ),
    "T13": Finding(
        (3, 2),
        3,
        "Kalenderne for fire uker viser at 43 prosent av tiden brukes ute. Mye av karriereveiledningen skjer "
        "fortsatt på møterommet på DPS.",
        "Legg første samtale og karriereveiledning til et sted deltakeren velger. Følg andelen tid ute i den "
        "månedlige gjennomgangen.",
        ("own_practice",),
    ),
    "T14": Finding(
        (5, 5),
        5,
        "Ingen avsluttes fordi de ikke møter. Forsøkene på kontakt er ført, hjemmebesøk gjøres sammen med "
        "behandler, og pårørende kontaktes der deltakeren har sagt ja til det.",
    ),
    "G1": Finding((5, 5), 5, "Alle fem kilder beskriver IPS på samme måte."),
    "G2": Finding(
        (3, 3),
        3,
        "Psykoseteamet spør alle og registrerer det. I de to andre teamene spørres om lag halvparten.",
        "Ta i bruk psykoseteamets inntaksskjema i alle tre team.",
        ("health",),
    ),
    "G3": Finding((3, 3), 3, "71 får IPS av om lag 140 i målgruppen, et forholdstall på 0,51.", "", ("nav",)),
    "G4": Finding((4, 4), 4, "Vurderingene er gode og kommer i tide. Støttenettverket mangler i noen."),
    "G5": Finding(
        (3, 4),
        3,
        "Alle har en plan med mål om arbeid, men den oppdateres som regel hvert halvår.",
        "Legg oppdatering av planen inn i kvartalsgjennomgangen.",
        ("health",),
    ),
    "G6": Finding((4, 4), 4, "Planer og samtaler viser oppfølging etter egne mål for om lag tre av fire."),
    "G7": Finding((4, 4), 4, "Alle nye får fem dagers opplæring. Én av fire manglet oppfrisking siste år."),
    "G8": Finding((5, 5), 5, ""),
    "G9": Finding(
        (4, 4),
        4,
        "Tjenesten evaluerte seg selv i vår og bruker resultatet, men ikke fullt så bredt som skalaen ber om.",
    ),
    "G10": Finding((4, 5), 4, "Andel i arbeid måles hvert kvartal og deles med teamet to ganger i året."),
    "G11": Finding(
        (3, 3),
        3,
        "Styringsgruppen har hatt kvalitet på dagsordenen én gang siden forrige evaluering.",
        "La styringsgruppen gå gjennom handlingsplanen hvert halvår.",
        ("nav", "health"),
        ("steering_group",),
    ),
    "G12": Finding((5, 5), 5, "Deltakerne sier at de selv velger jobb, tempo og hvor ofte de møtes."),
}
"""The newest review of the first service, item by item."""

LOW: dict[str, Low] = {
    "B1": Low(
        "Porteføljene er større enn skalaen anbefaler etter at én stilling har stått ledig siden i høst.",
        "Lys ut den ledige stillingen, og ta ikke inn nye i de største porteføljene før den er besatt.",
        ("nav",),
    ),
    "B2": Low(
        "Jobbspesialistene bruker en del av tiden på andre oppgaver i Nav, blant annet kurs for jobbsøkere.",
        "Avtal skriftlig med Nav-leder at jobbspesialistene bare har IPS.",
        ("nav",),
    ),
    "B3": Low(
        "En egen markedskontakt tar arbeidsgivermøtene, så deltakerne møter to personer underveis.",
        "La jobbspesialisten selv ha kontakten med arbeidsgiver i alle faser.",
        ("own_practice",),
    ),
    "O1": Low(
        "Jobbspesialistene får henvisninger fra mange team og er ikke fast knyttet til noen av dem.",
        "Knytt hver jobbspesialist til ett eller to team, og si nei til henvisninger utenfra til det er på plass.",
        ("health",),
    ),
    "O2": Low(
        "Jobbspesialisten er på møte i teamet annenhver uke og har kontor i et annet bygg.",
        "Gi jobbspesialisten fast plass i det ukentlige møtet og en arbeidsplass hos teamet.",
        ("health",),
    ),
    "O3": Low(
        "Kontakten med Nav-veiledere er tilfeldig og går mest på telefon når noe haster.",
        "Avtal faste møter hver måned med Nav-kontorene som har flest deltakere.",
        ("nav",),
        ("ips_team", "nav"),
    ),
    "O4": Low(
        "Teamet går gjennom deltakerne to ganger i måneden og dekker ikke for hverandre.",
        "Innfør ukentlig gjennomgang, og avtal hvem som dekker for hvem.",
        ("own_practice",),
    ),
    "O5": Low(
        "Metodeveilederen har lite tid til IPS og er sjelden med ut i felt.",
        "Sett av en fast andel av stillingen til metodeveiledning, med én feltdag i måneden for hver jobbspesialist.",
        ("nav",),
    ),
    "O6": Low(
        "Flere behandlere sier at de venter med å henvise til symptomene er stabile.",
        "Ta opp i hvert team at ønsket om arbeid er nok til å bli henvist.",
        ("health", "own_practice"),
    ),
    "O7": Low(
        "Det spørres om arbeid ved inntak, men ikke når behandlingsplanen gjennomgås, og resultatene deles ikke.",
        "Ta arbeid inn i malen for gjennomgang av behandlingsplanen, og del tallene hvert kvartal.",
        ("health",),
    ),
    "O8": Low(
        "Ledelsen støtter tjenesten i ord, men det finnes ingen styringsgruppe med et eget ansvar for IPS.",
        "Opprett en styringsgruppe med leder fra Nav og helseforetaket som møtes hvert kvartal.",
        ("nav", "health"),
    ),
    "T1": Low(
        "Økonomien drøftes i grove trekk, og få får en skriftlig beregning før jobbstart.",
        "Gi alle en skriftlig beregning før jobbstart og ved endringer i stillingen.",
        ("nav",),
    ),
    "T2": Low(
        "Åpenhet tas opp én gang i starten og sjelden senere.",
        "Ta opp åpenhet på nytt ved hvert jobbtilbud og når noe blir vanskelig på jobben.",
        ("own_practice",),
    ),
    "T3": Low(
        "Karriereprofilen fylles ut ved inntak, men oppdateres ikke etter nye erfaringer.",
        "Oppdater profilen sammen med deltakeren etter hver jobb, også når den tok slutt.",
        ("own_practice",),
    ),
    "T4": Low(
        "Det tar tid før første møte med arbeidsgiver; flere ventet på avklaring i Nav først.",
        "Start jobbsøket mens avklaringen pågår, og følg tallet på dager i veiledningen.",
        ("nav", "own_practice"),
    ),
    "T5": Low(
        "Mange av kontaktene gjelder ledige stillinger og ikke det deltakeren har sagt at de ønsker.",
        "La jobbsøkerplanen styre hvilke arbeidsgivere som oppsøkes.",
        ("own_practice",),
    ),
    "T6": Low(
        "Antallet personlige arbeidsgivermøter er under målet, og skjemaet brukes ujevnt.",
        "Sett av faste halvdager til arbeidsgivermøter, og gå gjennom skjemaet hver uke.",
        ("own_practice",),
    ),
    "T7": Low(
        "Møtene dreier seg mest om utlyste stillinger. Arbeidsgivers behov kartlegges sjelden.",
        "Øv på det første møtet uten en bestemt stilling i tankene, gjerne med metodeveilederen til stede.",
        ("own_practice",),
    ),
    "T8": Low(
        "Mange av jobbene er i butikk og renhold.",
        "Se etter arbeidsgivere i bransjer tjenesten ikke har kontakt med fra før.",
        ("own_practice",),
    ),
    "T9": Low(
        "Noen få arbeidsgivere har tatt imot de fleste deltakerne.",
        "Bygg kontakt med flere arbeidsgivere, og fordel besøkene.",
        ("own_practice",),
    ),
    "T10": Low(
        "Flere av jobbene er korte engasjementer eller arbeidstrening uten lønn.",
        "Spør etter fast stilling fra første møte, og avslutt bruken av arbeidstrening.",
        ("nav", "own_practice"),
    ),
    "T11": Low(
        "De fleste får samme oppfølging: en telefon i uka fra jobbspesialisten.",
        "Lag en oppfølgingsplan med hver deltaker før jobbstart.",
        ("own_practice",),
    ),
    "T12": Low(
        "Oppfølgingen avsluttes ofte etter et halvt år, fordi tiltaket i Nav tar slutt.",
        "Avtal med Nav at tiltaket forlenges så lenge deltakeren ønsker støtte.",
        ("nav",),
        ("ips_team", "nav"),
    ),
    "T13": Low(
        "Mye av tiden går med på kontoret, og møtene med deltakere legges dit.",
        "Flytt karriereveiledning og oppfølging ut dit deltakeren bor og arbeider.",
        ("own_practice",),
    ),
    "T14": Low(
        "Oppsøkende arbeid skjer, men dokumenteres ikke, og behandlere er sjelden med.",
        "Før forsøkene på kontakt, og avtal samordnede besøk med teamet.",
        ("own_practice", "health"),
    ),
}
"""A Kommentar, an Anbefaling and what holds the score down, for a low score in the reviews that are told more "
"shortly."""

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
    ("MIS", "", None, ("T8", "T9", "T10"), "31 jobber, 28 arbeidsgivere, 27 jobbtyper, 27 faste."),
]
"""Source, perspective and number of who said it, the items it points at, and the note."""

SECOND: dict[str, tuple[str, str]] = {
    "O2": (
        "Jobbspesialisten er på teammøtet hver uke, men sier lite om dem som ennå ikke er henvist.",
        "La jobbspesialisten ha en fast plass på dagsorden.",
    ),
    "O4": ("Gjennomgangen er annenhver uke og hopper over dem som er i jobb.", "Gå gjennom hele listen hver uke."),
    "O5": ("Ingen av de tre deltakerne jeg snakket med, er spurt om noe annet enn lyst til å jobbe.", ""),
    "T2": ("To av åtte mapper har en skriftlig beregning av stønader.", "Be Nav om en kontaktperson for stønader."),
    "T6": (
        "Loggen viser tre arbeidsgivermøter i uken, men ett av dem er på telefon.",
        "Tell bare møter ansikt til ansikt.",
    ),
    "G2": ("Behandlerne kjenner ikke til at alle kan henvises.", ""),
}
"""The second evaluator's own words on items where the two differ."""

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
        "Skalaen teller møter ansikt til ansikt. Telefonsamtalene er nevnt i Kommentar.",
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
    "I fjor ble jobber talt med som deltakeren hadde fått før inntak. Mappene viser at bare fire av ti fikk"
    " arbeidsgivermøte i tide.",
)
"""The score of the last review that is held to have been wrong: the item, what it should have been, and why."""

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

FRONT_ADVICE = ["ips-25 O2", "ips-25 O8", "ips-25 T1", "ips-25 T6"]
"""The recommendations its evaluators chose for page one of the report."""

NARRATIVE = {
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
        "hos ulike arbeidsgivere, og nesten alle er faste.\n\n"
        "Det som holder skåren nede, ligger delvis utenfor teamet. Styringsgruppen har ikke fungert siden i fjor, "
        "og beregning av stønader er overlatt til den enkelte jobbspesialist. Selv kan teamet øke antallet "
        "arbeidsgivermøter og flytte mer av arbeidet ut av kontoret."
    ),
    "strengths": (
        "Samme jobbspesialist følger deltakeren fra inntak til støtten trappes ned\n"
        "Første møte med arbeidsgiver kommer i snitt 24 dager etter inntak\n"
        "27 av 31 jobber er faste, hos 28 arbeidsgivere\n"
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


class Beside(NamedTuple):
    """What stands beside a score: participants, how many of them work and learn, the goal in percent, and whether
    people live far apart.
    """

    participants: int
    in_work: int | None
    in_education: int | None
    goal: int | None = None
    dispersed: bool | None = None


BESIDE: dict[tuple[str, int], Beside] = {
    ("IPS Bjørgvin", 415): Beside(66, 20, 3, 40),
    ("IPS Bjørgvin", 210): Beside(69, 22, 3, 45),
    ("IPS Bjørgvin", 52): Beside(71, 23, 4, 45, False),
    ("IPS Skogdal", 150): Beside(38, 11, 2, 40),
    ("IPS Østbyen", 130): Beside(41, 11, 2, 35),
    ("IPS Fjordlandet", 16): Beside(56, 19, 4, 40, True),
    ("IPS Nordlysbyen", 430): Beside(62, 14, 3, 40),
    # Somebody has still to ask how many are in education, and what goal was agreed on.
    ("IPS Nordlysbyen", 6): Beside(60, 16, None),
    ("IPS Havgap", 1): Beside(18, 6, 1),
}
"""What stands beside the scores of a review, by service and how many days ago it was planned to begin."""

SHORT_NARRATIVE = {
    "recipients": "Nav, DPS og styringsgruppen",
    "purpose": "Årlig evaluering etter avtale med styringsgruppen.",
    "method": "To dagers besøk med intervjuer, observasjon av et teammøte og gjennomgang av mapper og tall.",
    "summary": (
        "Tjenesten har det meste på plass og går fram. Samarbeidet med behandlingen og tiden ute hos arbeidsgivere"
        " er det som først bør bli bedre."
    ),
    "strengths": "Jobbspesialistene har bare IPS\nDeltakerne velger selv hvilke jobber de søker",
}

PLANS_NARRATIVE = {
    "recipients": "Prosjektgruppen i Nav og kommunen",
    "purpose": "Å vurdere planene før tjenesten starter, slik at det som mangler, kan rettes i tide.",
    "method": "Vi leste prosjektplan, stillingsbeskrivelser og samarbeidsavtale og snakket med prosjektgruppen.",
    "summary": "Planene er gode for oppbygging og samarbeid. Det som skjer med deltakerne, kan først vurderes når "
    "tjenesten er i gang.",
    "strengths": "Samarbeidsavtalen er skrevet under av alle partnere\nJobbspesialistene skal bare ha IPS",
}

SELF_NARRATIVE = {
    "participants": "Metodeveileder, fire jobbspesialister og en teamleder fra DPS",
    "purpose": "Å se om tiltakene etter forrige evaluering har virket.",
    "method": "Vi fylte ut arket sammen på to møter, med tall og mapper foran oss.",
    "summary": "Vi har gått fram på teamarbeid og jobbsøk. Arbeidsgivermøtene er fortsatt for få.",
    "strengths": "Alle deltakere har fått tilbud om skriftlig beregning\nTeamet dekker for hverandre",
}

ACTIONS: dict[str, tuple[str, str, int, str]] = {
    "O2": ("under_way", "Teamleder psykoseteamet", 60, "Fast punkt på teammøtet fra neste måned."),
    "O8": ("open", "Leder i styringsgruppen", 45, ""),
    "T1": ("under_way", "Avdelingsleder Nav", 75, "Nav har pekt ut en kontaktperson."),
    "T6": ("done", "Metodeveileder", 30, "Skjemaet gås gjennom hver mandag."),
    "T13": ("open", "Metodeveileder", 90, ""),
    "G2": ("dropped", "Teamledere DPS", 120, "Nytt journalsystem innføres til våren; tas opp igjen da."),
}
"""What the first service has made of its forbedringspunkter: status, who acts, days from the report to the "
"deadline, notes."""
