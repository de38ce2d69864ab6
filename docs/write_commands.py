"""Write docs/commands.md, every command's help as the command line prints it: `make docs`."""

from pathlib import Path

import typer

from tenfold import cli

PAGE = Path(__file__).with_name("commands.md")
_WIDTH = 100
_OPENING = """\
# Commands

What `tenfold COMMAND --help` prints, for every command; `make docs` writes this page.
Exit codes: 0 done, 1 failed, 2 bad input, 130 interrupted. Errors are one line on stderr.
"""


def render_page() -> str:
    """The page as Markdown."""
    program = typer.main.get_command(cli.app)
    whole = typer.Context(
        program,
        info_name="tenfold",
        max_content_width=_WIDTH,
        terminal_width=_WIDTH,
        **program.context_settings,
    )
    sections = [f"{_OPENING}\n```\n{program.get_help(whole)}\n```\n"]
    for name, command in program.commands.items():  # type: ignore[attr-defined]
        context = typer.Context(command, info_name=name, parent=whole)
        sections.append(f"## {name}\n\n```\n{command.get_help(context)}\n```\n")
    return "\n".join(sections)


if __name__ == "__main__":
    PAGE.write_text(render_page(), encoding="utf-8")
