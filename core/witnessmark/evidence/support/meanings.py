"""Groups of words that can mean the same in documents, a group a line; a line that begins with `+` goes on with it."""

from __future__ import annotations

ENGLISH = """
begin start commence launch open introduce live
end terminate termination cancel cancellation expire expiry finish over conclude cease stop
price cost fee charge expense costly expensive
buy purchase acquire acquisition takeover buyer purchaser customer
sell sale seller vendor supplier sold dispose
agreement contract deal accord lease policy
law legal jurisdiction statute
employee staff worker personnel workforce headcount employ job people
company firm business enterprise group corporation
increase rise grow growth climb gain higher up raise more large expand larger improve surge upward
decrease decline reduce reduction drop fall shrink lower down cut less fewer small halve rare diminish smaller
salary wage remuneration pay compensation
rent lease tenancy rental
tenant lessee renter
landlord lessor owner
duration period term last run length
car vehicle automobile
illness disease sickness ill sick
revenue turnover sale income
profit earning income result margin
liable responsible liability answer responsibility
forbid prohibit ban disallow
allow permit permission may entitle authorise authorize permissible let
goal aim objective target purpose
holiday vacation leave
secret confidential secrecy confidentiality disclose nondisclosure private
warranty guarantee warrant guaranteed
apply govern applicable valid
approve approval consent agree permission agreement accept adopt carry authorise authorisation okay
reject refuse decline deny oppose turn
pay payment payable settle owe due debt remit reimburse bear receive
return refund repay give back reimburse hand
flat apartment premises dwelling home house property room unit building
repair fix remedy maintain maintenance mend restore
defect fault defective faulty flaw damage broken failure
damage loss harm ruin destroy
write written writing
notify notification notice inform tell report announce declare warn warning communicate advise
monthly month
yearly annual annually year
weekly week
daily day
quarter quarterly
half halve six
immediate immediately prompt promptly
deliver delivery ship transport transportation ship shipment supply bring carriage freight
work working operate function run conform perform performance
obligation duty must oblige require requirement need necessary shall compulsory mandatory
right entitle entitlement
limit cap maximum restrict ceiling exceed bound most limited
minimum least
insure insurance insurer cover coverage insured policy policyholder
exclude exclusion exception except exempt
include inclusive part contain comprise
additional extra separate separately further plus top
premium fee contribution
theft steal burglary stolen
flood flooding water
fire burn blaze
compensate compensation indemnify reimburse pay indemnity cover
claim demand case
money cash fund sum amount
wall paint repaint
clean swept
visit enter entry access inspect come
animal pet dog cat
inspect examine check examination inspection review test
install installation use workstation computer device
software program programme application
copy duplicate backup
modify alter change amend adapt adjust alteration amendment modification
transfer assign pass assignment hand transferable
date day time
early ahead advance before prior front previous
late overdue delay arrears
board director committee management
meeting session meet sitting
minute record protocol
vote support oppose motion ballot favour carry
propose proposal recommend suggest recommendation motion suggest
shareholder investor owner stockholder
dividend payout distribution distribute
strengthen build reinforce
expect anticipate forecast predict outlook assume expectation estimate foresee project
slight slightly little somewhat
change remain unchanged stay constant stable same steady keep
plant factory site works facility
accident incident
death die fatal fatally kill mortality
audit auditor
account statement accounts
consolidated group
restructure restructuring reorganisation reorganization
redundancy layoff dismiss dismissal lay off redundant job fire
debt indebtedness borrow loan liability
loan lend borrow lent credit
interest rate
complain complaint grievance
system software
reserve savings saving
exhaust use run deplete
offer quote quotation bid tender
obtain get collect receive procure acquire
seek look search
postpone move delay reschedule defer shift
close closed shut
member membership
youth young junior children child
absent absence apology present attend attendance
next again following subsequent
court tribunal judge competent
dispute disagreement conflict litigation
negligence negligent careless
control influence reasonable
excuse liable
invoice bill billing
support help assistance service
weekend saturday sunday weekday monday friday
expire lapse
extend renew prolong renewal extension
automatic automatically itself
suspend suspension pause stop
remind reminder dunning
valuable jewellery jewelry jewel valuables
safe vault
belonging content possession item good
bicycle bike cycle
night evening pm
cellar basement
lock locked unlocked
index price inflation consumer
own ownership title belong owner property
risk danger hazard
sign signing signature execute conclude
balance remainder rest instalment installment final
penalty fine liquidated
free gratis cost charge
part component piece
replace replacement exchange substitute
train training teach instruct course
travel trip journey
operator employee user
silent silence fail
visible obvious apparent evident
whole full entire complete total fully all
both either party side
gross net
customer client buyer licensee purchaser
supplier provider seller vendor contractor licensor
mainly mostly primarily principally chiefly drive due owing because cause reason push
demand request order
weigh burden affect impact
previous last prior year
share proportion percentage percent
big large major substantial significant great
new recent modern
boat ship vessel oar boathouse
purpose reason intend
meanwhile during throughout
comply compliance meet fulfil fulfill observe adhere
breach violate violation infringe
electricity energy power
document documentation manual file paper
delete remove erase deletion removal
data information
keep retain store retention hold maintain
person individual people somebody someone anyone
child minor
school education teacher pupil student
doctor physician medical patient
medicine drug medication
vaccine inoculate vaccination immunise
build construct construction building erect
road street highway
train rail railway
city town municipality council municipal
mayor head chair chairman chairwoman chairperson president lead leader
found establish set create foundation establishment
choose elect select appoint appointment election name
resign step quit leave depart
win award victory
measure measurement gauge
weight heavy weigh
long length
wide width
tall high height
temperature heat warm hot heating
rain precipitation wet
cold frost freeze
produce make manufacture production output
export import trade
study research investigate investigation survey
find result show finding reveal
author write writer
publish issue release publication
translate translation
speak speech say state tell
""".strip()

