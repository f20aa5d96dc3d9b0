"""The conditions of the table's rows: each looks at one case and returns whether the row fits."""

from __future__ import annotations

from collections.abc import Callable

from gateway.core.intent.about import About, Verdict, about
from gateway.core.intent.facts import Case
from gateway.core.words.commands import No, Safe, Yes
from gateway.core.words.occasions import Occasion
from gateway.core.words.reading import DeskAnswer
from gateway.core.words.replies import Reply

OF_ONESELF = frozenset({Reply.ON_DUTY, Reply.OFF_DUTY, Reply.LEAVE, Reply.POSITION})  # answers that need no incident
YES_OR_NO = {Reply.ACCEPT: True, Reply.EN_ROUTE: True, Reply.DECLINE: False}  # a volunteer's answer is a yes or a no


def always(case: Case) -> bool:
    """Return True: the row fits every text of its senders."""
    return True


def means(*kinds: type) -> Callable[[Case], bool]:
    """Return a condition: the text, read as a citizen's, is one of these commands or a panic."""
    return lambda case: isinstance(case.reading.meaning, kinds)


def means_while_open(*kinds: type) -> Callable[[Case], bool]:
    """Return a condition: the text is one of these commands or a panic, and the sender's phone believes that an
    incident of theirs is open."""
    return lambda case: case.open.believed and isinstance(case.reading.meaning, kinds)


def reply_of(case: Case) -> Reply | None:
    """Return the reply that the text holds if an officer, a desk or a volunteer sent it."""
    return case.reading.answer.reply if case.reading.answer is not None else None


def verdict_of(case: Case) -> Verdict | None:
    """Return which incident the answer in the text is about: the one whose code it names, else as
    `gateway.core.intent.about` says. None for a text without an answer."""
    said = case.reading.answer
    if said is None:
        return None
    if said.code is None:
        return about(said.reply, case.open.duties, case.open.told)
    named = any(duty.code == said.code for duty in case.open.duties)
    return Verdict(About.TAKE, said.code) if named else Verdict(About.NOTHING)


def _calls_back_up(case: Case) -> bool:
    """Return whether BANTUAN, which is also a cry for help, can call for back-up: only somebody who has accepted can;
    from others it is their own panic."""
    if reply_of(case) is not Reply.BACKUP or case.reading.officer_panic is None:
        return True
    verdict = verdict_of(case)
    code = verdict.code if verdict is not None else ""
    return any(duty.accepted and duty.code == code for duty in case.open.duties)


def answers_a_duty(case: Case) -> bool:
    """Return whether the text answers for an incident that this phone was alerted for or told of. What would only be
    noted there is no answer of somebody who needs help: their words are about themselves."""
    verdict = verdict_of(case)
    if verdict is None or verdict.about is About.NOTHING or reply_of(case) is Reply.REOPEN:
        return False
    return (verdict.takes or not case.open.in_need) and _calls_back_up(case)


def steps_in(case: Case) -> bool:
    """Return whether the text answers, by its code, for an open incident that this phone was not alerted for."""
    return reply_of(case) is not None and case.open.elsewhere and _calls_back_up(case)


def not_safe_yet(case: Case) -> bool:
    """Return whether somebody says that they are not safe yet, after a closing without proof."""
    return case.open.closed_unproven and not case.open.believed and case.reading.says_not_yet


def opens_again(case: Case) -> bool:
    """Return whether the text is BUKA with a code."""
    return reply_of(case) is Reply.REOPEN and case.reading.code is not None


def speaks_as_officer(case: Case) -> bool:
    """Return whether the text is neither a cry, nor from somebody in need, nor from a citizen who has nothing to
    answer."""
    needs_nothing = case.reading.officer_panic is None and not case.open.in_need and not not_safe_yet(case)
    return needs_nothing and bool(case.open.duties or not case.sender.citizen)


def helps(case: Case) -> bool:
    """Return whether the text is a yes or no of a volunteer. A volunteer who needs help, or whom we asked back, answers
    that first, unless they name the code."""
    said = case.reading.answer
    if said is None or said.reply not in YES_OR_NO or case.reading.panic is not None:
        return False
    if said.code is None:
        return bool(case.open.helps) and not case.open.in_need
    return said.code in case.open.helps


# --- uncertain calls --------------------------------------------------------------------------------------------------


def answers_a_call(case: Case) -> bool:
    """Return whether a responder answers an uncertain call by its code, and does not cry for help beside it."""
    return case.open.names_call and case.reading.desk_answer is not None and not case.reading.cries_beside


def answers_some_call(case: Case) -> bool:
    """Return whether a desk's answer has no code while uncertain calls wait there: nobody can tell which it means."""
    if not (case.sender.desk and case.open.desk_asked and case.reading.code is None):
        return False
    said = case.reading.desk_answer
    if said is None or case.reading.cries_beside:
        return False
    if said is DeskAnswer.EMERGENCY and not case.reading.is_bare_emergency:
        return False  # "TOLONG" from a desk is its own panic
    return said is not DeskAnswer.LOOK or not any(duty.accepted for duty in case.open.duties)


def says_yes(case: Case) -> bool:
    """Return whether the text is a yes to our question of the last 30 minutes."""
    return (case.open.asked_back or case.open.asked_lately) and case.reading.says_yes


def says_no(case: Case) -> bool:
    """Return whether the text is a no to our open question. AMAN without a PIN, "salah kirim", is one too."""
    return case.open.asked_back and not case.open.believed and _is_no(case)


def says_no_before(case: Case) -> bool:
    """Return whether the text is a no that was sent before the question which it would settle."""
    return says_no(case) and case.open.before_question


def says_no_while_open(case: Case) -> bool:
    """Return whether the text is a no of somebody whose phone believes that an incident of theirs is open."""
    return case.open.believed and isinstance(case.reading.meaning, No)


def _is_no(case: Case) -> bool:
    meaning = case.reading.meaning
    return isinstance(meaning, No) or (isinstance(meaning, Safe) and meaning.pin is None)


def speaks_to_the_line(case: Case) -> bool:
    """Return whether the text is STOP or START alone, and its sender waits for no help of ours."""
    return case.reading.occasion is Occasion.STOP and not case.open.believed


def says_more(case: Case) -> bool:
    """Return whether somebody whom we asked writes on: what is neither a no nor a command is a yes."""
    return case.open.asked_back and case.reading.command is None and case.reading.occasion is not Occasion.STOP


def follows_the_closing(case: Case) -> bool:
    """Return whether thanks, AMAN without a PIN, or a yes or no comes after an incident was closed."""
    if not case.open.closed_lately or case.open.believed:
        return False
    return case.reading.occasion is Occasion.THANKS or isinstance(case.reading.meaning, Yes) or _is_no(case)


def answers_nothing(case: Case) -> bool:
    """Return whether a yes or no stands alone while we have asked nothing within 30 minutes."""
    return not case.open.asked_lately and isinstance(case.reading.meaning, Yes | No)


def needs_nobody(case: Case) -> bool:
    """Return whether the text is on the closed list of what is clearly no emergency."""
    return case.reading.occasion is not None
