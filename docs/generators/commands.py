"""The command line reference: what `--help` says of each command."""

from __future__ import annotations

from typing import Any

from generators.text import fenced, page
from parkwerk.cli import app


def reference() -> str:
    """Help of the program and of each of its commands."""
    import typer

    program: Any = typer.main.get_command(app)
    with program.make_context("parkwerk", [], resilient_parsing=True) as context:
        blocks = ["## parkwerk", fenced(_help(program, context))]
        for name in program.list_commands(context):
            command = program.get_command(context, name)
            with command.make_context(name, [], parent=context, resilient_parsing=True) as own:
                blocks += [f"## parkwerk {name}", fenced(_help(command, own))]
    return page(
        "# Command line",
        "What `parkwerk --help` and `parkwerk <command> --help` print.",
        *blocks,
    )


def _help(command: Any, context: Any) -> str:
    """Help in the width that a page has room for, the same on every terminal."""
    context.terminal_width = context.max_content_width = 88
    return str(command.get_help(context)).strip()
