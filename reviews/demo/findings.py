"""What the demonstration's evaluators found, item by item. Services, people and findings are made up."""

from typing import NamedTuple


class Finding(NamedTuple):
    """What two evaluators found for an item, and what they agreed on.

    `elements` are the indexes of the elements that the agreed score rests on, the surest first: an evaluator with a
    lower score of their own found only the first of them. `actors` are named for every recommendation.
    """

    scores: tuple[int, int]
    agreed: int
    comment: str
    recommendation: str = ""
    obstacles: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    elements: tuple[int, ...] = ()


class Told(NamedTuple):
    """What is told of a score, as in Finding; without `elements` they are the first in ELEMENTS."""

    comment: str = ""
    recommendation: str = ""
    obstacles: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    elements: tuple[int, ...] = ()


_OWN, _NAV, _HEALTH, _LAW = "own_practice", "nav", "health", "law"
_TEAM, _PARTNER, _BOARD = "ips_team", "health_partner", "steering_group"

FULL: dict[str, Finding] = {
    "B1": Finding(
        (5, 5),
        5,
        "Teamet har fire jobbspesialister i full stilling og 71 deltakere, i snitt 17,8 per årsverk. Ingen har mer enn "
        "20. Metodeveilederen fordeler nye deltakere etter ledig plass hver mandag.",
    ),
    "B2": Finding(
        (5, 5),
        5,
        "Jobbspesialistene yter bare IPS. Timelistene viser at 97 prosent av arbeidstiden går til oppfølging etter "
        "IPS; resten er opplæring av en kollega i en annen tjeneste.",
    ),
    "B3": Finding(
        (5, 5),
        5,
        "Samme jobbspesialist følger deltakeren fra inntak til støtten trappes ned. Alle seks faser er beskrevet i "
        "rutinen, og de fire deltakerne vi snakket med, har hatt samme jobbspesialist hele veien.",
        elements=(0, 1, 2, 3, 4, 5),
    ),
    "O1": Finding(
        (4, 4),
        4,
        "Tre av fire jobbspesialister hører til ett team hver, den fjerde til to. 81 prosent av deltakerne kommer fra "
        "disse teamene. Resten er henvist fra fastleger og rusteamet.",
        "Avtal med rusteamet om en fast plass for IPS der, så de som henvises derfra, får en jobbspesialist som er med "
        "i teamet.",
        (_HEALTH,),
        (_TEAM, _PARTNER),
    ),
    "O2": Finding(
        (3, 3),
        3,
        "Jobbspesialistene er med på ukentlige teammøter, deltar aktivt og sitter i samme korridor som teamet. De "
        "har ikke tilgang til behandlingsjournalen: de er ansatt i Nav, og taushetsplikten stenger for innsyn. "
        "Arbeid tas sjelden opp for dem som ennå ikke er henvist.",
        "Sett av fem minutter i hvert teammøte til spørsmålet «hvem har vi ikke spurt om jobb ennå?», og før "
        "i referatet hvor mange som ble spurt.",
        (_LAW, _HEALTH),
        (_TEAM, _PARTNER),
        (0, 1, 3),
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
        "Metodeveilederen har 60 prosent av stillingen til IPS, leder ukentlige gjennomganger, møter hver teamleder "
        "hvert kvartal, er med ut i felt hver måned og går gjennom resultatene med hver jobbspesialist hvert kvartal.",
        elements=(1, 4, 3, 0, 2),
    ),
    "O6": Finding(
        (4, 4),
        4,
        "Vi fant ingen tegn til at noen holdes utenfor. Henvisningene kommer likevel nesten bare fra behandlere "
        "som har henvist før: åtte av 23 behandlere sto for fire av fem henvisninger det siste året.",
        "Be alle behandlere om henvisninger, og vis hvert halvår hvor mange som er henvist fra hvert team.",
        (_OWN, _HEALTH),
        (_TEAM, _PARTNER),
    ),
    "O7": Finding(
        (4, 4),
        4,
        "Interesse for arbeid er et fast spørsmål ved inntak og i gjennomgang av behandlingsplanen. Brosjyrer "
        "ligger i begge venterommene. Andelen i arbeid måles hvert kvartal og deles med ledelse og ansatte. Deltakere "
        "delte erfaringer på ett møte i fjor, ikke to.",
        elements=(0, 1, 2, 4),
    ),
    "O8": Finding(
        (3, 3),
        3,
        "Ledergruppen i klinikken kjenner prinsippene godt og får rapport to ganger i året, og tjenesten evalueres "
        "hvert år. Styringsgruppen har møtt én gang siden forrige evaluering, og Nav-leder deltok ikke. Ansatte "
        "forteller at øverste leder ikke har snakket om IPS på fellesmøter.",
        "Møt i styringsgruppen hvert kvartal med leder fra både Nav og DPS til stede, og la gruppen vedta en "
        "skriftlig plan. Be øverste leder åpne et fellesmøte hvert år med hva IPS betyr for klinikken, og et tall "
        "for hvor mange som skal i jobb.",
        (_NAV, _HEALTH),
        (_NAV, _PARTNER, _BOARD),
        (0, 1, 4),
    ),
    "T1": Finding(
        (3, 3),
        3,
        "Alle får snakke med jobbspesialisten om hva jobb gjør med stønadene, men beregningen er muntlig og "
        "omtrentlig. Bare tre av ti mapper vi leste, har en skriftlig beregning før jobbstart.",
        "Avtal med Nav om én fast person med opplæring i stønader, som regner ut virkningen skriftlig før jobbstart, "
        "og igjen når stillingen eller lønnen endres.",
        (_NAV,),
        (_TEAM, _NAV),
    ),
    "T2": Finding(
        (5, 5),
        5,
        "Fordeler og ulemper ved åpenhet drøftes tidlig, med konkrete formuleringer, og tas opp igjen når noe endrer "
        "seg. Ingen må være åpne for å få hjelp; to av de fire deltakerne vi møtte, har valgt å ikke fortelle noe på "
        "jobben.",
        elements=(0, 1, 2, 3),
    ),
    "T3": Finding(
        (4, 4),
        4,
        "Karriereprofilen lages over to til tre møter og bygger på deltakeren, behandlingsteamet og, med samtykke, "
        "pårørende. Den oppdateres etter de fleste jobber, men ikke når noen slutter i prøvetiden.",
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
        "Snittet siste tolv uker er 3,8 personlige arbeidsgivermøter per jobbspesialist i uka, med stor spredning: "
        "fra 2,1 til 5,9. Alle fyller ut skjemaet, men metodeveilederen går gjennom det bare én gang i måneden.",
        "Gå gjennom skjemaet i den ukentlige gjennomgangen, og sett av to faste halvdager i uka til arbeidsgivere. La "
        "den som får til flest møter, ta med seg de andre ut.",
        (_OWN,),
        (_TEAM,),
    ),
    "T7": Finding(
        (4, 4),
        4,
        "Jobbspesialistene oppsøker arbeidsgivere uten å vente på utlysninger og beskriver deltakerens styrker "
        "godt. På begge besøkene vi fulgte, ba de om intervju. Arbeidsgivers egne behov ble kartlagt på det ene.",
    ),
    "T8": Finding(
        (5, 5),
        5,
        "De 23 deltakerne som er i ordinært arbeid, har 24 jobber av 22 ulike typer (92 prosent), fra sveiser til "
        "lærervikar.",
    ),
    "T9": Finding(
        (5, 5),
        5,
        "De 24 jobbene er hos 23 arbeidsgivere (96 prosent). Bare en dagligvarekjede har mer enn én deltaker.",
    ),
    "T10": Finding(
        (4, 4),
        4,
        "21 av 24 jobber (88 prosent) er faste. De tre andre er vikariater som alle kunne søke på.",
    ),
    "T11": Finding(
        (5, 5),
        5,
        "Oppfølgingen er ulik fra deltaker til deltaker og bygger på hva den enkelte vil: lunsjsamtaler, hjelp til "
        "å be om høyere lønn, kontakt med arbeidsgiver, samtaler sammen med behandler. To får hjelp til å ta fagbrev.",
    ),
    "T12": Finding(
        (4, 4),
        4,
        "Deltakerne har ukentlig kontakt den første måneden og minst månedlig i over et år. I sju av ti mapper kom det "
        "første møtet innen tre dager etter jobbstart.",
    ),
    "T13": Finding(
        (3, 2),
        3,
        "Kalenderne for fire uker viser at 43 prosent av tiden brukes ute. Mye av karriereveiledningen skjer "
        "fortsatt på møterommet på DPS.",
        "Legg første samtale og karriereveiledning til et sted deltakeren velger. Følg andelen tid ute i en månedlig "
        "gjennomgang.",
        (_OWN,),
        (_TEAM,),
    ),
    "T14": Finding(
        (5, 5),
        5,
        "Ingen avsluttes fordi de ikke møter. Forsøkene på kontakt er ført, også behandlerne ringer og oppsøker, "
        "hjemmebesøk gjøres sammen, og pårørende kontaktes der deltakeren har sagt ja til det.",
        elements=(0, 1, 2, 3, 4, 5),
    ),
    "G1": Finding((5, 5), 5, "Alle fem kilder beskriver IPS på samme måte.", elements=(0, 1, 2, 3, 4)),
    "G2": Finding(
        (3, 3),
        3,
        "Psykoseteamet spør alle og registrerer det. I de to andre teamene blir under halvparten spurt.",
        "Ta i bruk psykoseteamets inntaksskjema i alle tre team.",
        (_HEALTH,),
        (_PARTNER,),
    ),
    "G3": Finding((3, 3), 3, "71 får IPS av om lag 140 i målgruppen, et forholdstall på 0,51.", "", (_NAV,)),
    "G4": Finding(
        (4, 4), 4, "Vurderingene er gode og kommer i tide. Noen sier lite om hvem som støtter deltakeren privat."
    ),
    "G5": Finding(
        (3, 4),
        3,
        "Alle har en plan med mål om arbeid, men den oppdateres som regel hvert halvår.",
        "Gå gjennom planen med deltakeren hvert kvartal.",
        (_HEALTH,),
        (_PARTNER,),
    ),
    "G6": Finding((4, 4), 4, "Planer og samtaler viser oppfølging etter egne mål for om lag tre av fire."),
    "G7": Finding((4, 4), 4, "Alle nye får fem dagers opplæring. Én av fire fikk ikke oppfrisking det siste året."),
    "G8": Finding((5, 5), 5, ""),
    "G9": Finding(
        (4, 4),
        4,
        "Tjenesten evaluerer seg selv mellom de eksterne evalueringene og bruker resultatet. Egenevalueringen omfatter "
        "bare kvalitetsskalaen, ikke denne indeksen.",
        elements=(1, 2),
    ),
    "G10": Finding(
        (4, 5),
        4,
        "Andelen i arbeid måles hvert kvartal og deles med teamet. To av fire ganger ble den regnet på en annen måte.",
    ),
    "G11": Finding(
        (3, 3),
        3,
        "Styringsgruppen var så vidt innom kvalitet på det ene møtet den har hatt siden forrige evaluering.",
        "La styringsgruppen gå gjennom handlingsplanen hvert halvår.",
        (_NAV, _HEALTH),
        (_BOARD,),
    ),
    "G12": Finding((5, 5), 5, "Deltakerne sier at de selv velger jobb, tempo og hvor ofte de møter jobbspesialisten."),
}
"""The newest review of the first service, item by item."""

