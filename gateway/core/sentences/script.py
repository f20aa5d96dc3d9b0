"""Make the words for the ear: what a call says to an officer.

Everything that a voice might read in its own way is written as words: digits, distances, letters, abbreviations. The
words before a key is pressed hold no name and no number, because a machine may be listening. Names and places are
transliterated as for a text message: a control character would break the XML that a carrier reads.
"""

from __future__ import annotations

from gateway.core import phone
from gateway.core.places import addresses
from gateway.core.sentences.ages import age_parts, how_known, rounded
from gateway.core.sentences.alert_text import AlertFacts, contact_words, kind_words
from gateway.core.sentences.numerals import cardinal, digit
from gateway.core.sentences.phrases import clock_text, say, tidy
from gateway.core.sentences.place_names import names

_GROUP = 4  # digits between two full stops, which is where the voice breathes


def first_words(facts: AlertFacts, language: str, waiting: int = 1) -> str:
    """Return the words that are heard on picking up: what (of the closed list of kinds, never the citizen's words),
    where, how that is known, and the keys; key 2 only where it may be used. Where several incidents wait for this
    phone, their number goes before."""
    return _sentences(
        say("voice.many", language, count=cardinal(waiting, language)) if waiting > 1 else "",
        _warning(facts, language),
        say("voice.emergency", language, code=spell_code(facts.code, language)),
        kind_words(facts.kind, "voice", language),
        _sent(facts, language),
        *_where(facts, language),
        contact_words(facts, "voice", language),
        say(_keys(facts), language),
    )


def first_words_to_a_call(facts: AlertFacts, language: str) -> str:
    """Return the words for a call that bears an officer's number, which anybody can forge: the code, what it is, and
    the keys, but no place, and nothing of quiet or duress; that stands in the text to that phone."""
    return _sentences(
        say("voice.drill", language) if facts.drill else "",
        say("voice.uncertain", language) if facts.uncertain else "",
        say("voice.emergency", language, code=spell_code(facts.code, language)),
        kind_words(facts.kind, "voice", language),
        say(_keys(facts), language),
    )


def accepted_by_call(facts: AlertFacts, language: str) -> str:
    """Return the words after a yes on such a call: where it is stands in the text to that phone."""
    return _sentences(_about("voice.accepted", facts, language), say("voice.by_text", language))


def by_text(language: str) -> str:
    """Return the words that everything else stands in the text to that phone."""
    return say("voice.by_text", language)


def ringing_back(language: str) -> str:
    """Return the words before we hang up and ring that number ourselves."""
    return say("voice.ringing_back", language)


def _keys(facts: AlertFacts) -> str:
    return "voice.keys_text" if facts.offers_text else "voice.keys" if facts.offers_call else "voice.keys_quiet"


def details(facts: AlertFacts, language: str) -> str:
    """Return the words that are heard after 1 or 2: the name and, digit by digit and twice, the number; between them
    what the citizen wrote.

    The number of a quiet incident is not said at all: a person who hears a number dials it.
    """
    told = _sentences(*_who(facts, language))
    return _sentences(
        say("voice.accepted", language, code=spell_code(facts.code, language)),
        _warning(facts, language),
        told,
        *_confided(facts, language),
        say("voice.appear", language) if facts.is_covert else "",
        _said(facts, language),
        say("voice.again", language),
        told,
    )


def text_sent(language: str) -> str:
    """Return the words after key 2 where the person can only be texted: we have asked them to answer by text."""
    return say("voice.text_sent", language)


def already_taken(who: str, facts: AlertFacts, language: str) -> str:
    """Return the words for an officer who picks up, or still listens, when somebody already goes: who that is; 1 is
    still taken, as support."""
    return _sentences(_warning(facts, language), _about("voice.taken", facts, language, who=tidy(who)))


def hand_over(who: str, facts: AlertFacts, language: str) -> str:
    """Return the words for an officer whom the leader, `who`, asks to take over."""
    return _sentences(_warning(facts, language), _about("voice.hand_over", facts, language, who=tidy(who)))


def closed(facts: AlertFacts, language: str) -> str:
    return _about("voice.closed", facts, language)


def noted_decline(language: str) -> str:
    return say("voice.declined", language)


def no_key(facts: AlertFacts, language: str) -> str:
    """Return the words for a call in which nothing was pressed: this is no yes, and how to say yes by text. The code is
    spelled as it is typed."""
    return _about("voice.no_key", facts, language)


def nothing_for_you(language: str) -> str:
    return say("voice.nothing", language)


def connecting(language: str) -> str:
    return say("voice.connecting", language)


def disconnected(language: str) -> str:
    """Return the words after a bridge: they are true whether the citizen hung up, did not answer or could not be
    reached."""
    return say("voice.disconnected", language)


def failed(language: str) -> str:
    """Return the words for a key press behind which something of ours broke: it does not count, and what to do
    instead."""
    return say("voice.failed", language)


def unclear(language: str, bundle: bool = False) -> str:
    """Return the words about a citizen's text that nobody has answered, or about a `bundle` of such texts. The text
    message to the same phone has the citizen's words and the code."""
    return say("voice.bundle" if bundle else "voice.unclear", language)


