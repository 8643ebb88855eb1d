"""The desk alone in English, driven as in Chinese: from the form that a bureau has to its draft and its page."""

from __future__ import annotations

from pathlib import Path

from tests.browser import test_desk_alone

pytestmark = test_desk_alone.pytestmark


def test_from_the_form_to_its_draft_and_its_page(tmp_path: Path) -> None:
    test_desk_alone.from_form_to_page(tmp_path, "en")
