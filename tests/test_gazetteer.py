"""The gazetteer: counts of today and before, Đồng Nai's change, old names carried to today's units, a build that repeats."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from pipelines import gazetteer
from pipelines.gazetteer import border
from pipelines.gazetteer.build import build, split_level


def test_34_provinces_and_3321_communes_today() -> None:
    today = [unit for unit in gazetteer.units() if unit.since and not unit.until]
    assert len({unit.province for unit in today}) == 34
    assert len([unit for unit in today if len(unit.code) == 5]) == 3321
    assert len([unit for unit in today if unit.level == "đặc khu"]) == 13


def test_63_provinces_and_their_units_before() -> None:
    before = [unit for unit in gazetteer.units() if unit.until == "2025-07-01" and not unit.since]
    assert len({unit.province for unit in before if len(unit.code) == 2}) == 63
    assert len([unit for unit in before if not unit.district and len(unit.code) == 3]) > 690
    assert len([unit for unit in before if unit.district]) > 9_900


def test_four_profiles_have_the_units_of_their_resolutions() -> None:
    counts = Counter(unit.province for unit in gazetteer.units() if unit.since and len(unit.code) == 5)
    assert {key: counts[key] for key in ("ninh-binh", "lao-cai", "thanh-hoa", "quang-tri")} == {
        "ninh-binh": 129, "lao-cai": 99, "thanh-hoa": 166, "quang-tri": 78,
    }  # fmt: skip


def test_dong_nai_is_a_city_since_30_april_2026() -> None:
    spans = {(unit.level, unit.since, unit.until) for unit in gazetteer.units() if unit.name == "Đồng Nai" and unit.code == "75" and unit.since}
    assert spans == {("tỉnh", "2025-07-01", "2026-04-30"), ("thành phố", "2026-04-30", "")}


@pytest.mark.parametrize(
    ("name", "district", "province", "today"),
    [
        ("Liên Minh", "Vụ Bản", "nam-dinh", {"Liên Minh"}),
        ("Vĩnh Hào", "Vụ Bản", "nam-dinh", {"Liên Minh"}),
        ("Lao Bảo", "Hướng Hóa", "quang-tri", {"Lao Bảo"}),
        ("Bát Mọt", "Thường Xuân", "thanh-hoa", {"Bát Mọt"}),
    ],
)
def test_old_communes_know_their_successors(name: str, district: str, province: str, today: set[str]) -> None:
    communes = gazetteer.commune_names()
    found = [u for u in gazetteer.units() if (u.name, u.district, u.province) == (name, district, province)]
    assert {communes[code][1] for unit in found for code in unit.now.split(";")} == today


def test_old_districts_lead_to_todays_province() -> None:
    now = {(unit.name, unit.province): unit.now for unit in gazetteer.units() if len(unit.code) == 3}
    assert now[("Hải Hậu", "nam-dinh")] == "ninh-binh"
    assert now[("Trạm Tấu", "yen-bai")] == "lao-cai"
    assert now[("Minh Hóa", "quang-binh")] == "quang-tri"


def test_sea_features_have_names_in_three_languages() -> None:
    features = gazetteer.features()
    circular = [feature for feature in features if feature.group != "foreign"]
    assert len({(feature.name, feature.group) for feature in circular}) >= 132
    names = {feature.name for feature in features}
    assert {"Đá Gạc Ma", "Fiery Cross", "長沙群島", "Xisha"} <= names


@pytest.mark.parametrize(
    ("full", "parts"),
    [("Thị xã Sa Pa", ("thị xã", "Sa Pa")), ("Đặc khu Cồn Cỏ", ("đặc khu", "Cồn Cỏ")), ("Tỉnh Thanh Hoá", ("tỉnh", "Thanh Hóa"))],
)
def test_levels_are_split_off(full: str, parts: tuple[str, str]) -> None:
    assert split_level(full) == parts


@pytest.mark.shared_data
def test_the_build_repeats_byte_for_byte(shared_data: Path, tmp_path: Path) -> None:
    packaged = Path(gazetteer.__file__).parent / "data"
    (tmp_path / "older.tsv").write_bytes((packaged / "older.tsv").read_bytes())
    build(shared_data.parent, tmp_path)
    for name in ("units.tsv.gz", "features.tsv.gz", "border_communes.tsv"):
        assert (tmp_path / name).read_bytes() == (packaged / name).read_bytes()


def test_border_communes_gates_and_runs_of_markers_are_facts_of_our_provinces() -> None:
    assert Counter(border.communes().values()) == {"cn": 9, "la": 31, "sea": 2}
    assert set(border.communes()) <= set(gazetteer.commune_names())
    assert {gate.province for gate in border.gates().values()} == {"lao-cai", "thanh-hoa", "quang-tri"}
    assert {"Tà Vờng", "Chút Mút", "Cheng"} <= set(border.gates()) and "Lóng Sập" not in border.gates()
    assert all(run.first < run.last for run in border.runs())
    # What was not read in a source stays in the table and out of the reading.
    assert [(run.first, run.last, run.province) for run in border.runs()] == [(92, 171, "lao-cai"), (281, 327, "thanh-hoa"), (528, 635, "quang-tri")]
