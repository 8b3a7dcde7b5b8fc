"""Sentences about changes as people write them, true and false, in English and German, each change with its texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from witnessmark.evidence.change_figures import ChangedTexts

Kind = Literal["changed", "added", "removed", "moved"]


NAMES = frozenset({"Acceptance", "Chamber"})
"""Names that the documents have elsewhere."""


@dataclass(frozen=True, kw_only=True)
class WrittenChange:
    """A change, and what was written about it."""

    kind: Kind
    texts: ChangedTexts
    true: tuple[str, ...]
    false: tuple[str, ...] = ()


def _changed(
    before: str, after: str, removed: str, added: str, true: str, false: str = "", place: str = ""
) -> WrittenChange:
    texts = ChangedTexts(
        before=before,
        after=after,
        removed=removed,
        added=added,
        around_before=(place, before),
        around_after=(place, after),
    )
    return WrittenChange(kind="changed", texts=texts, true=_lines(true), false=_lines(false))


def _one_sided(
    kind: Literal["added", "removed", "moved"], text: str, true: str, false: str = "", place: str = ""
) -> WrittenChange:
    before, after = (text if kind != "added" else ""), (text if kind != "removed" else "")
    is_whole = kind != "moved"
    texts = ChangedTexts(
        before=before,
        after=after,
        removed=before if is_whole else "",
        added=after if is_whole else "",
        around_before=(place, before),
        around_after=(place, after),
    )
    return WrittenChange(kind=kind, texts=texts, true=_lines(true), false=_lines(false))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.strip().splitlines() if line.strip())


WRITTEN = (
    _changed(
        "The Tenant pays a deposit of three months' rent before moving in.",
        "The Tenant pays a deposit of two months' rent before moving in.",
        "three",
        "two",
        """
        The deposit shrinks from three months' rent to two.
        Tenants have to put up one month's rent less.
        The deposit is lowered to two months' rent.
        The security deposit falls by a third.
        The tenant is better off: only 2 months of rent are due up front.
        Die Kaution sinkt von drei auf zwei Monatsmieten.
        Die Kaution wird um eine Monatsmiete verringert.
        Statt drei sind nur noch zwei Monatsmieten zu hinterlegen.
        Der Mieter muss vor dem Einzug weniger hinterlegen.
        The deposit is now capped at two months' rent, down from three.
        """,
        """
        The deposit is raised to two months' rent.
        The deposit goes from two months' rent to three.
        The deposit is now four months' rent.
        Die Kaution steigt auf zwei Monatsmieten.
        Die Kaution beträgt nun 5 Monatsmieten.
        """,
        "4. Deposit",
    ),
    _changed(
        "A discount of 3 % is granted if invoices are paid within 14 days.",
        "A discount of 2 % is granted if invoices are paid within 14 days.",
        "3",
        "2",
        """
        The discount for early payment is cut from 3 % to 2 %.
        Customers who pay early save less than before.
        One percentage point of discount is lost.
        Early payers now end up paying more, as only 2 % may be deducted.
        Der Skonto beträgt nur noch 2 statt 3 Prozent.
        Wer binnen 14 Tagen zahlt, darf einen Prozentpunkt weniger abziehen.
        Skonto sinkt auf 2 %.
        The incentive to pay within two weeks becomes smaller.
        Prompt payment is rewarded with 2 instead of 3 per cent.
        """,
        """
        The discount is raised to 2 %.
        The discount for early payment is now 5 %.
        Der Skonto steigt von 2 auf 3 Prozent.
        Skonto gilt nur noch bei Zahlung binnen 10 Tagen.
        """,
        "3. Payment",
    ),
    _changed(
        "The contract ends on 31 December 2026 unless it is renewed.",
        "The contract ends on 30 June 2027 unless it is renewed.",
        "31 December 2026",
        "30 June 2027",
        """
        The contract runs half a year longer.
        The end of the term moves from the end of 2026 to mid-2027.
        The term is extended by six months, until 30 June 2027.
        The contract now expires on June 30, 2027 instead of December 31, 2026.
        Das Vertragsende verschiebt sich auf den 30.06.2027.
        Die Laufzeit verlängert sich um sechs Monate.
        Der Vertrag läuft nun bis Ende Juni 2027.
        It ends later than agreed before.
        The expiry date is pushed back by about six months.
        Both sides are bound for another 181 days.
        Statt zum Jahresende 2026 endet der Vertrag am 30. Juni 2027.
        """,
        """
        The contract ends on 30 June 2028.
        The contract is shortened to 30 June 2027.
        Das Vertragsende wird vom 30.06.2027 auf den 31.12.2026 vorgezogen.
        The term is extended by nine months.
        The contract now expires on July 30, 2027.
        """,
        "1. Term",
    ),
    _changed(
        "Liability is limited to EUR 250,000 per event.",
        "Liability is limited to EUR 1,000,000 per event.",
        "250,000",
        "1,000,000",
        """
        The cap on liability is four times as high.
        The liability cap rises to 1 million euros.
        The supplier is liable for up to EUR 750,000 more for each event.
        Die Haftungsgrenze wird von 250.000 auf 1.000.000 Euro angehoben.
        Die Haftung ist künftig auf 1 Mio. Euro je Schadensfall begrenzt.
        The supplier's risk grows considerably.
        The buyer is better protected, because the limit goes up from 250k to 1m.
        The exposure of the supplier increases by 300 %.
        The protection of the supplier is reduced, as the cap is raised to EUR 1,000,000.
        Der Höchstbetrag vervierfacht sich.
        """,
        """
        The liability cap rises to 10 million euros.
        The cap on liability is lowered to EUR 1,000,000.
        The liability cap is now USD 1,000,000.
        Die Haftungsgrenze sinkt auf 1.000.000 Euro.
        The limit goes from 1,000,000 to 250,000 euros.
        Liability is capped at EUR 100,000.
        """,
        "9. Liability",
    ),
    _changed(
        "Notice has to be given ninety days before the end of a quarter.",
        "Notice has to be given six weeks before the end of a quarter.",
        "ninety days",
        "six weeks",
        """
        The notice period is shortened from ninety days to six weeks.
        Either side can leave at shorter notice: six weeks are enough.
        Notice may be given later, 42 days before the quarter ends.
        Die Kündigungsfrist wird auf sechs Wochen verkürzt.
        Statt 90 Tagen genügen 6 Wochen.
        The period is cut by more than half.
        Parties have to decide less early.
        """,
        """
        The notice period is now six months.
        The notice period is extended to six weeks.
        Die Kündigungsfrist beträgt nun acht Wochen.
        Notice has to be given 60 days before the end of a quarter.
        """,
        "12. Notice",
    ),
    _changed(
        "The Agent shall inform the Client of every offer.",
        "The Agent may inform the Client of every offer.",
        "shall",
        "may",
        """
        Informing the client of offers becomes optional for the agent.
        The agent is no longer obliged to pass on offers.
        Aus der Pflicht zur Information wird ein Recht.
        Der Makler muss den Kunden nicht mehr über jedes Angebot informieren.
        The duty to report turns into a discretion.
        "may" replaces "shall".
        The client loses the right to hear of every offer.
        """,
        """
        The word "must" replaces "shall".
        The agent informs Brightwater Partners of every offer.
        """,
        "2. Duties",
    ),
    _changed(
        "Goods are delivered to the warehouse in Rotterdam.",
        "Goods are delivered to the warehouse in Antwerp.",
        "Rotterdam",
        "Antwerp",
        """
        The place of delivery moves from Rotterdam to Antwerp.
        Delivery now goes to Antwerp.
        Antwerp replaces Rotterdam as the place of delivery.
        Der Lieferort ändert sich von Rotterdam nach Antwerp.
        The seller has to deliver to another port.
        Customs law of another country may apply.
        Geliefert wird künftig in ein anderes Lager.
        """,
        """
        The place of delivery moves from Antwerp to Rotterdam.
        The place of delivery changes from Rotterdam to Hamburg.
        Antwerp instead of Ghent is where goods are delivered.
        """,
        "5. Delivery",
    ),
    _one_sided(
        "added",
        "The Supplier keeps records for ten years and lets the Buyer inspect them on five days' notice.",
        """
        A duty to keep records is added.
        The supplier now has to keep records for 10 years.
        The buyer gains a right of inspection at short notice of five days.
        A new sentence lets the buyer inspect the supplier's records.
        Neu ist eine Aufbewahrungspflicht von zehn Jahren.
        Der Lieferant muss Unterlagen aufbewahren und Einsicht gewähren.
        Records must be available for a decade.
        The supplier may no longer throw records away before ten years have passed.
        Two duties come in: keeping records and showing them.
        """,
        """
        The clause on records was deleted.
        The supplier has to keep records for twelve years.
        Die Regelung zur Aufbewahrung entfällt.
        The buyer may inspect records on ten days' notice.
        """,
        "7. Records",
    ),
    _one_sided(
        "removed",
        "Either party may refer a dispute to the Chamber of Arbitration in Vienna within 60 days.",
        """
        The arbitration clause is removed.
        Disputes can no longer be taken to arbitration in Vienna.
        The way to the Chamber of Arbitration is closed.
        Die Schiedsklausel entfällt.
        Streitigkeiten gehen damit vor die ordentlichen Gerichte.
        The 60-day window for arbitration disappears along with the clause.
        Parties lose the option of arbitration.
        """,
        """
        A new clause sends disputes to arbitration in Vienna.
        The deleted clause allowed arbitration within 90 days.
        Eine Schiedsklausel wurde eingefügt.
        """,
        "14. Disputes",
    ),
    _one_sided(
        "moved",
        "The Buyer tests each machine within two weeks of delivery.",
        """
        The clause on testing now stands under Acceptance.
        The rule was moved and says the same.
        Die Regelung steht nun an anderer Stelle.
        Only its place changes; the two weeks for tests stay the same.
        The provision moved from one section to another.
        """,
        """
        The clause on testing was removed.
        A new clause on testing was inserted.
        Die Bestimmung zur Prüfung entfällt.
        The clause moved, and testing now takes three weeks.
        """,
        "6. Acceptance",
    ),
    _changed(
        "Interest of 4.75 per cent a year is due on late payments.",
        "Interest of 5.25 per cent a year is due on late payments.",
        "4.75",
        "5.25",
        """
        Late payment becomes more expensive: 5.25 % instead of 4.75 %.
        The default interest is raised by half a percentage point.
        Default interest increases by 0.5 percentage points.
        Der Verzugszins steigt von 4,75 auf 5,25 Prozent.
        Der Verzugszins wird um 0,5 Prozentpunkte erhöht.
        Debtors in arrears pay more interest.
        The rate rises by roughly 10 %.
        """,
        """
        Default interest falls to 5.25 %.
        The rate rises to 5.75 %.
        Der Verzugszins steigt um 2 Prozentpunkte.
        The rate goes from 5.25 % to 4.75 %.
        """,
        "3. Payment",
    ),
    _changed(
        "Small parcels | up to 2 kg | 4.99",
        "Small parcels | up to 2 kg | 5.49",
        "4.99",
        "5.49",
        """
        Small parcels cost 0.50 more.
        The price of small parcels rises to 5.49.
        Postage for parcels of up to 2 kg goes up by 10 %.
        Kleine Pakete kosten nun 5,49 statt 4,99.
        Das Porto für kleine Pakete erhöht sich um 50 Cent.
        Senders pay fifty cents more.
        """,
        """
        Small parcels cost 5.94 now.
        The price of small parcels falls to 5.49.
        Kleine Pakete kosten nun 4,99 statt 5,49.
        """,
        "Small parcels Price",
    ),
    _changed(
        "The licence covers up to 25 users in one country.",
        "The licence covers up to 40 users in three countries.",
        "25 users in one country",
        "40 users in three countries",
        """
        The licence now covers 15 more users, and two more countries.
        Up to 40 users in three countries may use the software instead of 25 in one.
        Die Lizenz gilt für bis zu 40 Nutzer in drei Ländern.
        The scope of the licence is widened considerably.
        The licensee gets 60 % more seats.
        Statt 25 dürfen 40 Nutzer arbeiten, und das in 3 Ländern.
        """,
        """
        The licence now covers 45 users.
        Die Lizenz gilt für bis zu 400 Nutzer.
        The number of users is cut from 40 to 25.
        """,
        "2. Licence",
    ),
    _changed(
        "Revenue grew by 3.1 % to 48.2 million euros in 2025.",
        "Revenue grew by 3.4 % to 48.3 million euros in 2025.",
        "3.1 % to 48.2",
        "3.4 % to 48.3",
        """
        Growth in 2025 is stated 0.3 points higher, revenue at 48.3 million.
        Revenue for 2025 is corrected from 48.2 to 48.3 million euros.
        Das Wachstum wird mit 3,4 statt 3,1 Prozent angegeben.
        The figures for revenue and growth were both corrected upwards.
        Revenue is 100,000 euros higher than stated before.
        Der Umsatz liegt bei 48,3 Millionen Euro.
        """,
        """
        Revenue is now 43.8 million euros.
        Growth is stated as 4.3 %.
        Das Wachstum wird mit 3,1 statt 3,4 Prozent angegeben.
        Revenue for 2024 is corrected.
        """,
        "Results",
    ),
    _changed(
        "The lessee may not keep pets.",
        "The lessee may keep pets.",
        "not",
        "",
        """
        Keeping pets is now allowed.
        The ban on pets is lifted.
        The prohibition of pets falls away.
        Haustiere sind nun erlaubt.
        Das Verbot der Tierhaltung entfällt.
        Das Wort "not" wurde gestrichen.
        The word "not" was removed.
        """,
        """
        The word "not" was added.
        Das Wort "not" wurde eingefügt.
        """,
        "8. Use",
    ),
    _changed(
        "Die Miete beträgt 1.150,00 EUR im Monat und ist bis zum 3. Werktag zu zahlen.",
        "Die Miete beträgt 1.190,00 EUR im Monat und ist bis zum 3. Werktag zu zahlen.",
        "1.150,00",
        "1.190,00",
        """
        Die Miete steigt um 40 Euro im Monat.
        Die Monatsmiete wird von 1.150 auf 1.190 Euro erhöht.
        Der Mieter zahlt künftig 1.190 €.
        Das sind 480 Euro mehr im Jahr.
        The rent goes up by EUR 40 a month.
        The rent is raised from EUR 1,150.00 to EUR 1,190.00.
        The monthly rent increases by 3.5 %.
        Die Miete erhöht sich um knapp 3,5 %.
        Zahlbar bleibt sie bis zum dritten Werktag.
        """,
        """
        Die Miete steigt auf 1.910 Euro.
        Die Miete sinkt auf 1.190 Euro.
        The rent is now EUR 1,290.00.
        Die Miete steigt um 140 Euro.
        """,
        "§ 4 Miete",
    ),
    _changed(
        "Das Widerrufsrecht erlischt nach 14 Tagen.",
        "Das Widerrufsrecht erlischt nach 30 Tagen.",
        "14",
        "30",
        """
        Verbraucher haben 16 Tage länger Zeit für den Widerruf.
        Die Widerrufsfrist wird auf 30 Tage verlängert.
        Die Frist für den Widerruf ist mehr als doppelt so lang.
        Consumers may withdraw within 30 days rather than 14.
        The withdrawal period is extended by 16 days.
        The right of withdrawal lapses later.
        Die Frist verlängert sich von zwei Wochen auf 30 Tage.
        """,
        """
        Die Widerrufsfrist wird auf 30 Tage verkürzt.
        Die Widerrufsfrist beträgt nun 60 Tage.
        Consumers may withdraw within 14 days rather than 30.
        The withdrawal period is shortened.
        """,
        "§ 6 Widerruf",
    ),
    _one_sided(
        "added",
        "Ab dem 1. Januar 2027 erhöht sich der Beitrag jährlich um 2 %, höchstens auf 95 Euro.",
        """
        Der Beitrag steigt künftig jedes Jahr um 2 %.
        Neu ist eine jährliche Erhöhung des Beitrags mit einer Obergrenze von 95 Euro.
        An annual increase of 2 % from January 2027 on is added, capped at EUR 95.
        Members will pay more every year from 2027.
        Eine Staffelung ab 1.1.2027 kommt hinzu.
        """,
        """
        Die Regelung zur jährlichen Erhöhung wurde gestrichen.
        Der Beitrag steigt künftig jedes Jahr um 3 %.
        The increase starts on 1 January 2028.
        """,
        "§ 3 Beitrag",
    ),
    _changed(
        "The warranty lasts 24 months from delivery.",
        "The warranty lasts one year from delivery.",
        "24 months",
        "one year",
        """
        The warranty is halved.
        The warranty period is reduced from two years to one.
        Buyers are covered for 12 months only.
        Die Gewährleistung wird von zwei Jahren auf ein Jahr verkürzt.
        Die Gewährleistung halbiert sich auf zwölf Monate.
        Claims lapse a year earlier.
        """,
        """
        The warranty is extended to one year.
        The warranty lasts 18 months.
        Die Gewährleistung beträgt nun drei Jahre.
        """,
        "10. Warranty",
    ),
    _changed(
        "Payment is due within 30 days of receipt of the invoice.",
        "Payment is due within 45 days of receipt of the invoice; a reminder is sent after 10 days.",
        "30 days of receipt of the invoice",
        "45 days of receipt of the invoice; a reminder is sent after 10 days",
        """
        Customers get 15 more days to pay, and are reminded after 10.
        The time for payment grows from 30 to 45 days.
        Die Zahlungsfrist verlängert sich um 15 Tage; nach 10 Tagen wird erinnert.
        Payment is due one and a half months after receipt.
        The payment term is 50 % longer.
        """,
        """
        The time for payment is 54 days.
        Die Zahlungsfrist verlängert sich auf 60 Tage.
        A reminder is sent after 14 days.
        """,
        "3. Payment",
    ),
    _changed(
        "The buyer may withdraw within 7 working days after signing.",
        "The buyer may withdraw within 10 working days after signing.",
        "7",
        "10",
        """The buyer gets three additional working days to withdraw.