ELEMENTS: dict[str, tuple[int, ...]] = {
    "B3": (1, 2, 4, 5, 0, 3),
    "O2": (1, 3, 4, 0, 2),
    "O5": (1, 2, 4, 0, 3),
    "O7": (0, 2, 3, 4, 1),
    "O8": (0, 1, 4, 2, 3),
    "T2": (0, 1, 2, 3),
    "T14": (0, 3, 5, 2, 1, 4),
    "G1": (0, 2, 4, 1, 3),
    "G9": (2, 1, 0),
}
"""In which order services get an item's elements in place: a score rests on the first of them, unless a text tells of
others. The order stands by what LOW and LOWER tell."""

LOW: dict[str, Told] = {
    "B1": Told(
        "Porteføljene er på om lag 27 deltakere per årsverk, etter at én stilling har stått ledig i et halvt år.",
        "Lys ut den ledige stillingen, og ta ikke inn nye i de største porteføljene før den er besatt.",
        (_NAV,),
        (_NAV,),
    ),
    "B2": Told(
        "Om lag 80 prosent av arbeidstiden går til IPS. Resten går til andre oppgaver i Nav, blant annet kurs for "
        "jobbsøkere.",
        "Avtal skriftlig med Nav-leder at jobbspesialistene bare har IPS.",
        (_NAV,),
        (_NAV,),
    ),
    "B3": Told(
        "En egen markedskontakt tar arbeidsgivermøtene, og inntaket gjøres av teamet. Deltakerne møter flere personer "
        "underveis.",
        "La jobbspesialisten selv ha kontakten med deltaker og arbeidsgiver i alle faser.",
        (_OWN,),
        (_TEAM,),
        (1, 2, 4, 5),
    ),
    "O1": Told(
        "Om lag to av tre deltakere kommer fra team der jobbspesialisten er fast med. De andre er henvist fra "
        "behandlere utenfor.",
        "Be om en fast plass der de andre henvisningene kommer fra, og fordel deltakerne slik at hver jobbspesialist "
        "hører til ett eller to team.",
        (_HEALTH,),
        (_TEAM, _PARTNER),
    ),
    "O2": Told(
        "Jobbspesialisten sitter hos teamet, er med når beslutninger tas, og spør om arbeid for alle, men er bare på "
        "møtet annenhver uke. Oppfølgingen føres ikke i behandlingsjournalen, for det gir regelverket ikke rom for.",
        "Gi jobbspesialisten en fast plass i behandlingsteamets møte hver uke.",
        (_LAW, _HEALTH),
        (_TEAM, _PARTNER),
        (1, 3, 4),
    ),
    "O3": Told(
        "Jobbspesialistene og Nav-veilederne snakker om deltakere om lag en gang i måneden, mest på telefon når noe "
        "haster. De har ingen faste møter.",
        "Avtal faste møter hvert kvartal med Nav-kontorene som har flest deltakere, og ta kontakt om dem hver uke.",
        (_NAV,),
        (_TEAM, _NAV),
    ),
    "O4": Told(
        "Teamet har felles leder, drøfter deltakere i ukemøtet og dekker for hverandre ved behov. Møtet handler også "
        "om mye annet, og det er ingen fast gjennomgang av alle.",
        "Innfør en fast gjennomgang av alle deltakere hver uke, og la hver av dem få en neste handling.",
        (_OWN,),
        (_TEAM,),
    ),
    "O5": Told(
        "Metodeveilederen leder gjennomgangene, møter teamlederne og setter mål hvert kvartal, men har for liten del "
        "av stillingen til IPS og er sjelden med ut i felt.",
        "Sett av en fast del av stillingen til metodeveiledning, med felttid hver måned for dem som trenger det.",
        (_NAV,),
        (_TEAM, _NAV),
        (1, 2, 4),
    ),
    "O6": Told(
        "Flere behandlere sier at de venter med å henvise til symptomene er stabile.",
        "Ta opp i hvert team at ønsket om arbeid er nok til å bli henvist.",
        (_HEALTH, _OWN),
        (_TEAM, _PARTNER),
    ),
    "O7": Told(
        "Det spørres om arbeid ved inntak, og deltakere forteller om jobb på åpne møter to ganger i året. Arbeid er "
        "ikke tema når behandlingsplanen gjennomgås, og tallene for hvor mange som er i jobb, deles ikke.",
        "Ta arbeid inn i malen for gjennomgang av behandlingsplanen, og del tallene hvert kvartal.",
        (_HEALTH,),
        (_PARTNER,),
        (0, 2, 3),
    ),
    "O8": Told(
        "Ledelsen kjenner IPS, får rapport to ganger i året og bruker evalueringene. Styringsgruppen møttes bare én "
        "gang det siste året og har ingen skriftlig plan, og øverste leder har ikke snakket om IPS til de ansatte.",
        "Møt i styringsgruppen hvert kvartal, og skriv en plan for tjenesten. Be øverste leder fortelle alle ansatte "
        "minst én gang i året hva IPS skal oppnå.",
        (_NAV, _HEALTH),
        (_NAV, _PARTNER, _BOARD),
        (0, 1, 4),
    ),
    "T1": Told(
        "Jobbspesialistene snakker med alle om hva jobb gjør med stønadene, men i grove trekk. Ingen med opplæring i "
        "stønader er med.",
        "Avtal med Nav at alle får råd av en med opplæring i stønader før de begynner i jobb.",
        (_NAV,),
        (_TEAM, _NAV),
    ),
    "T2": Told(
        "Ingen må være åpne for å få hjelp, og fordeler og ulemper drøftes i starten. Det snakkes lite om hva "
        "deltakeren konkret kan si, og temaet tas sjelden opp igjen.",
        "Øv på formuleringer, og ta opp åpenhet på nytt ved hvert jobbtilbud og når noe blir vanskelig på jobben.",
        (_OWN,),
        (_TEAM,),
        (0, 1),
    ),
    "T3": Told(
        "Deltakerne får hjelp rett til ordinær jobb, men kartleggingen varierer, og få profiler er fylt ut. Når en "
        "jobb tar slutt, spør ingen hva som kan læres av den.",
        "Kartlegg alle over to til tre møter, og gå gjennom hver jobb som tar slutt, sammen med deltakeren og teamet.",
        (_OWN,),
        (_TEAM,),
    ),
    "T4": Told(
        "Det går i snitt 80 dager fra inntak til første møte med en arbeidsgiver. Flere ventet på avklaring i Nav.",
        "Start jobbsøket mens avklaringen pågår, og følg antallet dager i den ukentlige gjennomgangen.",
        (_NAV, _OWN),
        (_TEAM, _NAV),
    ),
    "T5": Told(
        "Om lag seks av ti kontakter med arbeidsgivere bygger på det deltakeren har sagt. Resten gjelder stillinger "
        "som tilfeldigvis var ledige.",
        "La jobbsøkerplanen styre hvilke arbeidsgivere som oppsøkes.",
        (_OWN,),
        (_TEAM,),
    ),
    "T6": Told(
        "Hver jobbspesialist har i snitt fire personlige arbeidsgivermøter i uka. Skjemaet gås gjennom en gang i "
        "måneden.",
        "Sett av faste halvdager til arbeidsgivermøter, og gå gjennom skjemaet hver uke.",
        (_OWN,),
        (_TEAM,),
    ),
    "T7": Told(
        "Jobbspesialistene presenterer IPS og ber om intervju, men møtene gjelder mest utlyste stillinger. "
        "Arbeidsgivers behov kartlegges sjelden.",
        "Øv på det første møtet uten en bestemt stilling i tankene, gjerne med metodeveilederen til stede.",
        (_OWN,),
        (_TEAM,),
    ),
    "T8": Told(
        "Om lag to av tre jobber er av ulik type. Mange er i butikk og renhold.",
        "Se etter arbeidsgivere i bransjer tjenesten ikke har kontakt med fra før.",
        (_OWN,),
        (_TEAM,),
    ),
    "T9": Told(
        "Det er om lag to arbeidsgivere for hver tredje jobb. Noen få har tatt imot mange av deltakerne.",
        "Bygg kontakt med flere arbeidsgivere, og fordel besøkene.",
        (_OWN,),
        (_TEAM,),
    ),
    "T10": Told(
        "Om lag tre av fire ordinære jobber er faste. De andre er korte engasjementer.",
        "Spør etter fast stilling fra første møte.",
        (_OWN,),
        (_TEAM,),
    ),
    "T11": Told(
        "De fleste får samme oppfølging: en telefon i uka fra jobbspesialisten.",
        "Lag en oppfølgingsplan med hver deltaker før jobbstart, og spør hvem andre som kan støtte.",
        (_OWN,),
        (_TEAM,),
    ),
    "T12": Told(
        "De fleste følges opp i et halvt år etter jobbstart. Så gis plassen til en ny deltaker, også når den som er i "
        "jobb, gjerne vil ha mer støtte.",
        "Behold kontakten minst månedlig i ett år når deltakeren ønsker det, så lenge tiltaket i Nav kan vare, og "
        "avtal med behandler hvem som støtter deltakeren etterpå.",
        (_OWN, _NAV),
        (_TEAM, _NAV, _PARTNER),
    ),
    "T13": Told(
        "Om lag 45 prosent av arbeidstiden brukes ute. Mange samtaler med deltakere legges til kontoret.",
        "Flytt karriereveiledning og oppfølging ut dit deltakeren bor og arbeider.",
        (_OWN,),
        (_TEAM,),
    ),
    "T14": Told(
        "Teamet oppsøker dem som uteblir, og ingen avsluttes for det. Forsøkene på kontakt føres ikke, og "
        "jobbspesialist og behandler drar ikke ut sammen.",
        "Før forsøkene på kontakt, og avtal samordnede besøk med teamet.",
        (_OWN, _HEALTH),
        (_TEAM, _PARTNER),
        (0, 2, 3, 5),
    ),
}
"""What is told of score 3 in the reviews that are told more shortly."""

