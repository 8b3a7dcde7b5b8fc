"""Names of months in the languages that documents of this kind are most often in."""

from __future__ import annotations

MONTH_NUMBERS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar janvier janv enero ene gennaio gen janeiro januari jän",
            "february feb februar février févr fév febrero febbraio fevereiro fev februari",
            "march mar märz mrz mars marzo março maart mrt mär",
            "april apr avril avr abril abr aprile",
            "may mai mayo maggio mag maio mei",
            "june jun juni juin junio giugno giu junho",
            "july jul juli juillet juil julio luglio lug julho",
            "august aug août agosto ago augustus",
            "september sep sept septembre septiembre settembre set setembro",
            "october oct oktober okt octobre octubre ottobre ott outubro out",
            "november nov novembre noviembre novembro",
            "december dec dezember dez décembre déc diciembre dic dicembre dezembro",
        ),
        start=1,
    )
    for name in names.split()
}
"""By name or abbreviation, in lower case: 1 to 12."""
