"""Copies: a text that was edited a little, wrapped in boilerplate or cut short is found again; another text is not."""

from __future__ import annotations

import gzip
import json
import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from pipelines.duplicates import (
    EXACT,
    FEWEST,
    Signature,
    are_copies,
    candidate_pairs,
    copies,
    runs_in_common,
    sign,
    similarity,
    tokens,
)
from pipelines.store import Store, stories

FLOOR = json.loads((Path(__file__).parent / "floors.json").read_text(encoding="utf-8"))["extraction"]["copies_pair_f1"]
JOINT_FLOOR = json.loads((Path(__file__).parent / "floors.json").read_text(encoding="utf-8"))["extraction"]["copies_joint_f1"]
NOTICE = " ".join(
    f"Ngày thứ {n} của đợt ra quân, tổ {n} trồng thêm {n * 7} cây phi lao dọc bờ biển phía {way} và dọn sạch {n + 3} bãi rác tự phát."
    for n, way in enumerate(("đông", "tây", "nam", "bắc") * 4, 1)
)


def test_equal_texts_are_copies_whatever_blanks_case_and_tone_style() -> None:
    assert are_copies(sign("Thanh Hoá đón khách\nngày lễ"), sign("  THANH HÓA đón  khách ngày lễ!"))


def test_short_texts_are_copies_only_when_equal() -> None:
    one, other = "Chiều nay tàu ra đảo tạm dừng một chuyến vì sóng lớn", "Chiều nay tàu ra đảo tạm dừng một chuyến vì gió lớn"
    assert not are_copies(sign(one), sign(other))
    assert are_copies(sign(one), sign(one + "."))
    assert sign(one).shingles < FEWEST and [band for band, _ in sign(one).bands()] == [EXACT]


def test_empty_texts_are_copies_of_nothing() -> None:
    assert not are_copies(sign(""), sign(""))


def test_chinese_and_lao_are_compared_character_by_character() -> None:
    assert tokens("边境口岸 ABC") == ["边", "境", "口", "岸", "abc"]
    assert len(tokens("ຊາຍແດນ")) == 6