LOWER: dict[str, Told] = {
    "O7": Told(
        "Det spørres om arbeid ved inntak, og brosjyrer ligger på venterommet. Arbeid er ikke tema når "
        "behandlingsplanen gjennomgås, deltakere får ikke dele erfaringer, og ingen vet hvor mange som er i jobb.",
        "Ta arbeid inn i malen for gjennomgang av behandlingsplanen, del tallene hvert kvartal, og inviter deltakere i "
        "jobb til å fortelle om det to ganger i året.",
        (_HEALTH,),
        (_PARTNER,),
        (0, 2),
    ),
    "O8": Told(
        "Ledelsen kjenner IPS og bruker evalueringene, men får ikke rapport mellom dem. Styringsgruppen møttes bare én "
        "gang det siste året, og øverste leder har ikke snakket om IPS til de ansatte.",
        "Møt i styringsgruppen hvert kvartal, og skriv en plan for tjenesten. La metodeveilederen orientere "
        "ledergruppen to ganger i året om hva som hemmer og fremmer IPS.",
        (_NAV, _HEALTH),
        (_TEAM, _NAV, _PARTNER, _BOARD),
        (0, 1),
    ),
    "T3": Told(
        "Flere deltakere begynte på tiltaksplass for at Nav skulle få se hva de kan, før jobbsøket startet.",
        "Start med karriereprofil og jobbsøk for alle, og bruk de første møtene til å finne ut hva deltakeren vil.",
        (_NAV, _OWN),
        (_TEAM, _NAV),
    ),
    "T5": Told(
        "Om lag fire av ti kontakter med arbeidsgivere bygger på det deltakeren har sagt. Resten er ledige stillinger "
        "som jobbspesialistene fant på nettet.",
        "Lag jobbsøkerplan med alle, og la den styre hvilke arbeidsgivere som oppsøkes.",
        (_OWN,),
        (_TEAM,),
    ),
}
"""The same of score 2."""