The cooling-off period goes up to ten working days.
Withdrawal is possible for longer.
Three days more for withdrawal.
Der Käufer hat drei Werktage mehr Zeit für den Rücktritt.
Die Rücktrittsfrist beträgt jetzt zehn statt sieben Werktage.
Extending the period to 10 days favours the buyer.
The seller has to wait longer before the sale is final.""",
        """The buyer has only 5 working days to withdraw.
The cooling-off period is cut to ten working days.
Die Rücktrittsfrist beträgt jetzt sieben statt zehn Werktage.
The withdrawal period rises to 10 weeks.""",
        "Withdrawal",
    ),
    _changed(
        "Staff receive 28 days of holiday and a bonus of 1,500 euros in December.",
        "Staff receive 30 days of holiday and a bonus of 1,200 euros in December.",
        "28 days of holiday and a bonus of 1,500",
        "30 days of holiday and a bonus of 1,200",
        """Two more days of holiday, but a bonus that is 300 euros smaller.
Holiday entitlement rises to 30 days while the December bonus falls to EUR 1,200.
Staff trade money for time off.
Zwei Urlaubstage mehr, dafür 300 Euro weniger Weihnachtsgeld.
Der Bonus sinkt von 1.500 auf 1.200 Euro, der Urlaub steigt auf 30 Tage.
The bonus is 20 % lower.""",
        """Holiday entitlement rises to 32 days.