def test_a_part_of_a_text_is_its_copy() -> None:
    assert are_copies(sign(NOTICE), sign(NOTICE[: len(NOTICE) * 2 // 3]))


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=400), st.text(max_size=400))
def test_being_copies_is_symmetric_and_survives_storage(one: str, other: str) -> None:
    a, b = sign(one), sign(other)
    assert are_copies(a, b) == are_copies(b, a)
    assert similarity(a, b) == similarity(b, a)
    assert Signature.unpack(a.pack()) == a


def test_candidates_come_from_one_indexed_query(store: Store) -> None:
    with store.begin() as conn:
        stories.save_signature(conn, "a" * 32, 1, sign(NOTICE))
        stories.save_signature(conn, "b" * 32, 1, sign("Một văn bản khác hẳn " * 30))
        assert [found for found, _ in stories.candidates(conn, "c" * 32, sign(NOTICE + " Hết."))] == ["a" * 32]
        query = stories._candidates(3).text
        given = {f"{name}{i}": i for i in range(3) for name in "bh"} | {"own": "x", "most": 9}
        plan = " ".join(row[3] for row in conn.execute(text("EXPLAIN QUERY PLAN " + query), given))
    assert "SEARCH s USING" in plan and "SCAN s" not in plan


# ---- the generated set ------------------------------------------------------------------------------------------

BOILERPLATE = (
    "Mời bạn đọc theo dõi các chương trình khác của chúng tôi.", "Đăng ký nhận bản tin mỗi sáng.", "Chia sẻ bài viết này với bạn bè.",
    "Tin cùng chuyên mục trong ngày.", "Ghi rõ nguồn khi phát hành lại thông tin từ trang này.", "Xem thêm những tin được đọc nhiều.",
)  # fmt: skip


def sentences(shared_data: Path, rng: random.Random) -> list[list[str]]:
    out = []
    with gzip.open(shared_data / "news" / "dantri_2021.jsonl.gz", "rt", encoding="utf-8") as lines:
        out += [json.loads(line)["sentences"][1:] for line in lines]
    with gzip.open(shared_data / "news" / "press_2016.jsonl.gz", "rt", encoding="utf-8") as lines:
        out += [re.split(r"(?<=[.!?])\s+", json.loads(line)["text"]) for line in lines]
    rng.shuffle(out)
    return [parts for parts in out if len(parts) >= 5 and sum(map(len, parts)) > 600]


def variants(parts: list[str], pool: list[str], rng: random.Random) -> list[str]:
    """Return the text, with 8 % of its sentences changed, with boilerplate, cut to 50–90 %, and all three at once."""

    def changed(of: list[str]) -> list[str]:
        out = list(of)
        for position in rng.sample(range(len(out)), max(1, round(0.08 * len(out)))):
            out[position] = rng.choice(pool)
        return out

    def wrapped(of: list[str]) -> list[str]:
        return [*rng.sample(BOILERPLATE, 2), *of, *rng.sample(BOILERPLATE, 3)]

    def cut(of: list[str]) -> list[str]:
        return of[: max(3, round(len(of) * rng.uniform(0.5, 0.9)))]

    return [" ".join(text) for text in (parts, changed(parts), wrapped(parts), cut(parts), wrapped(cut(changed(parts))))]


@pytest.mark.shared_data
def test_pairs_of_a_generated_set_are_found(shared_data: Path) -> None:
    """All pairs among the five variants of 300 real texts, against all pairs of different texts."""
    rng = random.Random(2026)
    texts = sentences(shared_data, rng)
    pool = [sentence for parts in texts[300:700] for sentence in parts]
    signed, owner = [], []
    for number, parts in enumerate(texts[:300]):
        for variant in variants(parts, pool, rng):
            signed.append(sign(variant))
            owner.append(number)
    found = {(a, b) for a, b in candidate_pairs(signed) if are_copies(signed[a], signed[b])}
    right = sum(owner[a] == owner[b] for a, b in found)
    wanted = 300 * 10
    precision, recall = right / len(found), right / wanted
    assert 2 * precision * recall / (precision + recall) >= FLOOR
    assert precision >= 0.999


@pytest.mark.shared_data
def test_texts_changed_wrapped_and_cut_at_once_are_found(shared_data: Path) -> None:
    """The three changes together, 200 texts; and no two of 800 different texts of the press are made one by the doubt."""
    rng = random.Random(11)
    texts = sentences(shared_data, rng)
    pool = [sentence for parts in texts[500:900] for sentence in parts]
    found = 0
    for parts in texts[:200]:
        one, other = " ".join(parts), variants(parts, pool, rng)[-1]
        first, second = sign(one), sign(other)
        found += bool(candidate_pairs([first, second])) and copies(first, second, lambda one=one, other=other: (one, other))  # type: ignore[misc]
    recall = found / 200
    assert 2 * recall / (1 + recall) >= JOINT_FLOOR
    others = [" ".join(parts) for parts in texts[900:1700]]
    signed = [sign(text) for text in others]
    pairs = [(a, b) for a, b in candidate_pairs(signed) if copies(signed[a], signed[b], lambda a=a, b=b: (others[a], others[b]))]  # type: ignore[misc]
    # What is joined stands word for word in both: press releases and reprints of the real press, no chance.
    assert all(runs_in_common(others[a], others[b]) >= 0.2 for a, b in pairs)


def test_a_template_with_other_facts_is_no_copy_and_old_signatures_are_still_found(store: Store) -> None:
    def bulletin(n: int) -> str:
        return " ".join(
            f"Hộ thứ {i + n} ở bản {chr(97 + i)}{n} được hỗ trợ {n * 13 + i} con giống, trị giá {n * 7 + i * 3} triệu đồng từ quỹ của xã {chr(110 - i)}{n}."
            for i in range(12)
        )

    one, other = bulletin(3), bulletin(50)
    assert not copies(sign(one), sign(other), lambda: (one, other)) and runs_in_common(one, other) == 0
    with store.begin() as conn:
        stories.save_signature(conn, "a" * 32, 1, sign(NOTICE))
        conn.execute(text("DELETE FROM signatures"))
        for band, value in sign(NOTICE)._bands(0, 42, 3):
            conn.execute(text("INSERT INTO signatures (article, band, hash) VALUES (:a, :b, :h)"), {"a": "a" * 32, "b": band, "h": value})
        assert [found for found, _ in stories.candidates(conn, "c" * 32, sign(NOTICE + " Hết."))] == ["a" * 32]
