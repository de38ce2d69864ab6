"""Modules as one script."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tenfold.browser.script import script_of


def test_modules_keep_their_names_to_themselves(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "one.js").write_text("const secret = 1;\nexport const one = () => secret;\n")
    (tmp_path / "two-more.js").write_text(
        'import { one } from "./one.js";\nconst secret = 2;\n'
        "export function three() { return one() + secret; }\n"
    )
    (tmp_path / "main.js").write_text(
        'import { one } from "./one.js";\nimport { three } from "./two-more.js";\n'
        "export class Sum { value = one() + three(); }\n"
    )
    page = browser.new_page()

    page.add_script_tag(content=script_of("main", [tmp_path / "nowhere", tmp_path]))

    assert page.evaluate("new module_main.Sum().value") == 4
    page.close()


def test_what_is_not_there_cannot_be_imported(tmp_path: Path) -> None:
    (tmp_path / "main.js").write_text('import { gone } from "./gone.js";\n')

    with pytest.raises(FileNotFoundError, match=r"gone\.js"):
        script_of("main", [tmp_path])