The bonus rises to 1,300 euros.
Der Bonus sinkt von 1.200 auf 1.500 Euro.""",
        "Benefits",
    ),
    _changed(
        "The committee meets on the first Monday of each month in Room 12.",
        "The committee meets on the second Tuesday of each month in Room 12.",
        "first Monday",
        "second Tuesday",
        """Meetings move from the first Monday to the second Tuesday.
The committee now meets about a week later in the month.
Die Sitzungen finden künftig am zweiten Dienstag statt.
The day of the meetings changes; Room 12 stays.""",
        """Meetings move to Room 21.""",
        "Meetings",
    ),
    _changed(
        "Total assets amounted to CHF 4,215,300 at year end.",
        "Total assets amounted to CHF 4,251,300 at year end.",
        "4,215,300",
        "4,251,300",
        """Two digits were swapped: total assets are CHF 36,000 higher.
Total assets are corrected to CHF 4,251,300.
Die Bilanzsumme wird um 36.000 Franken nach oben korrigiert.
The total is stated as 4.25 million rather than 4.22 million francs.
Total assets rise by 0.9 %.
The balance sheet total goes from 4,215,300 to 4,251,300 Swiss francs.""",
        """Total assets are corrected to CHF 4,215,900.
Total assets rise by EUR 36,000.
Die Bilanzsumme wird auf 4,51 Millionen korrigiert.
Total assets fall to 4,251,300.""",
        "Balance",
    ),
    _changed(
        "This agreement is governed by the laws of England.",
        "This agreement is governed by the laws of Ireland.",
        "England",
        "Ireland",
        """Irish law applies instead of English law.