OWN: dict[tuple[str, int], dict[str, Told]] = {
    ("IPS Bjørgvin", 415): {
        "O2": Told(
            "Jobbspesialistene er med på teammøtet hver uke og sitter i samme korridor. Arbeid tas sjelden opp for dem "
            "som ennå ikke er henvist, og taushetsplikten stenger for innsyn i behandlingsjournalen.",
            "Ta opp arbeid i hvert teammøte også for dem som ikke er henvist.",
            (_LAW, _HEALTH),
            (_TEAM, _PARTNER),
            (0, 1, 3),
        ),
    },
    ("IPS Bjørgvin", 210): {
        "O2": Told(
            "Vi er med på teammøtet hver uke og sitter i samme korridor, men spør sjelden om dem som ikke er henvist. "
            "Taushetsplikten stenger for innsyn i behandlingsjournalen.",
            "Ta opp arbeid i hvert teammøte også for dem som ikke er henvist.",
            (_LAW, _HEALTH),
            (_TEAM, _PARTNER),
            (0, 1, 3),
        ),
    },
    ("IPS Østbyen", 130): {
        "T8": Told(
            "De 13 deltakerne i ordinært arbeid har 13 jobber av åtte ulike typer (62 prosent). Mange er i butikk og "
            "renhold.",
            "Se etter arbeidsgivere i bransjer tjenesten ikke har kontakt med fra før.",
            (_OWN,),
            (_TEAM,),
        ),
        "T9": Told("De 13 jobbene er hos ti arbeidsgivere (77 prosent)."),
        "T10": Told(
            "10 av 13 jobber (77 prosent) er faste. De tre andre er vikariater.",
            "Spør etter fast stilling fra første møte.",
            (_OWN,),
            (_TEAM,),
        ),
    },
    ("IPS Fjordlandet", 16): {
        "O1": Told("Tre jobbspesialister er fast med i hvert sitt team, og 80 prosent av deltakerne kommer derfra."),
        "T8": Told("De 19 som er i jobb, har 14 ulike typer jobber (74 prosent)."),
    },
    ("IPS Nordlysbyen", 6): {
        "T6": Told(
            "Hver jobbspesialist har fortsatt i snitt fire personlige arbeidsgivermøter i uka. Skjemaet gås nå gjennom "
            "hver mandag.",
            "Sett av faste halvdager til arbeidsgivermøter.",
            (_OWN,),
            (_TEAM,),
        ),
    },
    ("IPS Havgap", 390): {
        "O2": Told(
            "Planen gir jobbspesialistene fast plass i teammøtet og kontor hos teamet. Å føre oppfølgingen i "
            "behandlingsjournalen er det ikke rom for i regelverket.",
            "",
            (_LAW,),
            (),
            (0, 1, 3, 4),
        ),
        "O3": Told(
            "Planen har møter med Nav hvert kvartal og kontakt om deltakere hver uke.",
            "Sett opp møtene med Nav hver måned.",
            (_NAV,),
            (_TEAM, _NAV),
        ),
        "O5": Told(
            "Metodeveilederen får halv stilling til IPS, og gjennomganger, møter med teamene og kvartalsvise mål er "
            "planlagt. Planen sier ikke noe om å være med ut i felt.",
            "Skriv inn i stillingsbeskrivelsen at metodeveilederen er med ut i felt hver måned.",
            (_NAV,),
            (_NAV,),
            (0, 1, 2, 4),
        ),
        "O8": Told(
            "Prosjektplanen har årlig evaluering og rapport til ledergruppen to ganger i året, og ledelsen kjenner "
            "prinsippene. Den sier ikke hvor ofte styringsgruppen skal møtes, eller hva øverste leder skal gjøre.",
            "Skriv inn at styringsgruppen møtes hvert kvartal, og hvem fra ledelsen som sitter der. Be øverste leder "
            "presentere IPS for alle ansatte før oppstart.",
            (_NAV, _HEALTH),
            (_NAV, _PARTNER, _BOARD),
            (0, 1, 4),
        ),
    },
}
"""What is told of particular reviews, by service and how many days ago they were planned to begin, whatever the
score."""

