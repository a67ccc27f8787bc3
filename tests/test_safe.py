"""What strangers write, made harmless for a terminal, a spreadsheet, a page and a notebook."""

from __future__ import annotations

import base64
import time
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from groundschool.safe import (
    MAX_OUTPUTS,
    MAX_TEXT,
    clean_cell,
    clean_html,
    clean_markdown,
    clean_terminal,
    safe_outputs,
)

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(32)).decode()
JPEG = base64.b64encode(b"\xff\xd8\xff\xe0" + bytes(32)).decode()
SVG = "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"


def display(**data: Any) -> Any:
    return new_output("display_data", data={kind.replace("__", "/"): value for kind, value in data.items()})


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]8;;http://127.0.0.1/\x07link\x1b]8;;\x07", "link"),
        ("\x1b]0;new window title\x1b\\done", "done"),
        ("\x9b2Jcleared", "cleared"),
        ("a\x1b[2K\x1b[1Ab", "ab"),
        ("bell\x07 null\x00 delete\x7f", "bell null delete"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("line\n\ttab", "line\n\ttab"),
    ],
)
def test_a_terminal_shows_the_words_and_obeys_nothing(text: str, left: str) -> None:
    assert clean_terminal(text) == left


def test_an_unfinished_escape_sequence_does_not_swallow_the_text_after_it() -> None:
    assert "the rest" in clean_terminal("\x1b]0;title the rest")


def test_lone_surrogates_can_be_written_to_a_file_afterwards() -> None:
    assert clean_terminal("a\ud800b").encode("utf-8") == "a\ufffdb".encode()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", " =1+1", "\x00=1+1", "\r\n@x", "\uff1d1"])
def test_a_formula_in_a_spreadsheet_field_gets_an_apostrophe(text: str) -> None:
    assert clean_cell(text).startswith("'")


def test_an_ordinary_field_stays_and_fits_on_one_line() -> None:
    assert clean_cell("example-full\nsecond = line") == "example-full second = line"


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script>",
        "<p onclick=alert(1)>x",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href=' java\nscript:alert(1)'>x</a>",
        "<a href='data:text/html,x'>x</a>",
        "<img src='http://127.0.0.1/x.png'>",
        "<img src='//127.0.0.1/x.png'>",
        f"<img src='data:image/svg+xml;base64,{PNG}'>",
        "<div style='position:fixed' class=card id=top>x</div>",
        "<style>@import 'x'</style>",
        "<form action=x><input><button>x</button></form>",
        "<iframe srcdoc=x></iframe><object data=x></object><embed src=x><base href=x><meta http-equiv=refresh>",
        "<svg><script>x</script></svg><math href=x>",
    ],
)
def test_no_active_markup_is_left(markup: str) -> None:
    cleaned = clean_html(markup).lower()
    forbidden = ["<script", "onclick", "javascript", "src=", "style", "class", " id=", "data:", "<form", "<input"]
    forbidden += ["<button", "<iframe", "<object", "<embed", "<base", "<meta", "<svg", "<math"]
    assert [word for word in forbidden if word in cleaned] == []


def test_ordinary_tables_links_and_images_stay() -> None:
    markup = f"<table><tr><th colspan='2'>n</th></tr></table><a href='https://example.org/'>x</a><img src='data:image/png;base64,{PNG}'>"
    cleaned = clean_html(markup)
    assert 'colspan="2"' in cleaned
    assert 'href="https://example.org/"' in cleaned
    assert "noopener noreferrer" in cleaned
    assert PNG in cleaned


def test_an_image_whose_bytes_are_not_an_image_is_dropped() -> None:
    fake = base64.b64encode(b"<svg onload=alert(1)>").decode()
    assert "src" not in clean_html(f"<img src='data:image/png;base64,{fake}'>")


def test_a_character_reference_cannot_bring_back_a_control_character() -> None:
    assert clean_html("a&#x202e;b&#27;]0;x&#7;") == "ab]0;x"


def test_deeply_nested_markup_is_shown_as_text_instead_of_parsed() -> None:
    started = time.process_time()
    cleaned = clean_html("<div>" * 39_000)
    assert cleaned.startswith("<pre>&lt;div")
    assert time.process_time() - started < 1


def test_markdown_is_rendered_and_sanitised() -> None:
    cleaned = clean_markdown(
        "**bold** [x](javascript:alert(1))\n\n<details><summary>Hint</summary>\n\ntext\n\n</details>\n\n<script>1</script>"
    )
    assert "<strong>bold</strong>" in cleaned
    assert "<summary>Hint</summary>" in cleaned
    assert "javascript" not in cleaned
    assert "<script" not in cleaned


def test_only_text_images_and_clean_html_of_an_output_are_kept() -> None:
    output = display(
        text__html="<b onclick=x>b</b>", image__png=PNG, image__jpeg=JPEG, text__plain="plain",
        application__javascript="alert(1)", **{"image/svg+xml": SVG, "application/vnd.jupyter.widget-view+json": {}},
    )  # fmt: skip
    output.metadata["image/png"] = {"width": '1" onload="alert(1)'}
    [kept] = safe_outputs([output])
    assert dict(kept.data) == {"image/png": PNG, "image/jpeg": JPEG, "text/html": "<b>b</b>", "text/plain": "plain"}
    assert kept.metadata == {}


def test_an_output_of_which_nothing_is_left_says_so() -> None:
    [kept] = safe_outputs([display(**{"image/svg+xml": SVG})])
    assert kept.data["text/plain"] == "[output not shown: image/svg+xml]"


def test_an_image_that_breaks_out_of_its_attribute_is_dropped() -> None:
    [kept] = safe_outputs([display(image__png='x" onerror="alert(1)')])
    assert "image/png" not in kept.data


def test_floods_are_cut_and_the_cut_is_told() -> None:
    kept = safe_outputs([new_output("stream", text="x" * (MAX_TEXT + 7))] * (MAX_OUTPUTS + 3))
    assert len(kept) == MAX_OUTPUTS + 1
    assert kept[0].text.endswith("[7 more characters not shown]")
    assert kept[-1].text == "[3 more outputs not shown]"


def test_a_progress_bar_keeps_its_last_state() -> None:
    [kept] = safe_outputs([new_output("stream", text="10 %\r50 %\r100 %\r\ndone\n")])
    assert kept.text == "100 %\ndone\n"


@pytest.mark.parametrize(
    "output",
    [
        None,
        7,
        "text",
        {},
        {"output_type": "stream", "text": 5, "name": []},
        {"output_type": "stream", "text": ["a", 1, "b"]},
        {"output_type": "error", "traceback": "no list"},
        {"output_type": "error", "ename": {}, "traceback": [1, None]},
        {"output_type": "display_data", "data": []},
        {"output_type": "display_data", "data": {"text/plain": {"a": 1}, 5: 6}},
        {"output_type": "update_display_data", "data": {"image/png": [PNG]}},
    ],
)
def test_malformed_outputs_become_valid_ones(output: Any) -> None:
    kept = safe_outputs([output])
    nbformat.validate(new_notebook(cells=[new_code_cell("", outputs=kept)]))
    assert len(kept) == 1
