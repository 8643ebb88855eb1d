"""A framework in a line, for whoever has to choose one: what it is for, how large it is, what it says of itself."""

from __future__ import annotations

import re

from evallib.model.framework import Framework
from evallib.model.table_words import CHOICES
from evallib.model.words import Words, listed, words
from evallib.say.numbers import plain
from evallib.say.sentences import sentence


def made_for(framework: Framework) -> Words:
    """What it is made for: departments, projects, policies; anything where it does not say."""
    return listed(CHOICES[kind] for kind in framework.kinds) if framework.kinds else sentence("pages.framework.anything")


def version(framework: Framework) -> Words:
    """Which version of it this is, as people call it: by its first year."""
    return sentence("pages.framework.version", year=framework.first_year)


def size(framework: Framework) -> Words:
    """How many indicators it has, and whether those of the department's own come to them."""
    opened = any(section.own_rule for section in framework.sections)
    return sentence(f"pages.framework.{'counted_and_own' if opened else 'counted'}", count=len(framework.indicators))


def about(framework: Framework) -> Words:
    """The first sentence of its note."""
    english = re.split(r"(?<=[.])\s", framework.note_en or framework.note, maxsplit=1)[0]
    return words(re.split("(?<=。)", framework.note, maxsplit=1)[0], english)


def choice(framework: Framework) -> Words:
    """A line of a list of frameworks to choose from."""
    points, made = plain(framework.points), made_for(framework)
    return sentence("pages.framework.choice", id=framework.id, name=framework.words, made_for=made, points=points, size=size(framework))
