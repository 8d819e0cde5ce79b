"""A report for LaTeX: a document that plain pdflatex compiles, with tables that fit the page."""

from collections.abc import Mapping, Sequence

from cgplab.latex import Page, escape, mathematics, set_tables
from cgplab.report.content import DataTable, Listing, Picture, Prose, Report, Section
from cgplab.report.references import REFERENCES

FIGURES = "figures.pdf"
"""File of the pictures, a page each, beside the document."""
_HEAD = r"""\documentclass[11pt,a4paper]{article}
\usepackage[utf8]{inputenc}
\usepackage[T1]{fontenc}
\usepackage{lmodern,textcomp}
\usepackage[margin=25mm]{geometry}
\usepackage{array,booktabs,longtable,graphicx,microtype}
\usepackage[font=small,labelfont=bf,justification=raggedright,singlelinecheck=false]{caption}
\setlength{\parindent}{0pt}\setlength{\parskip}{6pt}
\setlength{\LTleft}{0pt}\setlength{\LTcapwidth}{\textwidth}
\setlength{\emergencystretch}{3em}
\ifdefined\pdfinfoomitdate\pdfinfoomitdate=1 \pdftrailerid{}\pdfsuppressptexinfo=-1 \fi
"""
PAGE = Page(453.0, ((r"\small", 1.0), (r"\footnotesize", 0.925), (r"\scriptsize", 0.85)), floats=False)
"""A4 less two margins of 25 mm, in type of 11 pt."""
_PICTURE_SIZE = r"width=\textwidth,height=.82\textheight,keepaspectratio"


def as_tex(report: Report) -> str:
    """Document of a report; its pictures are expected as pages of :data:`FIGURES`, in the order of the report."""
    pages = {id(picture): number for number, picture in enumerate(report.pictures, 1)}
    parts = [
        _HEAD,
        rf"\title{{{mathematics(report.title)}}}",
        r"\author{}\date{}",
        r"\begin{document}",
        r"\maketitle",
        *(_section(section, pages) for section in report.sections),
        _references(report.references),
        r"\end{document}",
        "",
    ]
    return "\n".join(parts)


def _section(section: Section, pages: Mapping[int, int]) -> str:
    open_: list[str] = list(section.cites)
    blocks = [_prose(block, open_) if isinstance(block, Prose) else _block(block, pages) for block in section.blocks]
    if open_:
        blocks.append(rf"See also~\cite{{{','.join(open_)}}}." + "\n")
    return "\n\n".join([rf"\section{{{mathematics(section.title)}}}", *blocks])


def _prose(prose: Prose, open_: list[str]) -> str:
    """Running text; works that stand behind it are cited where it first names them, and are open no longer."""
    at: dict[int, tuple[int, list[str]]] = {}
    for key in list(open_):
        named, bracket, author = REFERENCES[key].cue.partition(" (")
        end = _end_of_word(prose.text, named.split("|"))
        if end is None:
            continue
        in_words = prose.text.startswith(bracket + author, end)
        _, keys = at.setdefault(end, (end + len(bracket + author) * in_words, []))
        keys.append(key)
        open_.remove(key)
    parts, start = [], 0
    for end, (begin, keys) in sorted(at.items()):
        parts.append(mathematics(prose.text[start:end]) + rf"~\cite{{{','.join(keys)}}}")
        start = begin
    return "".join([*parts, mathematics(prose.text[start:])]) + "\n"


def _end_of_word(text: str, beginnings: Sequence[str]) -> int | None:
    """Where the first word ends that begins in one of these ways; None where there is none."""
    places = [(place, -len(name)) for name in beginnings if (place := text.find(name)) >= 0]
    if not places:
        return None
    place, length = min(places)
    end = place - length
    while end < len(text) and (text[end].isalnum() or text[end] in "_-"):
        end += 1
    return end


def _block(block: DataTable | Picture | Listing, pages: Mapping[int, int]) -> str:
    match block:
        case DataTable():
            return set_tables(block.caption, "", block.columns, block.rows, PAGE)
        case Picture(caption, _):
            return "\n".join(
                [
                    r"\noindent\begin{minipage}{\textwidth}\centering",
                    rf"\includegraphics[page={pages[id(block)]},{_PICTURE_SIZE}]{{{FIGURES}}}",
                    rf"\captionof{{figure}}{{{mathematics(caption)}}}",
                    r"\end{minipage}\medskip",
                    "",
                ]
            )
        case Listing(caption, text):
            lines = [rf"\texttt{{{_spaced(line)}}}\\" for line in text.splitlines()]
            return "\n".join(
                [r"\begin{quote}\scriptsize\raggedright", *lines, r"\end{quote}", f"{mathematics(caption)}", ""]
            )


def _spaced(line: str) -> str:
    """Line of a listing: blanks stay, and may end a line."""
    return escape(line).replace("  ", "~ ") or "~"


def _references(keys: Sequence[str]) -> str:
    if not keys:
        return ""
    items = [rf"\bibitem{{{key}}} {escape(REFERENCES[key].text())}" for key in keys]
    return "\n".join([r"\begin{thebibliography}{99}", *items, r"\end{thebibliography}"])
