"""The demonstration's services and what was found there years ago: all made up."""

_NAV_STATE, _NAV_MUNICIPAL, _HEALTH = "nav_state", "nav_municipal", "health_trust"
_MUNICIPALITY, _PROVIDER = "municipality", "provider"
_EMPLOYER, _TREATMENT, _STEERING = "employer", "treatment", "steering"

SERVICES: dict[str, tuple[str, list[tuple[str, str, list[str]]], list[tuple[str, str, str]]]] = {
    "IPS Bjørgvin": (
        "Vestland",
        [
            ("Nav Bjørgvin", _NAV_STATE, [_EMPLOYER, _STEERING]),
            ("Bjørgvin DPS", _HEALTH, [_TREATMENT, _STEERING]),
            ("Bjørgvin kommune", _MUNICIPALITY, [_EMPLOYER, _STEERING]),
        ],
        [
            ("Psykoseteamet", "psychosis", "Bjørgvin DPS"),
            ("Allmennteam sør", "dps", "Bjørgvin DPS"),
            ("Kommunalt oppfølgingsteam", "municipal", "Bjørgvin kommune"),
        ],
    ),
    "IPS Fjordlandet": (
        "Vestland",
        [
            ("Nav Fjordlandet", _NAV_MUNICIPAL, [_EMPLOYER]),
            ("Helse Fjordlandet", _HEALTH, [_EMPLOYER, _TREATMENT, _STEERING]),
        ],
        [("FACT Fjordlandet", "fact", "Helse Fjordlandet"), ("Rusteamet", "tsb", "Helse Fjordlandet")],
    ),
    "IPS Nordlysbyen": (
        "Troms",
        [
            ("Nav Nordlysbyen", _NAV_STATE, [_EMPLOYER, _STEERING]),
            ("Nordlyssykehuset", _HEALTH, [_TREATMENT, _STEERING]),
            ("Nordlys Arbeid og Inkludering", _PROVIDER, [_EMPLOYER]),
        ],
        [("FACT Nord", "fact", "Nordlyssykehuset"), ("Poliklinikken", "dps", "Nordlyssykehuset")],
    ),
    "IPS Skogdal": (
        "Innlandet",
        [
            ("Nav Skogdal", _NAV_MUNICIPAL, [_EMPLOYER, _STEERING]),
            ("Skogdal DPS", _HEALTH, [_TREATMENT]),
        ],
        [("Skogdal ambulante team", "dps", "Skogdal DPS")],
    ),
    "IPS Havgap": (
        "Møre og Romsdal",
        [
            ("Nav Havgap", _NAV_STATE, [_EMPLOYER]),
            ("Havgap kommune", _MUNICIPALITY, [_TREATMENT, _STEERING]),
        ],
        [("FACT Havgap", "fact", "Havgap kommune")],
    ),
    "IPS Østbyen": (
        "Oslo",
        [
            ("Nav Østbyen", _NAV_STATE, [_EMPLOYER, _STEERING]),
            ("Østbyen DPS", _HEALTH, [_EMPLOYER, _TREATMENT, _STEERING]),
        ],
        [("Psykosepoliklinikken", "psychosis", "Østbyen DPS"), ("Ungdomsteamet", "other", "Østbyen DPS")],
    ),
}
"""Each service with its county, its organisations and what they are for it, and its teams: all made up."""

HISTORY: dict[str, list[str]] = {
    "IPS Bjørgvin": ["433 32313323 23333232233233 331323343233", "544 33323333 33443333334334 432333343233"],
    "IPS Fjordlandet": [
        "432 22323212 22233222232223 221222232122",
        "443 32323323 23333233233233 331323243223",
        "544 33333333 33434333344334 432333343233",
    ],
    "IPS Skogdal": ["443 33323-23 2333323-3-2333 3313233432-3"],
}
"""Results of earlier years as an old sheet has them, oldest first, in the order of the items; - is not recorded."""