def proof(reply: str, code: str, digit_key: str, language: str) -> str:
    """Return the question whether an answer that bears this number is theirs. `reply` is the answer's key, `code` the
    incident's, "" for an answer about duty; `digit_key` is the key that says yes."""
    said = say(f"voice.said.{reply}", language)
    about = say("voice.said_code", language, code=spell_code(code, language)) if code else ""
    return say("voice.proof", language, step=" ".join(filter(None, (said, about))), number=digit(digit_key, language))


def phone_test(digit_key: str, language: str) -> str:
    """Return the words of a test call; `digit_key` proves that a human hears it."""
    return say("voice.phone_test", language, number=digit(digit_key, language))


def unclear_noted(language: str) -> str:
    """Return the words after a key about such a text."""
    return say("voice.unclear_noted", language)


def spell_number(number: str, language: str, region: str | None = None) -> str:
    """Return an E.164 number as it is dialled at home, in groups of four: "nol, delapan, satu, dua. tiga, empat, lima,
    enam. …"."""
    words = [
        say("ear.plus", language) if char == "+" else digit(char, language)
        for char in phone.local(number, region)
        if char == "+" or char.isdecimal()
    ]
    groups = (words[start : start + _GROUP] for start in range(0, len(words), _GROUP))
    return " ".join(f"{', '.join(group)}." for group in groups)


def spell_code(code: str, language: str) -> str:
    """Return an incident code letter by letter: "K7Q" -> "ka, tujuh, ki"."""
    letters = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", say("ear.letters", language).split(), strict=True))
    return ", ".join(digit(char, language) if char.isdecimal() else letters.get(char, char) for char in code.upper())


def spoken_distance(metres: float, language: str) -> str:
    """Return metres as words: "delapan ratus meter", "satu koma dua kilometer"."""
    in_kilometres, number = rounded(metres)
    whole = int(number)
    words = cardinal(whole, language)
    if tenth := round((number - whole) * 10):
        words += f" {say('ear.point', language)} {cardinal(tenth, language)}"
    return say("ear.kilometres" if in_kilometres else "ear.metres", language, n=words)


def _warning(facts: AlertFacts, language: str) -> str:
    cautions = {"voice.duress": facts.duress, "voice.quiet": facts.quiet, "voice.not_answered": facts.not_answered}
    hush = next((say(key, language) for key, holds in cautions.items() if holds), "")
    drill = say("voice.drill", language) if facts.drill else ""
    unsure = say("voice.uncertain", language) if facts.uncertain else ""
    return _sentences(drill, unsure, hush)


def _sent(facts: AlertFacts, language: str) -> str:
    """Return when a panic that came late was sent, on the unit's clock."""
    if facts.sent_at is None:
        return ""
    told = clock_text(facts.sent_at, facts.timezone).partition(" ")[0]
    hour, minute = (cardinal(int(part), language) for part in told.split(":"))
    return say("voice.sent", language, hour=hour, minute=minute)


def _where(facts: AlertFacts, language: str) -> list[str]:
    place = names(facts.place or "", facts.around, language, spoken_distance)
    return [
        say("voice.place", language, place=addresses.spell_out(tidy(place))) if place else "",
        ""
        if facts.distance_m is None
        else _capital(say("voice.distance", language, distance=spoken_distance(facts.distance_m, language))),
        _capital(say("voice.known", language, known=_known(facts, language))),
    ]


def _known(facts: AlertFacts, language: str) -> str:
    parts = [how_known(facts.source, None, None, language)]
    if facts.source and facts.radius_m is not None:
        parts.append(say("ear.radius", language, distance=spoken_distance(facts.radius_m, language)))
    if facts.source and facts.age_seconds is not None:
        key, n = age_parts(facts.age_seconds)
        parts.append(say(key, language, n=cardinal(n, language)))
    return ", ".join(parts)


def _who(facts: AlertFacts, language: str) -> list[str]:
    name = say("voice.name", language, name=tidy(facts.name)) if facts.name else ""
    if facts.hushed:
        return [name]
    if facts.phone is None or facts.bare:
        return [name, say("voice.no_number", language)]
    return [name, say("voice.number", language, number=spell_number(facts.phone, language, facts.region))]


def _said(facts: AlertFacts, language: str) -> str:
    words = tidy(facts.words).rstrip(".")
    return say("voice.words", language, words=addresses.spell_out(words)) if words else ""


def _confided(facts: AlertFacts, language: str) -> list[str]:
    """Return the street address and the notes for responders."""
    return [
        say("voice.address", language, place=addresses.spell_out(tidy(facts.address))) if facts.address else "",
        say("voice.notes", language, words=addresses.spell_out(tidy(facts.notes).rstrip("."))) if facts.notes else "",
    ]


def _about(key: str, facts: AlertFacts, language: str, **more: str) -> str:
    return say(key, language, code=spell_code(facts.code, language), **more)


def _sentences(*parts: str) -> str:
    return " ".join(filter(None, parts))


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
