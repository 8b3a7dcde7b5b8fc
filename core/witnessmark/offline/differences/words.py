"""Words by which a change is judged: small words, months, negations, words of duty, numbers in letters.

Of the languages that documents of this kind are most often in; a word that is missing here is a word like any other.
"""

from __future__ import annotations

SMALL_WORDS = frozenset(
    "a an the of to in on at by for from with and or as is are was were be been it its this that these those any"
    " all such der die das den dem des ein eine einer eines und oder zu im in von mit auf ist sind le la les de du"
    " des un une et ou en au aux est el los las y o".split()
)
MONTHS = frozenset(
    "january february march april may june july august september october november december jan feb mar apr jun"
    " jul aug sep sept oct nov dec januar februar märz mai juni juli oktober dezember janvier février mars avril"
    " juin juillet août septembre octobre novembre décembre enero febrero marzo abril mayo junio julio agosto"
    " septiembre octubre noviembre diciembre".split()
)
CONJUNCTIONS = frozenset("and or und oder et ou y o e".split())
NEGATIONS = frozenset(
    "not no never none nor neither without cannot except unless nothing nobody nicht kein keine keiner keinem"
    " keinen niemals ohne weder ne pas jamais sans ni aucun aucune non nunca sin ningún ninguna niet geen nooit"
    " zonder não nem sem senza né nie bez nigdy не нет ни без никогда لا ليس لم لن دون 不 未 无 無 没 沒 勿".split()
)
ANSWERS = frozenset(
    "no not never none nothing nobody yes nein nicht nie niemals ja non oui pas jamais sí nunca".split()
)
"""Words that a comma next to them turns: `No, payment is due` is not `No payment is due`."""
DUTIES = frozenset(
    "may shall must will should can could might would muss müssen soll sollen kann können darf dürfen doit"
    " doivent peut peuvent debe deben puede pueden".split()
)
NUMBER_WORDS = frozenset(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million"
    " billion half third quarter once twice double first second third fourth fifth sixth seventh eighth ninth"
    " tenth zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig vierzig fünfzig hundert"
    " tausend deux trois quatre cinq sept huit neuf dix onze douze quinze vingt trente dos tres cuatro cinco seis"
    " siete ocho nueve diez 一 二 三 四 五 六 七 八 九 十 百 千 万 萬 亿 億".split()
)
CURRENCIES = frozenset(
    "eur usd gbp chf jpy cad aud cny inr sek nok dkk pln czk euro euros dollar dollars pounds".split()
)
SYMBOLS = frozenset("%‰$€£¥₹<>=±+°≤≥≈")
"""Signs that change what a figure means."""
