"""Asking the questions one by one."""

from __future__ import annotations

from collections.abc import Callable

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
    say(
        f"{len(questions)} questions. Type the number of the answer that fits best. Enter: don't "
        "know. b: back. Ctrl-C: stop."
    )
    place = 0
    try:
        while place < len(questions):
            question = questions[place]
            answers = list(question.answers.values())
            say("")
            say(f"{place + 1} of {len(questions)}, {question.theme}")
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
                say(f"Please type a number from 1 to {len(answers)}, Enter or b.")
    except KeyboardInterrupt:
        raise Stopped from None
