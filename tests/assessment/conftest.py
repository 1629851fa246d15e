"""Where the question files from outside are."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def question_files() -> Path:
    """The folder of question files that others wrote; a run without it fails."""
    shared = Path(os.environ.get("YANGFAN_SHARED") or ROOT.parent / "shared")
    folder = shared / "data" / "external" / "questions"
    assert folder.is_dir(), f"{folder} is missing: set YANGFAN_SHARED"
    return folder