RECOUNTED = "12 av 13 jobber (92 prosent) er faste. Den siste er et vikariat."
"""What stands in T10 of the review that was issued twice, after the figure in it was put right."""

SECOND: dict[tuple[str, int], tuple[str, str]] = {
    ("O2", 3): (
        "Jobbspesialisten har kontor hos teamet, men var bare på to av de fire siste møtene.",
        "La jobbspesialisten ha en fast plass på dagsordenen hver uke.",
    ),
    ("O4", 1): (
        "De to som er ansatt hos tiltaksarrangøren, sier at de ikke er del av noe team, og er ikke med i ukemøtet.",
        "Gi alle jobbspesialistene samme metodeveileder og samme ukentlige gjennomgang.",
    ),
    ("O5", 5): (
        "Alle tre jobbspesialistene hadde metodeveilederen med seg ut i forrige måned, og stillingen er på 60 prosent.",
        "",
    ),
    ("T6", 1): (
        "Loggen viser tre arbeidsgivermøter i uka, men to av dem er på telefon.",
        "Tell bare møter ansikt til ansikt.",
    ),
    ("T2", 4): ("Deltakerne øver på hva de kan si. Temaet tas ikke opp igjen etter at de har begynt i jobb.", ""),
    ("G2", 3): ("Om lag halvparten av behandlerne bruker skjemaet når de tar imot nye.", ""),
}
"""The second evaluator's own words where the two see each other's sheets, by item and their own score."""
