"""English sentences taken apart by rule: subject, verb and the rest, and verbs put in order
for a question. No tagger is needed: auxiliaries and past forms show where the verb is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

AUXILIARIES = frozenset(
    "is are was were has had have can could will would may might should must did does".split()
)
_IRREGULAR = """became:become began:begin bought:buy broke:break brought:bring built:build came:come
chose:choose cost:cost cut:cut died:die drew:draw drove:drive fell:fall felt:feel fought:fight
found:find flew:fly gave:give got:get grew:grow held:hold kept:keep knew:know laid:lay led:lead
left:leave lost:lose made:make meant:mean met:meet paid:pay put:put ran:run read:read rode:ride
rose:rise said:say sang:sing sat:sit saw:see sent:send set:set shot:shoot showed:show sold:sell
sought:seek spent:spend spoke:speak stood:stand struck:strike swept:sweep swore:swear taught:teach
thought:think threw:throw told:tell took:take understood:understand went:go won:win withdrew:withdraw
wore:wear wrote:write underwent:undergo overtook:overtake oversaw:oversee hit:hit hosted:host
married:marry carried:carry studied:study moved:move lived:live served:serve received:receive
produced:produce released:release used:use created:create continued:continue decided:decide
increased:increase introduced:introduce argued:argue announced:announce arrived:arrive
replaced:replace named:name included:include required:require retired:retire managed:manage
proposed:propose completed:complete competed:compete published:publish established:establish
planned:plan stopped:stop occurred:occur referred:refer transferred:transfer controlled:control
acquired:acquire changed:change closed:close caused:cause voiced:voice described:describe
hired:hire merged:merge issued:issue shared:share taped:tape wed:wed described:describe
earned:earn opened:open entered:enter gained:gain played:play appeared:appear reached:reach
joined:join started:start defeated:defeat captured:capture destroyed:destroy discovered:discover
developed:develop designed:design recorded:record returned:return signed:sign toured:tour
performed:perform launched:launch directed:direct composed:compose painted:paint founded:found
visited:visit worked:work attended:attend graduated:graduate finished:finish ended:end
claimed:claim scored:score passed:pass formed:form adopted:adopt refused:refuse declared:declare
invaded:invade resigned:resign starred:star debuted:debut premiered:premiere dropped:drop
contained:contain remained:remain obtained:obtain provided:provide suffered:suffer offered:offer
covered:cover ordered:order called:call followed:follow allowed:allow showed:show won:win
succeeded:succeed recruited:recruit converted:convert reported:report estimated:estimate
invented:invent raised:raise expanded:expand extended:extend granted:grant helped:help
inherited:inherit killed:kill landed:land listed:list noted:note owned:own placed:place
possessed:possess promoted:promote purchased:purchase ranked:rank regained:regain rejected:reject
renamed:rename represented:represent resulted:result ruled:rule settled:settle sponsored:sponsor
supported:support traded:trade trained:train traveled:travel travelled:travel turned:turn
wanted:want adapted:adapt added:add aired:air appointed:appoint asked:ask attacked:attack
awarded:award based:base beat:beat conquered:conquer considered:consider constructed:construct
consisted:consist contributed:contribute crossed:cross dedicated:dedicate dismissed:dismiss
edited:edit elected:elect emerged:emerge emigrated:emigrate employed:employ encountered:encounter
exhibited:exhibit existed:exist explored:explore featured:feature focused:focus"""
PAST = dict(pair.split(":") for pair in _IRREGULAR.split())
_PRESENT = """contains includes serves consists lies provides features remains offers covers flows
runs lives makes takes uses produces receives holds plays stands represents refers describes becomes
begins forms comprises operates publishes belongs hosts houses borders works teaches connects
separates shares sits owns employs supports requires allows means shows appears follows"""
PRESENT = {
    word: {"lies": "lie", "flies": "fly", "passes": "pass", "comprises": "comprise"}.get(
        word,
        word[:-2] if word.endswith(("ches", "shes", "sses")) else word[:-1],
    )
    for word in _PRESENT.split()
}
_LEAD = re.compile(
    r"^(?:In|On|At|By|After|During|Since|From|For|Under|With|Before|Until|Around|As|Throughout|Following|"
    r"Between|Within|Near|Despite|Along with|Because of|According to) (?:[^,]|, \d{4}\b){2,70}?, "
)
_LINKS = re.compile(
    r"^(?:However|Therefore|Also|Then|Thus|Moreover|Furthermore|In addition|For example|Meanwhile|"
    r"Additionally|Later|Finally|Eventually|Today|Currently|Subsequently|As a result|Afterwards?|"
    r"Instead|Nevertheless|But|And|Yet|So|Indeed|Initially|Originally|Historically|Soon after),? "
)
_CUT = re.compile(
    r"; |, (?:and|but|which|who|where|while|when|with|although|though|as|so|because|after|before|making|"
    r"including|becoming|leading|causing|giving|allowing|taking|using|being|having|whose|or)\b| \u2013 | - "
)
PRONOUNS = frozenset(
    "he she it they this these his her its their there who which that i we".split()
)


@dataclass(frozen=True)
class Parts:
    """A clause: what comes first (``In 1956``), subject, auxiliary, verb, the rest."""

    lead: str
    subject: str
    auxiliary: str
    verb: str  # as written, after the auxiliary; empty when the auxiliary is the verb
    rest: str


def clause(sentence: str, keep: str) -> str:
    """The first clause that holds ``keep``, without links in front and full stop behind."""
    text = _LINKS.sub("", sentence).rstrip(". ")
    pieces: list[str] = []
    at = 0
    for cut in _CUT.finditer(text):
        pieces.append(text[at : cut.start()])
        at = cut.start()
    pieces.append(text[at:])
    if keep in pieces[0]:
        return pieces[0]
    held = pieces[0]
    for piece in pieces[1:]:
        held += piece
        if keep in piece:
            return held
    return text


def parts(text: str) -> Parts | None:
    """Subject and verb of a simple clause; ``None`` where they are not plain to see."""
    lead = _LEAD.match(text)
    body = text[lead.end() :] if lead else text
    words = body.split(" ")
    for at, word in enumerate(words[:14]):
        low = word.lower()
        if at == 0:
            continue
        if low in ("who", "which", "that", "whose", "where", "when") or word.endswith(","):
            return None
        known = low in AUXILIARIES or low in PAST or low in PRESENT
        if not known:
            continue
        subject = " ".join(words[:at])
        if low not in AUXILIARIES and any(w.endswith(("ed", "ied")) for w in words[:at]):
            return None
        if low in AUXILIARIES:
            rest = words[at + 1 :]
            return Parts(lead[0] if lead else "", subject, word, "", " ".join(rest))
        if at + 1 < len(words) and words[at + 1] in ("by", "as") and low in PAST:
            return None  # a participle: the town named by ...
        return Parts(lead[0] if lead else "", subject, "", word, " ".join(words[at + 1 :]))
    return None


def inverted(found: Parts, question_word: str, lead: bool = True) -> str:
    """The clause as a question: when + was + it + laid ..., when + did + it + begin ..."""
    subject = lowered(found.subject)
    if found.auxiliary:
        middle = [found.auxiliary, subject]
    elif found.verb.lower() in PRESENT:
        middle = ["does", subject, PRESENT[found.verb.lower()]]
    else:
        middle = ["did", subject, PAST[found.verb.lower()]]
    first = lowered(found.lead.rstrip(", ")) if lead else ""
    return " ".join(piece for piece in (question_word, *middle, found.rest, first) if piece)


def lowered(text: str) -> str:
    """The first word in lower case where it is a determiner or a preposition."""
    first = text.split(" ", 1)[0]
    return text[:1].lower() + text[1:] if first in _LOW else text


_LOW = frozenset(
    """The A An This These His Her Its Their In On At By After During Since From For Under With