The governing law moves from England to Ireland.
Statt englischem gilt irisches Recht.
Disputes would be decided under a different legal system, within the EU.
Ireland replaces England as the governing jurisdiction.
Parties should check whether Irish limitation periods differ.""",
        """The governing law moves from Ireland to England.
The governing law changes from England to Scotland.""",
        "Governing law",
    ),
    _changed(
        "The rent includes heating and water.",
        "The rent includes water.",
        "heating and",
        "",
        """Heating is no longer included in the rent.
The tenant has to pay for heating separately.
Heizkosten sind nicht mehr in der Miete enthalten.
Heating costs were dropped from what the rent covers.
Tenants face additional costs for heating.
The words "heating and" were deleted.""",
        """The words "heating and" were added.
A new clause adds heating to the rent.""",
        "Rent",
    ),
    _one_sided(
        "added",
        "If the Supplier misses two delivery dates in a row, the Buyer may cancel and claim 5 % of the value.",
        """The buyer can cancel after two missed deliveries and claim 5 %.
A penalty for repeated delay is introduced.
Neu: Rücktrittsrecht des Käufers bei zweimaligem Verzug.
The supplier faces a penalty of five per cent of the order's value.
Repeated delays now have consequences.
A right of cancellation and a lump sum for damages were inserted.""",
        """The right to cancel was removed from the clause.
The buyer may claim 15 %.
The supplier may miss 14 delivery dates.""",
        "Delay",
    ),
    _one_sided(
        "removed",
        "Prices are reviewed every 1 April and may rise by no more than the consumer price index.",
        """The annual price review on 1 April is gone.
Prices are no longer tied to the consumer price index.
The cap on price increases disappears.
Die Bindung an den Verbraucherpreisindex wurde gestrichen.
Price increases are no longer limited.
Without the clause prices can rise freely.
Es gibt keine jährliche Preisprüfung zum 1. April mehr.""",
        """A price review on 1 April was added.
The removed clause provided for a review on 1 May.
A new provision ties prices to an index.""",
        "Prices",
    ),
    _changed(
        "Orders below $50 carry a fee of $4.95.",
        "Orders below $75 carry a fee of $3.95.",
        "$50 carry a fee of $4.95",
        "$75 carry a fee of $3.95",
        """The threshold for the small-order fee rises to $75, but the fee drops by one dollar.
