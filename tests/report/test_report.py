"""Reports of studies: the same bytes, nothing from elsewhere, whose runs and how many, tables that fit the page."""

import re
import shutil
from dataclasses import replace

import pytest

from cgplab.errors import InputError
from cgplab.latex.layout import groups
from cgplab.report import build_report, write_report, writing
from cgplab.report.content import Attachment, DataTable, Prose, Report, Section, table
from cgplab.report.limits import limits_section
from cgplab.report.page import as_page
from cgplab.report.references import REFERENCES, bibliography
from cgplab.report.subject import Subject
from cgplab.report.tex import PAGE, as_tex
from cgplab.store import Store
from cgplab.study.scope import scope_of

pytestmark = pytest.mark.slow
NEEDS_LATEX = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex on this machine")


@pytest.fixture(scope="module")
def scope(tmp_path_factory):
    """A study that ships: one layer, two ways to search, four strategies."""
    return scope_of(Store(tmp_path_factory.mktemp("none")), "chain")


@pytest.fixture(scope="module")
def report(scope):
    return build_report(scope)


@pytest.fixture(scope="module")
def written(report, tmp_path_factory):
    out = tmp_path_factory.mktemp("report")
    return out, write_report(report, out)


def texts(report):
    return [block.text for section in report.sections for block in section.blocks if isinstance(block, Prose)]


def test_it_says_the_question_the_design_and_how_much_of_it_is_there(report):
    (first,) = [section for section in report.sections if section.title == "Question and design"]
    question, told = [block.text for block in first.blocks if isinstance(block, Prose)][:2]
    assert "Is one circuit across two layers as cheap as one within a layer?" in question
    assert "8 cells and 24 runs" in told
    assert "All runs are finished" in told
    (design,) = [block for block in first.blocks if isinstance(block, DataTable)]
    assert [row[-2] for row in design.rows] == ["5 of 5"] * 4 + ["1 of 1"] * 4


def test_every_caption_says_how_many_runs_and_how_many_of_them_are_within_budget(report):
    captions = [block.caption for block in report.pictures]
    assert len(captions) > 15
    for caption in captions:
        assert re.search(r"n = \d+ (run|value|image)", caption.replace(",", "")), caption
    drawn = [caption for caption in captions if caption.startswith("Accuracy loss by strategy (")]
    assert [re.search(r"\((.*?); n = (\d+) runs, (\d+) within", caption).groups() for caption in drawn] == [
        ("nearest wiring", "20", "20"),
        ("construct", "4", "4"),
    ]


def test_the_page_asks_for_nothing_and_shows_the_best_circuits_exports(written):
    out, files = written
    page = files.page.read_text()
    assert not re.search(r"(src|href)\s*=\s*[\"'](?!data:|#)", page)
    assert "url(" not in page
    assert page.count("<img ") == len(re.findall("data:image/png;base64,", page))
    names = {path.name.rpartition(".")[2] for path in (out / "circuits").iterdir()}
    assert names == {"v", "h", "py", "txt"}


def test_the_same_study_gives_the_same_bytes(written, scope, tmp_path):
    out, _ = written
    again = write_report(build_report(scope), tmp_path)
    for path in (p for p in out.rglob("*") if p.is_file()):
        assert (tmp_path / path.relative_to(out)).read_bytes() == path.read_bytes(), path.name
    assert again.page == tmp_path / "report.html"


@NEEDS_LATEX
def test_the_pdf_has_no_box_that_sticks_out(written):
    _, files = written
    assert files.pdf is not None
    assert files.pdf.read_bytes().startswith(b"%PDF")
    assert [points for points in files.overfull if points > 1] == []


@NEEDS_LATEX
@pytest.mark.parametrize("columns", [3, 12, 40])
def test_tables_of_any_width_and_hostile_texts_compile_and_fit(columns, tmp_path):
    hostile = r"\input{/etc/passwd} % & _ # $x$ ~ ^ { } < > | “”‘’ → λ η ² × ≤ – … 層 \end{document}"
    rows = [[hostile if i == 0 else f"{i * 1234.5:,.1f}" for i in range(columns)] for _ in range(90)]
    blocks = (Prose(hostile), table(hostile, [f"a column of numbers {i}" for i in range(columns)], rows))
    made = write_report(Report(hostile, (Section(hostile, blocks),), tuple(REFERENCES)), tmp_path)
    assert made.pdf is not None
    assert [points for points in made.overfull if points > 1] == []
    assert "root:" not in made.page.read_text()