Before Until Around As Throughout Following Between Within Near Despite Along Because According
Some Many Most Several Both All Each One Two Three Four Five Such Other Another It He She They""".split()
)

_SAME = (
    ("founded", "established", "created"), ("built", "constructed"), ("died", "passed away"),
    ("published", "released"), ("began", "started"), ("begin", "start"), ("film", "movie"),
    ("located", "situated"), ("received", "got", "was given"), ("finished", "ended"),
    ("approximately", "about", "around"), ("large", "big"), ("city", "town"), ("purchased", "bought"),
    ("area", "region"), ("war", "conflict"), ("constructed", "built"), ("famous", "well known"),
    ("known as", "called"), ("appointed", "named"), ("elected", "chosen"), ("children", "kids"),
    ("captured", "took"), ("destroyed", "ruined"), ("discovered", "found"), ("several", "many"),
    ("company", "firm"), ("author", "writer"), ("music", "songs"), ("moved", "relocated"),
    ("initially", "at first"), ("originally", "first"), ("also", ""), ("however", ""),
    ("become", "turn into"), ("obtain", "get"), ("receive", "get"), ("establish", "found"),
    ("establish", "create"), ("construct", "build"), ("purchase", "buy"), ("release", "publish"),
)  # fmt: skip
SYNONYMS = {group[0]: group[1:] for group in _SAME}
