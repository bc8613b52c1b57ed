"""Asking the questions one by one."""

from __future__ import annotations

from collections.abc import Callable

from cgsim.answer.catalogue import word
from cgsim.assess.questions import Questionnaire

BACK = "b"


class Stopped(Exception):
    """Whoever was asked has stopped; what was answered before is kept by the caller."""


def ask(
    asked: Questionnaire,
    given: dict[str, str],
    prompt: Callable[[str], str],
    say: Callable[[str], None],
) -> None:
    """Ask every question in turn and write the answers into ``given``.

    A number answers, Enter is for who does not know, b goes back. What is no answer is asked again.
    Raises ``Stopped`` at Ctrl-C.
    """
    questions = list(asked.questions.values())
    say(word("asking.how", questions=len(questions), back=BACK))
    place = 0
    try:
        while place < len(questions):
            question = questions[place]
            answers = list(question.answers.values())
            say("")
            count = {"place": place + 1, "questions": len(questions)}
            say(word("asking.place", **count, theme=question.theme))
            say(question.text)
            for number, answer in enumerate(answers, 1):
                say(f"{number}  {answer.text}")
            typed = prompt("> ")
            if typed.lower() == BACK:
                place = max(0, place - 1)
            elif not typed:
                given.pop(question.id, None)
                place += 1
            elif typed.isascii() and typed.isdigit() and 1 <= int(typed[:9]) <= len(answers):
                given[question.id] = answers[int(typed) - 1].id
                place += 1
            else:
                say(word("asking.again", answers=len(answers), back=BACK))
    except KeyboardInterrupt:
        raise Stopped from None