More orders are charged, though each pays $1 less.
Free handling starts at $75 instead of $50.
Die Gebühr fällt von 4,95 $ auf 3,95 $, dafür gilt sie bis 75 $.
The fee is a dollar lower and applies to orders up to 75 dollars.""",
        """The fee is $2.95.
The threshold rises to $85.
The fee rises from $3.95 to $4.95.""",
        "Shipping",
    ),
    _changed(
        "Version 2.3 of the policy applies from 1 May 2025.",
        "Version 2.4 of the policy applies from 1 June 2025.",
        "2.3 of the policy applies from 1 May",
        "2.4 of the policy applies from 1 June",
        """The new version 2.4 takes effect a month later, on 1 June 2025.
Policy version 2.4 replaces 2.3.
It applies as of June 2025.
Version 2.4 gilt ab dem 1. Juni 2025.
The start moves from May 1 to June 1, 2025.""",
        """It applies as of July 2025.
The start moves from June 1 to May 1, 2025.
Policy version 2.4 applies from 1 June 2026.""",
        "Policy",
    ),
    _changed(
        "Employees may work from home up to two days a week.",
        "Employees may work from home up to three days a week.",
        "two",
        "three",
        """One more day of home office a week is allowed.
Remote work rises from two to three days per week.
60 % of the working week may be spent at home.
Ein Tag mehr im Homeoffice.
Pro Woche sind nun drei statt zwei Tage Homeoffice erlaubt.
Employees spend less time in the office.
That adds up to about 50 more days a year.""",
        """Remote work is reduced to three days a week.
Remote work rises to four days a week.
Nun sind zwei statt drei Tage Homeoffice erlaubt.""",
        "Remote work",
    ),
    _changed(
        "Cancellation is free of charge up to 48 hours before arrival.",
        "Cancellation is free of charge up to 24 hours before arrival.",
        "48",
        "24",
        """Guests can now cancel for free until one day before arrival.
Free cancellation is possible a day longer.
The free cancellation window closes 24 hours before arrival instead of 48.
Kostenlose Stornierung ist nun bis 24 Stunden vor Anreise möglich.
Gäste dürfen einen Tag später noch kostenlos absagen.
The deadline for free cancellation is halved.
Hotels bear a greater risk of late cancellations.""",
        """Free cancellation is possible until 12 hours before arrival.
The window closes 48 hours before arrival instead of 24.
Die Frist beträgt nun 72 Stunden.""",
        "Cancellation",
    ),
    _changed(
        "The subsidy covers 40 % of eligible costs, at most CHF 80,000.",
        "The subsidy covers 35 % of eligible costs, at most CHF 100,000.",
        "40 % of eligible costs, at most CHF 80,000",
        "35 % of eligible costs, at most CHF 100,000",
        """The share that is subsidised falls to 35 %, while the ceiling rises to CHF 100,000.
Small projects get less, large ones more.
The maximum goes up by a quarter, or 20,000 francs.
Der Fördersatz sinkt um fünf Prozentpunkte, der Höchstbetrag steigt auf 100'000 Franken.
Five percentage points less, but a cap that is CHF 20,000 higher.
Applicants must now bear 65 % of the costs themselves.""",
        """The subsidy covers 45 % of costs.
The ceiling rises to CHF 110,000.
Der Höchstbetrag sinkt auf CHF 90,000.""",
        "Subsidy",
    ),
    _changed(
        "Board members serve for four years and may be re-elected once.",
        "Board members serve for three years and may be re-elected twice.",
        "four years and may be re-elected once",
        "three years and may be re-elected twice",
        """Terms are a year shorter, but a second re-election becomes possible.
A board member can serve nine years in all instead of eight.
The term of office is cut from four to three years.
Die Amtszeit verkürzt sich auf drei Jahre, dafür ist zweimalige Wiederwahl möglich.
Members face election more often.
In total, three terms of three years each are possible.""",
        """The term is extended to three years.
The term is five years now.
Die Amtszeit steigt von drei auf vier Jahre.""",
        "Board",
    ),
    _changed(
        "Net profit was (1,204) thousand euros.",
        "Net profit was (1,024) thousand euros.",
        "(1,204)",
        "(1,024)",
        """The loss is 180 thousand euros smaller.
The net loss shrinks to 1.024 million euros.
Der Verlust beträgt 1.024 statt 1.204 Tausend Euro.
A digit swap is corrected: the loss is 1,024 thousand.""",
        """The loss is 1,402 thousand euros.
Der Verlust beträgt 1.204 statt 1.024 Tausend Euro.""",
        "Results",
    ),
    _changed(
        "Dosage: 2 tablets every 8 hours.",
        "Dosage: 1 tablet every 6 hours.",
        "2 tablets every 8",
        "1 tablet every 6",
        """The single dose is halved, but it is taken more often.
Patients take one tablet every six hours instead of two every eight.
The daily dose falls from six tablets to four.
Eine Tablette alle 6 Stunden statt zwei alle 8 Stunden.
The interval between doses becomes shorter.""",
        """Patients take three tablets every six hours.
One tablet is taken every 12 hours.
Eine Tablette alle 4 Stunden.""",
        "Dosage",
    ),
    _one_sided(
        "added",
        "The Consultant shall not work for Orbis GmbH or Halden AG during the term and for 18 months after it.",
        """A non-compete clause is introduced that lasts 18 months after the term.
The consultant may not work for two named competitors.
Neu ist ein Wettbewerbsverbot zugunsten des Auftraggebers.
Working for Orbis or Halden is forbidden for a year and a half after the term.
The consultant's freedom to take on other work is restricted.
Nachvertraglich gilt das Verbot anderthalb Jahre.
It bars work for Orbis GmbH and Halden AG.""",
        """The non-compete clause was deleted.
The ban lasts 24 months after the term.
Das Wettbewerbsverbot wurde gestrichen, die Klausel entfällt.""",
        "Non-compete",
    ),
    _one_sided(
        "removed",
        "Employees receive a meal allowance of EUR 6.67 for each working day.",
        """The meal allowance is abolished.
