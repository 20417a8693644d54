"""What an outlet is called and where it is at home, as `cotmoc sources add` and the OPML import find it."""

from __future__ import annotations

import pytest

from crawlers.discover.naming import home_of, name_of


@pytest.mark.parametrize(
    ("declared", "title", "feeds", "name"),
    [
        ("", "Báo Bãi Ngang - tiếng nói vùng cát", [], "Báo Bãi Ngang"),
        ("", "Trang chủ", ["Báo Bãi Ngang - Kinh tế RSS", "Báo Bãi Ngang - Thời sự RSS"], "Báo Bãi Ngang"),
        ("", "", ["Báo Bãi Ngang"], "Báo Bãi Ngang"),
        ("", "Tin tức | RSS", ["RSS Feed"], ""),
        (" Bãi  Ngang ", "Báo Bãi Ngang", [], "Bãi Ngang"),
    ],
)
def test_the_name_of_an_outlet(declared: str, title: str, feeds: list[str], name: str) -> None:
    assert name_of(declared, title, feeds) == name


@pytest.mark.parametrize(
    ("url", "home"),
    [
        ("https://bao.example/thoi-su/trang-2.htm?x=1", "https://bao.example/"),
        ("https://bao.example/rss/home.rss", "https://bao.example/"),
        ("https://www.bbc.com/vietnamese/articles/c72p7lyz9zdo", "https://www.bbc.com/vietnamese/"),
        ("https://www3.nhk.or.jp/nhkworld/vi/news/", "https://www3.nhk.or.jp/nhkworld/vi/"),
        ("https://bao.example/english.htm", "https://bao.example/"),
        ("https://bao.example/en-bao/x", "https://bao.example/"),
    ],
)
def test_the_home_of_an_outlet_is_its_root_or_that_of_its_edition(url: str, home: str) -> None:
    assert home_of(url) == home