GERMAN = """
beginnen anfangen starten start beginn anfang aufnehmen aufnahme einfuehrung einfuhren
ende enden beenden beendigung ablauf ablaufen auslaufen schluss vorbei erlöschen vertragsende
kündigen kündigung kündbar entlassen entlassung
preis kosten kostet entgelt gebühr betrag teuer teurer aufwand kostenvoranschlag
kaufen kauf erwerben erwerb übernehmen übernahme käufer erwerber kunde
verkaufen verkauf verkäufer veräußern veräußerung lieferant
vertrag vereinbarung abkommen mietverhältnis arbeitsverhältnis vertragsschluss mietvertrag
gesetz recht rechtlich
arbeitnehmer beschäftigte belegschaft mitarbeiter personal angestellte arbeitnehmerin bediener
unternehmen gesellschaft firma betrieb konzern gmbh
steigen stieg zunehmen zunahme wachsen wachstum erhöhen erhöhung anheben anhebung größer plus mehr verbessern
+ besser höher anstieg zuwachs
sinken sank fallen abnehmen abnahme zurückgehen rückgang verringern senken senkung kleiner minus weniger
+ verschlechtern schrumpfen niedriger reduzieren halbieren seltener selten halb
gehalt lohn vergütung vergüten bezahlung auszahlen ausbezahlen
miete mietzins mieten monatsmiete
mieter
vermieter
dauer dauern laufzeit laufen läuft frist zeitraum lang gelten gilt
krank krankheit arbeitsunfähigkeit krankmeldung
umsatz erlös einnahme umsätze
gewinn ergebnis ertrag betriebsergebnis überschuss
haften haftung verantwortlich
verbieten verboten untersagen
erlauben erlaubt erlaubnis gestatten gestattet zulässig dürfen darf genehmigung genehmigen
zustimmen zustimmung einwilligung einwilligen einverständnis einverstanden erlaubnis genehmigung genehmigen
+ billigen annehmen angenommen annahme stimmen
ablehnen ablehnung verweigern
urlaub ferien resturlaub
geheim geheimnis vertraulich verschwiegenheit stillschweigen weitergeben
gewährleistung garantie
zahlen zahlung bezahlen zahlbar überweisen entrichten entrichtung schulden fällig begleichen erhalten kaution
+ beglichen auszahlen ausschütten ausschüttung
tragen trägt übernehmen übernimmt erstatten last zulasten aufkommen kommt zahlen kosten bezahlen gehen ersetzen
zurückzahlen rückzahlung zurück zurückgeben erstatten abrechnen
wohnung räume mietsache haus raum
reparatur reparieren beheben instandsetzung kleinreparatur beseitigen behoben
mangel fehler defekt mängel
schaden beschädigen beschädigung schadenfall schadenshöhe
schriftlich schriftform schreiben
melden meldung anzeigen anzeige mitteilen mitteilung informieren unterrichten ankündigen ankündigung anmelden
+ berichten
monat monatlich monatsende monatsletzter
jahr jährlich kalenderjahr
woche wöchentlich
tag täglich
quartal vierteljahr
sofort unverzüglich umgehend gleich
liefern lieferung lieferort geliefert anlieferung transport
pflicht verpflichten verpflichtung müssen muss obliegen obliegt bedürfen bedarf erforderlich nötig notwendig
+ brauchen haben voraussetzung
anspruch berechtigt recht zustehen
begrenzen beschränken grenze höchstens maximal höchst begrenzt limit übersteigen
mindestens wenigstens minimum
versichern versicherung versicherer versichert versicherungsschutz deckung decken gedeckt versicherte
+ versicherungsnehmer mitversichert schutz
ausschließen ausgeschlossen ausnehmen ausgenommen ausnahme
enthalten inbegriffen inklusive einschließlich umfassen umfasst
zuzüglich zusätzlich gesondert hinzu daneben neben
prämie beitrag versicherungsbeitrag
diebstahl stehlen einbruch
hochwasser überschwemmung
brand feuer
ersetzen ersatz entschädigung entschädigen zahlen leisten aufkommen kommt
geld bargeld mittel betrag summe rücklage finanzen
streichen malern anstrich
besenrein sauber
betreten besuch zutritt besichtigung
tier kleintier hund katze haustier
untersuchen untersuchung prüfen prüfung prüfer
ändern änderung anpassen anpassung unverändert indexiert
übertragen abtreten abtretung übergehen
vorher vorab voraus vor zuvor vorherig
nachträglich nach nachher danach
verspätet verzug verspätung spät
vorstand leitung geschäftsführung
sitzung treffen versammlung tagung
protokoll niederschrift
antrag vorschlag vorschlagen
stimme abstimmen abstimmung mehrheit
dividende ausschüttung ausschütten
erwarten rechnen prognose ausblick aussicht voraussetzen sofern
leicht etwas gering
bleiben unverändert weiterhin gleich stabil konstant fest
werk fabrik standort
unfall arbeitsunfall
tod tödlich sterben leben gestorben
schuld verschuldung darlehen kredit nettoverschuldung
leihen lieh darlehen verleihen kredit borgen ausleihen
zins verzinsen verzinst zinslos
beschwerde reklamation
rüge rügen beanstanden
aufbrauchen erschöpft neige aufgebraucht
angebot kostenvoranschlag
einholen besorgen beschaffen
suchen suche
verlegen verschieben verschiebt
sperren gesperrt geschlossen
mitglied mitgliedschaft angehören
jugend jugendliche kind jugendabteilung
anwesend anwesenheit entschuldigen abwesend teilnehmen
nächst wieder
gericht gerichtsstand
rechnung abrechnung abrechnen
verlängern verlängerung fortgelten
stillschweigend selbst automatisch
aussetzen ruhen aussetzung
mahnung mahnen
schmuck wertsachen
tresor safe
fahrrad rad
nacht nachts
abschließen abgeschlossen verschlossen schloss
eigentum eigentümer gehören besitz
gefahr risiko
unterzeichnen unterzeichnung unterschreiben vertragsschluss unterschrift
rest restzahlung restlich
anzahlung vorauszahlung
vertragsstrafe strafe pönale
kostenlos unentgeltlich gratis umsonst frei
montage aufbau
schulen schulung unterweisung
reise dienstreise fahrt fahrtkosten reisekosten
ankunft ankommen
sichtbar offen offensichtlich
vollständig ganz alles
beide seite partei
selbstbeteiligung selbstbehalt
wegfallen entfallen entfällt fällt
überstunden mehrarbeit
freizeit zeit
ausgleichen abgelten
nebentätigkeit nebenjob nebenbeschäftigung
attest nachweis bescheinigung
dienstwagen firmenwagen
abnehmen abnahme genehmigt
einhalten erfüllen verstoßen verstoß
auflage bedingung
kassenwart schatzmeister
einschränken uneingeschränkt einschränkung
befristen befristung unbefristet
bestätigen bestätigungsvermerk testat
stark hoch groß nachfrage gefragt
hauptsächlich vor allem wegen grund zurückgehen
strom energie
abschluss jahresabschluss
pächter verpachten pacht
hinterlegen kaution sicherheit
presse maschine
person mensch
kunde auftraggeber besteller käufer
lieferant auftragnehmer anbieter verkäufer
schule lehrer schüler
arzt ärztlich medizinisch
bauen bau errichten
stadt gemeinde kommune
gründen gründung
wählen wahl ernennen
löschen löschung
daten information
aufbewahren speichern speicherung
messen messung
herstellen herstellung produktion
untersuchung studie forschung
""".strip()
