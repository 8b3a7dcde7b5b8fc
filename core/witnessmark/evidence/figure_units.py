"""Words and signs of units in sentences: currencies, time, measures, scales; and words before a number."""

from __future__ import annotations

from decimal import Decimal

CURRENCY_SIGNS = {"$": "usd", "\u20ac": "eur", "\u00a3": "gbp", "\u00a5": "jpy", "\u20b9": "inr", "us$": "usd"}
CURRENCY_WORDS = {
    "euro": "eur", "euros": "eur", "dollar": "usd", "dollars": "usd", "pound": "gbp", "pounds": "gbp",
    "franken": "chf", "francs": "chf", "yen": "jpy", "crowns": "crown", "kronen": "crown", "cents": "cent",
    "cent": "cent",
}  # fmt: skip
CURRENCY_CODES = frozenset("eur usd gbp chf jpy cad aud cny inr sek nok dkk pln czk huf brl zar sgd hkd nzd".split())
TIME_WORDS = {
    "hour": "hour", "hours": "hour", "stunde": "hour", "stunden": "hour",
    "minute": "minute", "minutes": "minute", "minuten": "minute",
    "day": "day", "days": "day", "tag": "day", "tage": "day", "tagen": "day", "tages": "day",
    "werktage": "day", "werktagen": "day", "kalendertage": "day", "kalendertagen": "day",
    "arbeitstage": "day", "arbeitstagen": "day", "t\u00e4gige": "day", "t\u00e4gigen": "day", "t\u00e4gig": "day",
    "week": "week", "weeks": "week", "woche": "week", "wochen": "week", "w\u00f6chige": "week", "w\u00f6chigen": "week",
    "month": "month", "months": "month", "monat": "month", "monate": "month", "monaten": "month",
    "monatige": "month", "monatigen": "month",
    "year": "year", "years": "year", "jahr": "year", "jahre": "year", "jahren": "year", "j\u00e4hrige": "year",
    "j\u00e4hrigen": "year",
}  # fmt: skip
SCALES = {
    "thousand": 1_000, "tausend": 1_000, "k": 1_000, "million": 1_000_000, "millions": 1_000_000, "mio": 1_000_000,
    "millionen": 1_000_000, "mn": 1_000_000, "m": 1_000_000, "billion": 1_000_000_000, "bn": 1_000_000_000,
    "mrd": 1_000_000_000, "milliarde": 1_000_000_000, "milliarden": 1_000_000_000,
}  # fmt: skip
REFERENCE_WORDS = frozenset(
    "section sections clause clauses article articles paragraph paragraphs page pages no nos number item row line"
    " point annex appendix schedule exhibit chapter table part version step column footnote \u00a7 \u00a7\u00a7 ziffer"
    " abschnitt artikel absatz seite seiten nr nummer punkt klausel zeile anlage kapitel tabelle teil spalte".split()
)
ABOUT_WORDS = frozenset(
    "about around roughly approximately nearly almost circa ca some etwa rund ungef\u00e4hr fast knapp gut".split()
)
WITH_CENTS = frozenset({"eur", "usd", "cad", "aud", "nzd", "sgd", "hkd"})
HOURS_OF = {
    "minute": Decimal(1) / 60,
    "hour": Decimal(1),
    "day": Decimal(24),
    "week": Decimal(168),
    "month": Decimal(720),
    "year": Decimal(8760),
}
"""How long each unit of time is; a month has 30 days."""
MEASURES: dict[str, tuple[str, Decimal | int]] = {
    "t": ("kg", 1_000), "tonne": ("kg", 1_000), "tonnes": ("kg", 1_000), "tons": ("kg", 1_000), "tonnen": ("kg", 1_000),
    "kg": ("kg", 1), "kilogram": ("kg", 1), "kilograms": ("kg", 1), "kilogramm": ("kg", 1), "kilos": ("kg", 1),
    "g": ("kg", Decimal("0.001")), "grams": ("kg", Decimal("0.001")), "gramm": ("kg", Decimal("0.001")),
    "km": ("m", 1_000), "kilometres": ("m", 1_000), "kilometers": ("m", 1_000), "kilometer": ("m", 1_000),
    "metres": ("m", 1), "meters": ("m", 1), "meter": ("m", 1), "metre": ("m", 1), "cm": ("m", Decimal("0.01")),
    "mm": ("m", Decimal("0.001")), "litres": ("l", 1), "liters": ("l", 1), "liter": ("l", 1),
    "ml": ("l", Decimal("0.001")),
}  # fmt: skip
