"""Text made safe to look at, and the prose of checks as markup."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.html.prose import inline, is_link, prose
from reports.html.text import LONGEST, findings_link, percent, search_words, visible


def test_a_deceptive_character_is_spelled_out() -> None:
    assert visible("gpj\u202eexe\x00\ud800") == "gpj⟨U+202E⟩exe⟨U+0000⟩⟨U+D800⟩"


def test_scripts_and_emoji_stay_as_they_are() -> None:
    text = "一二三 ß é 👩‍👩‍👧\tnext\nline"
    assert visible(text) == text


def test_an_absurdly_long_text_is_cut_and_says_so() -> None:
    assert (
        visible("x" * 100_000)
        == "x" * LONGEST + "… (cut: 100,000 characters, all of them in the JSON report)"
    )


@given(st.text(st.characters(codec=None)))
def test_what_is_visible_can_be_encoded_and_is_stable(text: str) -> None:
    shown = visible(text)
    shown.encode()
    assert visible(shown) == shown


@given(st.text(st.characters(codec=None)))
def test_a_search_for_a_text_finds_it_where_it_is_shown(text: str) -> None:
    assert search_words(text) in visible(text)


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(0, 3, "0 %"), (1, 3, "33.3 %"), (9999, 10_000, "99.9 %"), (3, 3, "100 %"), (29, 100, "29 %")],
)
def test_only_everything_is_a_hundred_percent(part: int, whole: int, text: str) -> None:
    assert percent(part, whole) == text


def test_a_filter_is_percent_encoded() -> None:
    assert findings_link(account="010203040506", q="a&b=c +#") == (
        "#findings?account=010203040506&q=a%26b%3Dc%20%2B%23"
    )


def test_paragraphs_lists_and_code() -> None:
    text = "One\nparagraph.\n\nSteps:\n- first\n  goes on\n- second `x`\n\n    aws s3 ls\n    <done>\n\n```\na\n\nb\n```"
    assert prose(text) == (
        "<p>One paragraph.</p>\n"
        "<p>Steps:</p><ul><li>first goes on</li><li>second <code>x</code></li></ul>\n"
        "<pre><code>aws s3 ls\n&lt;done&gt;</code></pre>\n"
        "<pre><code>a\n\nb</code></pre>"
    )


def test_markup_in_prose_is_text() -> None:
    assert prose("<b>`<i>`</b>") == "<p>&lt;b&gt;<code>&lt;i&gt;</code>&lt;/b&gt;</p>"


def test_a_link_to_documentation_is_a_link_without_its_full_stop() -> None:
    assert inline("See https://docs.aws.amazon.com/a.html.") == (
        'See <a href="https://docs.aws.amazon.com/a.html" rel="noreferrer noopener">'
        "https://docs.aws.amazon.com/a.html</a>."
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://docs.aws.amazon.com/",
        "javascript:alert(1)",
        "https://user@docs.aws.amazon.com/",
        "https://docs.aws.amazon.com:8443/",
        "https://docs.aws.amazon.com:x/",
        "https://localhost/",
        "https://dócs.example.com/",
        "https://[::1/",
    ],
)
def test_another_address_stays_text(url: str) -> None:
    assert not is_link(url)
    assert "<a" not in inline(url)