Employees lose EUR 6.67 a day.
Der Essenszuschuss entfällt.
There is no longer any allowance for meals.
The benefit worth 6.67 euros per working day has been dropped.
Over 220 working days that is a loss of some 1,467 euros.""",
        """A meal allowance of EUR 6.67 was added.
Employees lose EUR 7.66 a day.
Ein Zuschuss von 6,67 Euro wurde eingefügt.""",
        "Benefits",
    ),
    _one_sided(
        "moved",
        "Amounts due are paid in the following order: costs, interest, principal.",
        """The rule on the order of payments is now found in the annex.
The order of payment stays the same; the clause sits in another section.
Die Tilgungsreihenfolge steht nun im Anhang.
The clause was relocated without a change of wording.""",
        """The clause on the order of payments was dropped.
Die Klausel wurde neu eingefügt.""",
        "Payments",
    ),
    _changed(
        "Contact: billing@harbor-supply.example, phone 030 555 120.",
        "Contact: accounts@harbor-supply.example, phone 030 555 210.",
        "billing@harbor-supply.example, phone 030 555 120",
        "accounts@harbor-supply.example, phone 030 555 210",
        """The e-mail address and the phone number for invoices change.
The new contact is accounts@harbor-supply.example, phone 030 555 210.
Neue Telefonnummer: 030 555 210.
Messages go to accounts instead of billing.""",
        """The new phone number is 030 555 102.""",
        "Contact",
    ),
    _changed(
        "The machine weighs 1.2 t and needs 400 V.",
        "The machine weighs 1.35 t and needs 400 V.",
        "1.2",
        "1.35",
        """The weight rises from 1.2 to 1.35 tonnes.
The machine is 150 kg heavier.
Das Gewicht steigt um 12,5 %.
Transport and foundations have to carry more; the voltage stays at 400 V.
It now weighs 1,350 kilograms.""",
        """The weight is 1.53 t.
The weight falls to 1.35 t.
Das Gewicht steigt auf 1,85 t.""",
        "Data",
    ),
    _changed(
        "Applications close at 5 pm on Friday, 9 May 2025.",
        "Applications close at noon on Wednesday, 14 May 2025.",
        "5 pm on Friday, 9 May 2025",
        "noon on Wednesday, 14 May 2025",
        """Applicants get five more days, until noon on 14 May 2025.
The closing date moves from Friday to the following Wednesday.
Bewerbungsschluss ist nun der 14. Mai 2025, 12 Uhr.
The deadline is extended by almost five days.
Die Frist verlängert sich um fünf Tage.
The deadline falls on a Wednesday now.""",
        """Bewerbungsschluss ist nun der 19. Mai 2025.
Applicants get nine more days.
The deadline moves from 14 May to 9 May 2025.""",
        "Applications",
    ),
    _changed(
        "The Licensee shall pay an annual fee of USD 12,500, due on 1 February.",
        "The Licensee shall pay an annual fee of USD 13,750, due on 1 March.",
        "12,500, due on 1 February",
        "13,750, due on 1 March",
        """The licensee's annual fee rises by ten percent to USD 13,750 and falls due one month later.
The licensee has to pay USD 1,250 more each year but gets an extra month to do so.
The yearly licence fee increases and its due date is postponed from February to March.
Für die Lizenznehmerin steigt die Jahresgebühr auf 13.750 US-Dollar; fällig wird sie erst am 1. März.
The fee becomes more expensive for the licensee, though payment is due a month later than before.
Die Jahresgebühr steigt um 10 % und ist einen Monat später fällig.""",
        """The licensee's annual fee rises by 12 % to USD 13,750.
The annual fee rises to USD 13,570 and is due on 1 March.
The fee is due on 1 April instead of 1 February.
Die Jahresgebühr steigt auf 15.750 US-Dollar.""",
        "4.1 Fees",
    ),
    _changed(
        "Either party may terminate this Agreement for convenience upon ninety (90) days' prior written notice.",
        "Either party may terminate this Agreement for convenience upon sixty (60) days' prior written notice.",
        "ninety (90)",
        "sixty (60)",
        """Both parties can leave the agreement with 30 days less notice.
The notice period for termination for convenience is reduced from 90 to 60 days for both parties.
Termination for convenience becomes easier because only two months' notice is needed.
Die Kündigungsfrist verkürzt sich für beide Seiten um 30 Tage auf 60 Tage.
Each side now has to give only 60 days' notice, so it gets less time to find a replacement.
A shorter notice period makes it easier for either side to exit.""",
        """The notice period for termination is extended from 60 to 90 days.
Both parties must now give 120 days' notice.
Die Kündigungsfrist verlängert sich auf 60 Tage.
The notice period is reduced to thirty days.""",
        "8.2 Termination",
    ),
    _changed(
        "The Processor notifies the Controller without delay, no later than 72 hours after becoming aware of a breach.",
        "The Processor notifies the Controller without delay, no later than 24 hours after becoming aware of a breach.",
        "72",
        "24",
        """The processor must report breaches two days sooner.
The deadline for reporting a data breach is tightened from 72 to 24 hours, which burdens the processor.
The controller learns of a breach within a day instead of three days.
Der Auftragsverarbeiter muss Verletzungen nun binnen 24 Stunden melden.
The processor has only one third of the previous time to notify the controller.
Breach notification gets stricter for the processor: one day instead of three.""",
        """The processor must report breaches within 48 hours.
The reporting deadline is extended to 24 hours.
The deadline for breach notices moves from 24 to 72 hours.""",
        "Data protection",
    ),
    _changed(
        "Prices are exclusive of VAT at the rate of 19 %.",
        "Prices are inclusive of VAT at the rate of 19 %.",
        "exclusive",
        "inclusive",
        """Prices now include VAT, so the buyer effectively pays 19 % less on top.
