"""The words by which text speaks to a model, each with what it weighs: see `addressed.py`."""

from __future__ import annotations

import re
from typing import NamedTuple


class Sign(NamedTuple):
    weight: int
    pattern: str
    """In which white space means nothing; compiled when a page needs it, since that takes a while."""


_AI = (
    r"(?:a\.?i\.?\b(?:[ -](?:model|assistant|agent|system|reviewer|reader|tool)s?)?"
    r"|(?:large\ )?language\ models?|llms?\b"
    r"|(?:virtual|digital)\ assistants?\b|assistants?\b(?=\W{0,2}(?:[.,:;!]|$|(?:and|that|who|whose|named"
    r"|reading)\b))|chat-?bots?|chatgpt|claude|gpt(?:-\w+)?\b|gemini|copilot)"
)
_UP_TO = r"(?:[\w'’-]+\W{1,3}){0,%d}?"
"""So many words between two others."""

SIGNS = (
    # What only chat templates and tool calls hold.
    Sign(
        3,
        r"<\|\ ?(?:im_start|im_end|endoftext|system|user|assistant|start_header_id|end_header_id|eot_id"
        r"|begin_of_text)"
        r"\ ?\|>|\[/?inst\]|<</?sys>>|<(?:start|end)_of_turn>|</?(?:antml:)?(?:function_calls|invoke|tool_use"
        r"|tool_call"
        r"|tool_result|function_results|system-reminder|system_prompt|system)\b[^<>]{0,80}>",
    ),
    Sign(
        2,
        r"(?:\#{2,}|\*{2}|={2,}|\[)\ ?(?:system|new|developer|admin)\ ?(?:prompt|message|instructions?"
        r"|override)\b",
    ),
    Sign(
        3,
        r"(?:^|[.!?>\])]\ )(?:system|assistant|developer)\ ?:\W{0,3}(?:ignore|disregard|forget|override|reply|respond"
        r"|say|answer|output|print|you\ (?:are|must|will)|call|execute|delete|from\ now\ on|act\ as|pretend)\b",
    ),
    Sign(
        2,
        r"\bignore\ (?:the\ user|everything\ (?:above|before|else)|all\ (?:text|content)|the\ (?:above|text\ above))\b",
    ),
    Sign(2, r"\b(?:call|invoke|execute|run)\ (?:the\ )?(?:[a-z]+_\w+|\w+\(\))"),
    Sign(2, r"\b(?:new|updated|hidden|secret)\ (?:system\ )?(?:instructions?|prompt)\ ?:"),
    # English: what is asked of whoever follows instructions.
    Sign(
        3,
        r"\b(?:ignore|disregard|forget|override|bypass|discard|(?:do\ not|don['’]t|stop)\ follow(?:ing)?)\W{1,3}"
        r"(?!(?:\w+\W+){0,3}(?:our|my|his|her|their|its)\b)"
        + _UP_TO % 4
        + r"(?:previous|prior|above|earlier|preceding|foregoing|all|any|your|system|existing|original)\W{1,3}"
        + _UP_TO % 3
        + r"(?:instructions?|prompts?|directives?|guidelines|commands|programming|training)\b"
        r"(?!\W{1,3}(?:dated|of|regarding|concerning|from|sent|issued|in|on|to\ pay|as\ to|about|received"
        r"|given\ by)\b)",
    ),
    Sign(
        1,
        r"\b(?:ignore|disregard|forget)\b.{0,40}\b(?:instructions?|prompts?|rules|guidelines|content|text"
        r"|context)\b",
    ),
    Sign(
        3,
        rf"\b(?:you\ are|you['’]re|act\ as|pretend\ to\ be|behave\ as)\ (?:now\ )?(?:an?\ |the\ "
        rf"|my\ )?(?:helpful\ )?{_AI}",
    ),
    Sign(
        3,
        rf"\b(?:(?:attention|dear|hey|hello|hi)[,:!]?\ |(?:note|notice|message|memo|important|instructions?"
        rf"|reminder|warning)"
        rf"\W{{1,3}}(?:to|for)\ )(?:the\ |all\ |any\ |every\ )?(?:{_AI})(?=\W{{0,3}}(?:[:,.!\u2014\u2013-]|$"
        r"|(?:who|that|reading|processing|parsing|summari|you|please|must|do\ not|only)\b))",
    ),
    Sign(3, rf"\bif\ you\ are\ (?:an?\ |the\ )?(?:{_AI}|automated|machine|bot)\b"),
    Sign(2, rf"\b(?:for|to)\ (?:the\ |all\ |any\ )?{_AI}\ ?(?:only|reviewers?)?\ ?:"),
    Sign(1, rf"\bas\ an?\ {_AI}"),
    Sign(
        3,
        r"\b(?:reveal|print|show|output|repeat|leak|disclose|ignore|forget"
        r"|your)\W{1,3}" + _UP_TO % 4 + r"system\ prompt",
    ),
    Sign(1, r"\bsystem\ prompt\b|\bjailbreak|\bdeveloper\ mode\b"),
    Sign(
        2,
        r"\b(?:do\ not|don['’]t|never)\ (?:mention|reveal|tell|disclose|report|show|inform|repeat)\W{1,3}"
        + _UP_TO % 4
        + r"(?:the\ user|users?\b|this\ (?:instruction|message|text|note|prompt|paragraph|sentence|to)"
        r"|these\ instructions)",
    ),
    Sign(2, r"\b(?:respond|reply|answer|output|say|print|write)\ (?:only|exactly|solely|just)\b"),
    Sign(2, r"\bonly\ (?:respond|reply|answer|output|say)\b"),
    Sign(
        1,
        r"\b(?:respond|reply|answer|output|state|say)\b.{0,60}\b(?:and\ nothing\ else|instead"
        r"|no\ matter\ what)\b",
    ),
    Sign(
        2,
        r"\b(?:when(?:ever)?|while|before|after)\ (?:you\ )?(?:summari[sz]|extract|transcrib|translat|pars"
        r"|analy[sz]|answer|"
        r"quot|cit)\w*\W.{0,60}\b(?:document|page|file|pdf|table|text|paper|question)s?\b.{0,40}?\b(?:always"
        r"|never|must|do\ not|"
        r"replace|state|report|say|add|change|omit|write|answer|use|claim)\b",
    ),
    Sign(
        2,
        r"\b(?:send|post|upload|e-?mail|forward|exfiltrate)\b.{0,50}\b(?:conversation|chat\ history|api\ keys?"
        r"|credentials|"
        r"system\ prompt|user['’]?s?\ (?:data|files|password))\b",
    ),
    Sign(2, r"\b(?:call|invoke|use|run)\ (?:the|your)\ (?:[\w-]+\ )?(?:tool|function|plugin)s?\b"),
    Sign(
        1,
        r"\b(?:positive\ review\ only|recommend\ (?:this|the)\ (?:candidate|applicant|paper)"
        r"|do\ not\ highlight\ any)\b",
    ),
    # Other languages: what is to be ignored; who is spoken to.
    Sign(
        3,
        r"\b(?:ignorier\w*|missacht\w*|vergiss|vergessen\ sie|übergeh\w*)\W{1,3}(?!(?:\w+\W+){0,3}(?:unsere"
        r"|meine)\w*\b)"
        + _UP_TO % 4
        + r"(?:vorherig|bisherig|vorangehend|vorangegangen|obig|früher|alle|deine|sämtliche|ursprünglich)\w*\W{1,3}"
        + _UP_TO % 3
        + r"(?:anweisung|instruktion|befehl|prompt|vorgaben)\w*\b(?!\W{1,3}(?:vom|zur|zum|des|der|aus|bezüglich)\b)",
    ),
    Sign(
        3,
        r"\b(?:du\ bist|sie\ sind)\ (?:nun\ |jetzt\ |ab\ sofort\ )?(?:eine?\ )?(?:ki\b|künstliche\ intelligenz"
        r"|(?:\w+-)?"
        r"sprachmodell|(?:ki-)?assistent\b|chatbot)",
    ),
    Sign(
        3,
        r"\b(?:hinweis|achtung|anweisung(?:en)?|nachricht|wichtig)\W{1,3}(?:(?:für|an)\ )?(?:die\ |das\ "
        r"|alle\ )?"
        r"(?:ki\b(?:-\w+)?|sprachmodelle?|llms?\b)",
    ),
    Sign(2, r"\b(?:antworte|antworten\ sie|gib|schreibe)\ (?:nur|ausschließlich)\b"),
    Sign(2, r"\b(?:erwähne|verrate|sage)\W{1,3}" + _UP_TO % 4 + r"(?:nutzer|benutzer|nicht)"),
    Sign(
        3,
        r"\b(?:ignor(?:e|ez|er)|oubli(?:e|ez|er)|ne\ (?:tiens|tenez)\ pas\ compte|fai(?:s|tes)\ abstraction)\W{1,3}"
        r"(?!(?:\w+\W+){0,3}(?:nos|mes)\b)"
        + _UP_TO % 4
        + r"(?:instructions?|consignes?|directives?|prompts?)\W{1,3}"
        + _UP_TO % 2
        + r"(?:précédent|antérieur|ci-dessus|initial|d['’]origine|système)\w*(?!\W{1,3}(?:du|de|relatives)\b)",
    ),
    Sign(
        3,
        r"\b(?:tu\ es|vous\ êtes)\ (?:maintenant\ |désormais\ )?(?:une?\ )?(?:ia\b|intelligence\ artificielle"
        r"|modèle\ de\ langage"
        r"|assistant\ (?:ia|virtuel)|chatbot)",
    ),
    Sign(
        3,
        r"\b(?:message|note|instructions?|attention)\W{1,3}(?:(?:pour|à|aux|destinées?\ à)\ )?(?:l['’]"
        r"|les\ |toute\ )?"
        r"(?:ia\b|llms?\b|modèles?\ de\ langage)",
    ),
    Sign(2, r"\b(?:réponds|répondez)\ (?:uniquement|seulement)\b"),
    Sign(
        3,
        r"\b(?:ignor[ae]n?|olvid[ae]n?|ha(?:z|ga)\ caso\ omiso\ de|no\ sigas?"
        r"|descarta)\W{1,3}(?!(?:\w+\W+){0,3}(?:nuestras?|mis)\b)"
        + _UP_TO % 4
        + r"(?:instrucciones|indicaciones|directrices|prompts?)\W{1,3}"
        + _UP_TO % 2
        + r"(?:anterior|previ|precedent|de\ arriba|del\ sistema)\w*(?!\W{1,3}(?:del?|sobre)\b)",
    ),
    Sign(
        3,
        r"\b(?:eres|usted\ es)\ (?:ahora\ )?(?:una?\ )?(?:ia\b|inteligencia\ artificial"
        r"|modelo\ de\ lenguaje|chatbot"
        r"|asistente\ (?:de\ ia|virtual))",
    ),
    Sign(2, r"\b(?:responde|responda)\ (?:solo|sólo|únicamente)\b"),
    Sign(
        3,
        r"\b(?:ignora(?:te|re)?|dimentica(?:te)?"
        r"|non\ tenere\ conto\ del)\w{0,3}\W{1,3}(?!(?:\w+\W+){0,3}(?:nostre|mie)\b)"
        + _UP_TO % 4
        + r"(?:istruzioni|direttive|indicazioni|prompt)\W{1,3}"
        + _UP_TO % 2
        + r"(?:precedent|anterior|iniziali|di\ sistema)\w*(?!\W{1,3}(?:del|di)\b)",
    ),
    Sign(
        3,
        r"\b(?:sei|lei\ è)\ (?:ora\ |adesso\ )?(?:un['’]?a?\ ?)?(?:ia\b|intelligenza\ artificiale"
        r"|modello\ linguistico|chatbot)",
    ),
    Sign(2, r"\brispond(?:i|ete)\ (?:solo|soltanto|esclusivamente)\b"),
    Sign(
        3,
        r"\b(?:ignor[ae]m?|esqueça|desconsidere)\W{1,3}(?!(?:\w+\W+){0,3}(?:nossas|minhas)\b)"
        + _UP_TO % 4
        + r"(?:instruções|orientações|comandos|prompts?)\W{1,3}"
        + _UP_TO % 2
        + r"(?:anterior|prévi|acima|do\ sistema)\w*",
    ),
    Sign(
        3,
        r"\b(?:você\ é|tu\ és)\ (?:agora\ )?(?:uma?\ )?(?:ia\b|inteligência\ artificial"
        r"|modelo\ de\ linguagem|chatbot)",
    ),
    Sign(
        3,
        r"\b(?:negeer|vergeet)\W{1,3}(?!(?:\w+\W+){0,3}(?:onze|mijn)\b)"
        + _UP_TO % 4
        + r"(?:vorige|voorgaande|eerdere|bovenstaande|alle|jouw)\W{1,3}"
        + _UP_TO % 2
        + r"(?:instructies|opdrachten|aanwijzingen|prompts?)\b",
    ),
    Sign(3, r"\b(?:je|jij|u)\ bent\ (?:nu\ )?(?:een\ )?(?:ai\b|kunstmatige\ intelligentie|taalmodel|chatbot)"),
    Sign(
        3,
        r"\b(?:z?ignoruj|pomiń|zapomnij\ o)\w*\W{1,3}"
        + _UP_TO % 4
        + r"(?:poprzedni|wcześniejsz|powyższ|wszystki)\w*\W{1,3}"
        + _UP_TO % 2
        + r"(?:instrukcj|poleceni|polece|prompt)\w*",
    ),
    Sign(3, r"\bjesteś\ (?:teraz\ )?(?:sztuczną\ inteligencją|modelem\ językowym|asystentem\ ai|chatbotem)"),
    Sign(
        3,
        r"\b(?:ignorera|bortse\ från|glöm|ignorér|ignorer|glem)\W{1,3}"
        + _UP_TO % 3
        + r"(?:tidigare|föregående|alla|tidligere|foregående|alle)\W{1,3}"
        + _UP_TO % 2
        + r"(?:instruktioner|anvisningar|instrukser|instruksjoner)\b",
    ),
    Sign(
        3,
        r"(?:про)?(?:игнорируй|игнорировать|забудь)\w*\W{1,3}"
        + _UP_TO % 4
        + r"(?:предыдущ|прежн|вышеуказанн|все)\w*\W{1,3}"
        + _UP_TO % 2
        + r"(?:инструкци|указани|команд|промпт)\w*",
    ),
    Sign(
        3,
        r"\b(?:ты|вы)\W{1,3}(?:теперь\W{1,3})?(?:искусственный\ интеллект|языковая\ модель|ии\b"
        r"|ассистент\b|чат-бот)",
    ),
    Sign(
        3,
        r"(?:忽略|无视|無視|忘记|忘記|不要理会|不要遵守)[^。！？]{0,10}(?:之前|以上|先前|上述|前面|所有|全部)[^。！？]{0,8}"
        r"(?:指令|指示|提示词|提示|命令)",
    ),
    Sign(3, r"你(?:现在|現在)?是(?:一个|一個|一名)?(?:ai|人工智能|人工智慧|语言模型|語言模型|大模型)"),
    Sign(
        3,
        r"(?:以前|これまで|上記|以上|前|すべて|全て)の?[^。]{0,8}(?:指示|命令|プロンプト)[^。]{0,6}(?:無視|忘れ)",
    ),
    Sign(3, r"あなたは[^。]{0,6}(?:ai|人工知能|言語モデル|アシスタント)です"),
    Sign(2, r"系统提示词?|系統提示|システムプロンプト|시스템\s?프롬프트"),
    Sign(3, r"(?:이전|위의|앞의|모든)[^.。]{0,8}(?:지시|명령|프롬프트)[^.。]{0,8}(?:무시|잊)"),
)