def test_texts_are_text_in_page_and_document():
    hostile = "<script>alert(1)</script>"
    made = Report(hostile, (Section(hostile, (Prose(hostile), table(hostile, [hostile], [[hostile]]))),))
    assert "<script" not in as_page(made)
    assert "\\textless{}scri" in as_tex(made)


def test_every_work_that_is_cited_is_listed_once(report):
    assert len(set(report.references)) == len(report.references)
    entries = bibliography(report.references)
    document = as_tex(report)
    cited = [key for keys in re.findall(r"\\cite{(.*?)}", document) for key in keys.split(",")]
    assert set(cited) == set(report.references)
    assert "See also" not in document  # every work is cited where the text names it
    assert "2000)" not in document  # by number, not in words
    for key in report.references:
        assert f"{{{key}," in entries
        assert f"\\bibitem{{{key}}}" in document


def test_what_the_data_cannot_show_is_said(report, scope):
    (limits,) = [section for section in report.sections if section.title == "Limits"]
    said = " ".join(block.text for block in limits.blocks)
    assert "There is one model, lenet5-qat" in said
    assert "never pooled" in said
    part = replace(scope.completeness, members=dict(list(scope.completeness.members.items())[:10]))
    found = limits_section(Subject(scope, scope.document, part)).section
    assert "The study is not complete: 14 of 24 runs are not finished." in found.blocks[0].text


def test_what_is_no_study_or_has_no_circuit_is_refused(scope, tmp_path):
    with pytest.raises(InputError, match="is not a study; a report needs one"):
        build_report(scope_of(Store(tmp_path / "none"), "all"))


def test_a_folder_that_cannot_be_written_is_one_line(report, tmp_path):
    (tmp_path / "file").write_text("")
    for folder in ("file", "file/below"):
        with pytest.raises(InputError, match="is not a directory; name another folder"):
            write_report(report, tmp_path / folder)


def small(*words):
    """Report without pictures, which takes no time."""
    prose = Section("Words", tuple(map(Prose, words)))
    return Report("Small", (prose,), (), (Attachment("circuits/circuit_1.v", b"module"),) * (len(words) > 1))


def test_only_files_of_an_earlier_report_are_removed(tmp_path):
    (tmp_path / "circuits").mkdir()
    (tmp_path / "circuits" / "notes.txt").write_text("mine")
    write_report(small("one", "two"), tmp_path)
    assert (tmp_path / "circuits" / "circuit_1.v").is_file()
    contents = (tmp_path / "contents.txt").read_text()
    (tmp_path / "contents.txt").write_text(f"{contents}../outside\ncircuits/../mine\ncircuits/notes\n")
    (tmp_path / "mine").write_text("mine")
    write_report(small("one"), tmp_path)
    assert not (tmp_path / "circuits" / "circuit_1.v").exists()
    assert (tmp_path / "circuits" / "notes.txt").read_text() == (tmp_path / "mine").read_text() == "mine"


@pytest.mark.parametrize("what", ["refused", "too slow", "absent"])
def test_no_old_pdf_stays_beside_a_new_document(tmp_path, monkeypatch, what):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "report.pdf").write_text("old")
    (tmp_path / "out" / "contents.txt").write_text("report.pdf\n")
    program = tmp_path / "pdflatex"
    program.write_text("#!/bin/sh\n" + ("exec sleep 9" if what == "too slow" else "echo '! Emergency stop.'; exit 1"))
    program.chmod(0o755 if what != "absent" else 0o644)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin" if what != "absent" else str(tmp_path))
    monkeypatch.setattr(writing, "_SECONDS", 0.5)
    if what == "absent":
        assert write_report(small("one"), tmp_path / "out").pdf is None
    else:
        message = {"refused": "pdflatex refuses the document: Emergency stop.", "too slow": "longer than 0.5 s"}[what]
        with pytest.raises(InputError, match=f"{message}.*the report is in .*, without a PDF"):
            write_report(small("one"), tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "contents.txt", "references.bib", "report.html", "report.tex"
    }  # fmt: skip


@NEEDS_LATEX
def test_many_characters_by_number_fit(tmp_path):
    made = write_report(small("\U0001f600" * 40, "שלום" * 12), tmp_path)
    assert [points for points in made.overfull if points > 1] == []


def test_a_split_table_repeats_what_tells_its_rows_apart(report):
    tables = [block for section in report.sections for block in section.blocks if isinstance(block, DataTable)]
    split = [block for block in tables if "t" in [column.title for column in block.columns]]
    assert len(split) >= 2
    for block in split:
        strategy = next(column for column in block.columns if column.title == "t")
        assert strategy.words, block.caption
        for part in groups(block.columns, block.rows, PAGE):
            assert "t" in [block.columns[i].title for i in part]