VAT is no longer added to the stated prices.
The seller has to bear the 19 % VAT out of its prices.
Die Preise verstehen sich nun einschließlich Mehrwertsteuer.
Net prices become gross prices, to the buyer's advantage.""",
        """VAT is raised to 21 %.
Prices now include VAT at 7 %.""",
        "Prices",
    ),
    _one_sided(
        "added",
        "If the Client does not object within 10 business days after delivery, the deliverables are deemed accepted.",
        """A deemed-acceptance rule is introduced in favour of the contractor.
If the client stays silent for ten business days, the work counts as accepted.
The client now has to object within two weeks or lose the right to reject.
Schweigt der Kunde 10 Werktage lang, gilt die Leistung als abgenommen.
The added sentence shifts the risk of inactivity to the client.
Silence of the client now amounts to acceptance.""",
        """The deemed-acceptance rule was deleted.
If the client stays silent for 15 business days, the work counts as accepted.
Die Klausel zur Abnahmefiktion wurde gestrichen.""",
        "6.3 Acceptance",
    ),
    _one_sided(
        "removed",
        "The Vendor's aggregate liability shall not exceed the fees paid in the twelve months preceding the claim.",
        """The cap on the vendor's liability is removed, so the vendor is liable without limit.
The vendor loses the limitation of its liability to twelve months of fees.
Liability is no longer limited to the fees of the last year.
Die Haftungsbegrenzung des Anbieters entfällt ersatzlos.
The customer gains, because the vendor's liability is now unlimited.
Without the sentence there is no ceiling on damages.""",
        """A cap on liability was added for the vendor.
The removed cap was set at six months of fees.
Eine Haftungsbegrenzung wurde eingefügt.""",
        "11. Liability",
    ),
    _changed(
        "Q3 revenue | 1,482 | 1,611",
        "Q3 revenue | 1,482 | 1,661",
        "1,611",
        "1,661",
        """Third-quarter revenue is restated from 1,611 to 1,661.
The comparison figure for Q3 revenue is 50 higher.
Q3 revenue is corrected upwards by 3.1 %.
Der Umsatz im dritten Quartal wird mit 1.661 statt 1.611 angegeben.
Growth over 1,482 is now 12.1 %.""",
        """Q3 revenue is restated to 1,616.
Q3 revenue is 60 higher.
Q3 revenue is corrected downwards to 1,661.""",
        "Revenue",
    ),
    _changed(
        "Guests must be at least 16 years old.",
        "Guests must be at least 18 years old.",
        "16",
        "18",
        """The minimum age goes up from 16 to 18.
Guests aged 16 and 17 are no longer admitted.
Only adults may stay.
Das Mindestalter steigt um zwei Jahre auf 18.
Minors are excluded now.
Jugendliche unter 18 Jahren dürfen nicht mehr übernachten.""",
        """The minimum age is lowered to 18.
The minimum age goes up to 21.
Das Mindestalter beträgt nun 16 statt 18 Jahre.""",
        "House rules",
    ),
    _changed(
        "Delivery takes 3 to 5 working days.",
        "Delivery takes 5 to 7 working days.",
        "3 to 5",
        "5 to 7",
        """Deliveries take two working days longer.
Customers wait 5 to 7 working days instead of 3 to 5.
Delivery times get longer.
Die Lieferzeit verlängert sich auf fünf bis sieben Werktage.
The delivery window shifts from 3-5 to 5-7 working days.""",
        """Deliveries take 8 to 10 working days.
Customers wait 3 to 5 working days instead of 5 to 7.""",
        "Delivery",
    ),
    _changed(
        "Rent increases are limited to 2 % in any 12-month period.",
        "Rent increases are limited to 4 % in any 24-month period.",
        "2 % in any 12-month",
        "4 % in any 24-month",
        """Landlords may raise the rent by up to 4 %, but only every two years.
The cap doubles, and so does the period over which it applies.
Mieterhöhungen sind nun auf 4 % in zwei Jahren begrenzt.
Tenants may face one larger increase every 24 months instead of a smaller one each year.
The limit changes from two percent a year to four percent in two years.""",
        """The cap is lowered to 4 %.
The limit is now 6 % in any 24-month period.
Mieterhöhungen sind auf 4 % in drei Jahren begrenzt.""",
        "Rent",
    ),
    _changed(
        "Shipments above 30 kg cost EUR 18.90.",
        "Shipments above 31.5 kg cost EUR 17.50.",
        "30 kg cost EUR 18.90",
        "31.5 kg cost EUR 17.50",
        """Heavy shipments get EUR 1.40 cheaper, and the weight limit rises by 1.5 kg.
The surcharge applies only above 31.5 kg and falls to 17.50 euros.
Sendungen über 31,5 kg kosten nur noch 17,50 €.
Senders of heavy goods save 7.4 %.
Der Preis sinkt um 1,40 Euro.""",
        """Heavy shipments cost EUR 15.70.
The price rises to EUR 17.50.
Sendungen über 35 kg kosten 17,50 €.""",
        "Shipping",
    ),
    _changed(
        "The seminar takes place on 14 and 15 October 2025 in Graz.",
        "The seminar takes place on 21 and 22 October 2025 in Linz.",
        "14 and 15 October 2025 in Graz",
        "21 and 22 October 2025 in Linz",
        """The seminar is held a week later and in another city.
It moves from Graz to Linz and takes place on 21 and 22 October 2025.
Das Seminar findet eine Woche später in Linz statt.
Participants have to travel to Linz instead of Graz.
The dates are pushed back by seven days.""",
        """It takes place on 28 and 29 October 2025.
It moves from Linz to Graz.
The seminar is brought forward by a week.""",
        "Seminar",
    ),
    _one_sided(
        "added",
        "Each member has one vote; members in arrears for more than three months have none.",
        """Members in arrears for more than three months lose their vote.
A voting rule is introduced.
Jedes Mitglied hat nun ausdrücklich eine Stimme.
Mitglieder mit mehr als drei Monaten Rückstand dürfen nicht abstimmen.
Voting rights are spelled out for the first time.""",
        """Members in arrears for more than six months lose their vote.
The sentence on votes was deleted.""",
        "Votes",
    ),
    _one_sided(
        "removed",
        "The Contractor may use subcontractors only with the Client's written consent.",
        """Subcontractors no longer need the client's consent.
The requirement of written consent for subcontracting is dropped.
Der Auftragnehmer darf nun frei Subunternehmer einsetzen.
The client loses control over who does the work.
Der Zustimmungsvorbehalt entfällt.""",
        """A consent requirement for subcontractors was added.
Ein Zustimmungsvorbehalt wurde eingefügt.""",
        "Subcontracting",
    ),
    _changed(
        "The warranty covers parts and labour.",
        "The warranty covers parts only.",
        "and labour",
        "only",
        """Labour is no longer covered by the warranty.
The customer has to pay for labour.
Arbeitskosten sind nicht mehr gedeckt.
The scope of the warranty is narrowed to parts.""",
        """The word "parts" was replaced by "labour and material".""",
        "Warranty",
    ),
    _changed(
        "Population in 2020: 84,312.",
        "Population in 2021: 85,004.",
        "2020: 84,312",
        "2021: 85,004",
        """The population figure is updated to 85,004 for 2021.
There are 692 more inhabitants than the year before.
Die Einwohnerzahl steigt um 0,8 %.
The figure now refers to 2021 rather than 2020.
Population grows from about 84,300 to 85,000.""",
        """The population figure is updated to 85,400.
The figure now refers to 2022.
There are 962 more inhabitants.""",
        "Population",
    ),
    _changed(
        "Members may bring up to two guests free of charge on weekdays.",
        "Members may bring one guest free of charge on weekdays.",
        "up to two guests",
        "one guest",
        """Members may bring only one guest instead of two.
The number of free guests is halved.
One guest fewer is allowed.
Mitglieder dürfen nur noch einen Gast mitbringen.""",
        """Members may bring three guests.
The number of free guests is raised to one.""",
        "Guests",
    ),
    _changed(
        "Der Jahresbeitrag beträgt 120 Euro und ist bis zum 31. März fällig.",
        "Der Jahresbeitrag beträgt 144 Euro und ist bis zum 30. April fällig.",
        "120 Euro und ist bis zum 31. März",
        "144 Euro und ist bis zum 30. April",
        """Der Beitrag steigt um 20 % auf 144 Euro, dafür bleibt ein Monat mehr Zeit.
Mitglieder zahlen künftig 12 statt 10 Euro im Monat.
Die Zahlungsfrist endet nun am 30. April.
The annual fee goes up by EUR 24 and is due 30 days later.
Der Jahresbeitrag wird von 120 auf 144 Euro angehoben.""",
        """Der Beitrag steigt auf 154 Euro.
Der Jahresbeitrag sinkt auf 144 Euro.
Fällig ist er nun am 30. Mai.""",
        "§ 5 Beitrag",
    ),
    _changed(
        "Arbeitsbeginn ist um 8:00 Uhr, die Wochenarbeitszeit beträgt 40 Stunden.",
        "Arbeitsbeginn ist um 9:00 Uhr, die Wochenarbeitszeit beträgt 37,5 Stunden.",
        "8:00 Uhr, die Wochenarbeitszeit beträgt 40",
        "9:00 Uhr, die Wochenarbeitszeit beträgt 37,5",
        """Die Arbeit beginnt eine Stunde später, und die Woche hat 2,5 Stunden weniger.
Working hours fall from 40 to 37.5 a week, and work starts at 9 am.
Gearbeitet wird künftig 37,5 Stunden, ab neun Uhr.
Die Wochenarbeitszeit sinkt.""",
        """Die Wochenarbeitszeit beträgt nun 35 Stunden.
Work starts at 7 am.
Die Wochenarbeitszeit steigt auf 37,5 Stunden.""",
        "§ 3 Arbeitszeit",
    ),
    _one_sided(
        "added",
        "Bei Zahlungsverzug von mehr als 30 Tagen kann der Anbieter den Zugang sperren.",
        """Der Anbieter darf den Zugang nach 30 Tagen Verzug sperren.
Customers who are more than a month late can be locked out.
Eine Sperrmöglichkeit wird eingeführt.
Kunden im Verzug droht nun die Sperre.""",
        """Die Klausel zur Sperre wurde gestrichen.
Der Anbieter darf den Zugang nach 14 Tagen Verzug sperren.""",
        "§ 8 Verzug",
    ),
    _changed(
        "The minimum order quantity is 500 pieces per colour.",
        "The minimum order quantity is 250 pieces per colour.",
        "500",
        "250",
        """The minimum order is cut in half.
Buyers can order smaller lots: 250 pieces per colour suffice.
Die Mindestmenge halbiert sich auf 250 Stück je Farbe.
The threshold drops by 50 %.
Small customers benefit from the lower minimum.""",
        """The minimum order is doubled to 250 pieces.
The minimum order is 350 pieces per colour.
Die Mindestmenge steigt von 250 auf 500 Stück.""",
        "Orders",
    ),
    _changed(
        "Claims must be filed with the court in Lyon.",
        "Claims must be filed with the court in Nantes.",
        "Lyon",
        "Nantes",
        """The place of jurisdiction moves from Lyon to Nantes.
Plaintiffs have to go to another court.
Gerichtsstand ist nun Nantes.
Nantes replaces Lyon as the venue.""",
        """The place of jurisdiction moves from Nantes to Lyon.
The place of jurisdiction moves from Lyon to Paris.""",
        "Jurisdiction",
    ),
    _one_sided(
        "removed",
        "The Supplier provides a spare unit free of charge within 48 hours.",
        """There is no longer a free spare unit.
The buyer loses the right to a spare within two days.
Das kostenlose Ersatzgerät entfällt.
The supplier is freed from providing replacements at its own cost.""",
        """The clause on a free spare unit was added.
The removed promise was to deliver a spare within 24 hours.""",
        "Service",
    ),
)