STEMS = re.compile(
    r"<\||\[/?inst|<<|_of_turn|</?(?:antml:)?(?:function|invoke|tool|system)|instru|prompt|\bai\b|a\.i\.|\bllm"
    r"|language model"
    r"|assistant|chat-?bot|chatgpt|claude|\bgpt|gemini|copilot|guideline|directive|jailbreak|developer mode"
    r"|programming"
    r"|the user|nothing else|(?:system|assistant|developer) ?:|everything (?:above|before)"
    r"|this (?:text|message|note|sentence|paragraph)|anweisung|befehl|vorgaben"
    r"|sprachmodell|\bki\b|consigne|\bia\b|modèle de langage"
    r"|indica[cz]ion|direttive|istruzioni|modello linguistico|orienta|comandos|modelo de l|inteligência|inteligencia"
    r"|intelligen|opdrachten|aanwijzing|taalmodel|polece|инструкц|указан|команд|промпт|языковая|ассистент|指令|指示|提示"
    r"|命令|人工|语言模型|語言模型|大模型|プロンプト|言語モデル|アシスタント|지시|명령|프롬프트"
)
"""Without any of which nothing speaks to a model: most pages have none, or few."""

DISCUSSED = re.compile(
    r"prompt.?injection|jailbreak(?:s|ing)\b|attack|adversar|malicious|\bsuch as\b|for example|\be\.g\."
    r"|\bexamples?\b|phrases? like"
    r"|angriff|zum beispiel|\bz\.\s?b\.|beispiel|attaque|par exemple|ataque|por ejemplo|por exemplo|attacc"
    r"|esempio|aanval"
    r"|bijvoorbeeld|攻击|攻撃|例如|例えば"
)
