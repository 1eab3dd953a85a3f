"""What `parkwerk report` does: read the files of a run, write the page and the workbook."""

from __future__ import annotations

from pathlib import Path

import typer


def report(folder: Path, name: str | None, code: str) -> None:
    """Write page and workbook into the folder of the scenario; say where they are."""
    from parkwerk.report.files import writing
    from parkwerk.report.language import language
    from parkwerk.report.page.contents import contents
    from parkwerk.report.page.render import page
    from parkwerk.report.page.results import read_results
    from parkwerk.report.workbook import save_workbook

    words = language(code)
    found = read_results(folder, name)
    for sentence in found.left_out:
        typer.echo(sentence, err=True)
    sections = contents(found, words)
    target, workbook = (found.folder / f"report-{code}.{end}" for end in ("html", "xlsx"))
    text = page(found, sections, words, workbook.name)
    save_workbook(sections, words, workbook)
    with writing(target) as draft:
        draft.write_text(text, encoding="utf-8")
    typer.echo(f"Page: {target}")
    typer.echo(f"Workbook: {workbook}")
