"""Where a data folder is, and its language: what a command asks before it knows what it is to do. Nothing is checked here."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

COUNTY = "county.toml"
"""The file of a data folder's settings, which also marks the folder."""
_JUST_DATA = (Path("data"), Path("../data"))
"""What stands in notebooks: the data folder that they belong to, wherever they are run."""


def find_data(named: Path) -> Path:
    """The data folder: as named; where that is just `data` and there is none here, the one found upwards by its mark."""
    if named not in _JUST_DATA or named.is_dir():
        return named
    here = Path.cwd()
    places = (place for folder in (here, *here.parents) for place in (folder, folder / "data"))
    return next((place for place in places if (place / COUNTY).is_file()), named)


def spoken_in(folder: Path) -> Any:
    """What the settings of a data folder say that its language is; whether they hold is for `evallib.data.rulebook` to say.

    Raises OSError where there are none, ValueError where they are no TOML.

    >>> spoken_in(Path("data"))
    'zh'
    """
    return tomllib.loads((folder / COUNTY).read_bytes().decode("utf-8-sig")).get("language", "zh")
