"""The shipped declarations, all of them: a way in, a rhythm, selectors or the word that there are none, patterns that tell
articles from sections. Addresses of articles were seen in public code or in captures (2026-11-21), but for those of
SHAPE_ONLY; none was asked for by this code yet.
"""

from __future__ import annotations

import gzip
import json
import lzma
import re
from collections import Counter
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawlers.exchange import OK, Exchange
from crawlers.feeds import parse_feed
from crawlers.lists import links_in
from crawlers.registry import NOT_LIVE, Registry, Source, load_sources
from pipelines.clock import now
from pipelines.extract import Extracted, extract
from pipelines.extract.declared import ASSUMED

# Outlets of which a stored page of March 2026 (or October 2025) was read for the selectors now in force.
READ = {"vnexpress", "tuoitre", "nld", "chinhphu", "dantri", "vietnamnet"}

# No article address of these has been seen whole: what stands below for them is the shape that the declaration assumes.
SHAPE_ONLY = {
    "amti", "bangkokpost", "crivi", "dskbd", "dw", "inquirer", "kbsvi", "khmertimes", "laotian", "mofa", "ninhbinhgov", "pasaxon", "plo", "rappler",
    "rfavi", "scspi", "thoidai", "tienphong", "tingia", "ubbg", "vna-en", "vna-zh",
}  # fmt: skip

# Outlet → addresses of its articles, and addresses on its site that are none.
KNOWN: dict[str, tuple[list[str], list[str]]] = {
    "afpfc": (["https://factcheck.afp.com/doc.afp.com.838C6T3"], ["https://factcheck.afp.com/list", "https://factcheck.afp.com/about-afp"]),
    "amti": (["https://amti.csis.org/vietnam-ramps-up-island-building/"], ["https://amti.csis.org/category/analysis/", "https://amti.csis.org/about/"]),
    "bangkokpost": (["https://www.bangkokpost.com/thailand/general/2880123/border-checkpoint-reopens"], ["https://www.bangkokpost.com/thailand/general"]),
    "baocaobang": (["https://baocaobang.vn/hoi-thi-dau-hot-chim-chao-mao-thanh-pho-mo-rong-nam-2023-3161421.html", "https://baocaobang.vn/Huong-vi-pho-chua-Cao-Bang-38371.html"], ["https://baocaobang.vn/Quoc-phong-An-ninh", "https://baocaobang.vn/rss"]),
    "baodanang": (["https://baodanang.vn/bo-doi-xuat-ngu-khoi-nghiep-voi-den-trang-tri-tram-canh-3140715.html"], ["https://baodanang.vn/thoi-su"]),
    "baokhanhhoa": (["https://baokhanhhoa.vn/chinh-tri/202512/thongxeky-thuat-20km-dau-tuyen-duong-bo-cao-toc-khanh-hoa-buon-ma-thuot-7e90b2e/"], ["https://baokhanhhoa.vn/chinh-tri/", "https://baokhanhhoa.vn/truong-sa/"]),
    "baolangson": (["https://baolangson.vn/hanh-trinh-hoi-nhap-bat-dau-tu-ren-luyen-5071654.html"], ["https://baolangson.vn/xa-hoi"]),
    "baolaocai": (["https://baolaocai.vn/nghi-quyet-cua-quoc-hoi-ve-sap-xep-don-vi-hanh-chinh-cap-tinh-post403219.html"], ["https://baolaocai.vn/kinh-te/"]),
    "baonghean": (["https://baonghean.vn/hanh-trinh-chinh-phuc-dinh-nui-puxailaileng-cao-nhat-bac-truong-son-10215374.html", "https://baonghean.vn/nghe-an-se-to-chuc-29-le-hoi-trong-nam-2023-post263070.html"], ["https://baonghean.vn/thoi-su", "https://baonghean.vn/en/top-3-chien-dau-co-10129889.html"]),
    "baoninhbinh": (["https://baoninhbinh.org.vn/tet-thoi-bao-cap/d20230112091014465.htm", "https://baoninhbinh.org.vn/glamping-san-pham-du-lich-he-day-hua-hen/d2023032215063906.htm"], ["https://baoninhbinh.org.vn/thoi-su/"]),
    "baoquangninh": (["https://baoquangninh.vn/khai-thac-than-thoi-ky-phap-thuoc-post3349315.html", "https://baoquangninh.vn/bang-gia-ve-tham-quan-vinh-ha-long-vinh-bai-tu-long-va-cac-loai-tour-tham-quan-nam-2025-3354446.html"], ["https://baoquangninh.vn/chinh-tri"]),
    "baoquangtri": (["https://baoquangtri.vn/suc-khoe/202603/bo-y-te-de-xuat-tiep-tuc-cat-giam-thu-tuc-hanh-chinh-ve-kham-chua-benh-d0f7a12/"], ["https://baoquangtri.vn/suc-khoe/"]),
    "baothanhhoa": (["https://baothanhhoa.vn/chu-trong-hoat-dong-nbsp-y-te-hoc-duong-244736.htm"], ["https://baothanhhoa.vn/thoi-su", "https://baothanhhoa.vn/rss"]),
    "bbcvi": (["https://www.bbc.com/vietnamese/articles/c72p7lyz9zdo"], ["https://www.bbc.com/vietnamese/topics/ckdxnx1x5rnt", "https://www.bbc.com/vietnamese"]),
    "bienphong": (["https://www.bienphong.com.vn/sang-dep-hinh-anh-nu-quan-nhan-bdbp-post473259.html"], ["https://www.bienphong.com.vn/bien-gioi/"]),
    "cambodianess": (["https://cambodianess.com/article/cost-of-extra-classes-hits-students-parents"], ["https://cambodianess.com/category/national"]),
    "cand": (["https://cand.vn/nu-dien-vien-xin-hay-tin-em-bi-khoi-to-vi-mua-ma-tuy-ve-ban-le-post691084.html", "https://cand.com.vn/thoi-su/phu-rieng-do-cai-noi-cua-phong-trao-dau-tranh-cach-mang-viet-nam-i643193/"], ["https://cand.com.vn/thoi-su/"]),
    "cgtn": (["https://news.cgtn.com/news/2026-08-24/Four-misconceptions-behind-the-overcapacity-debate-1PRr6j6aRnG/p.html"], ["https://www.cgtn.com/china"]),
    "chinadaily": (["https://www.chinadaily.com.cn/a/202601/20/WS696ee876a310d6866eb34afe.html"], ["https://www.chinadaily.com.cn/world/asia_pacific"]),
    "cna-sg": (["https://www.channelnewsasia.com/asia/indonesia-escalates-battle-wildfires-putrid-haze-6349301"], ["https://www.channelnewsasia.com/asia/south-east-asia"]),
    "crivi": (["https://vietnamese.cri.cn/2024/05/20/ARTIxyz0123456789.shtml"], ["https://vietnamese.cri.cn/news/index.shtml"]),
    "dskbd": (["https://dskbd.org/2024/03/05/tin-bien-dong/"], ["https://dskbd.org/category/tin-tuc/"]),
    "dw": (["https://www.dw.com/en/south-china-sea-tensions/a-70123456"], ["https://www.dw.com/en/asia/s-12758"]),
    "globaltimes": (["https://www.globaltimes.cn/page/202608/1367666.shtml"], ["https://www.globaltimes.cn/china/politics/index.html"]),
    "haiquan": (["https://baohaiquanvietnam.vn/tin-tuc/le-dat-ky-dong-moi-tau-ho-ve-chong-ngam-da-nang"], ["https://baohaiquanvietnam.vn/tin-tuc", "https://baohaiquanvietnam.vn/storage/images/muarao_vadong.gif"]),
    "inquirer": (["https://newsinfo.inquirer.net/2012345/coast-guard-monitors-vessels"], ["https://newsinfo.inquirer.net/category/latest-stories"]),
    "kbsvi": (["https://world.kbs.co.kr/service/news_view.htm?lang=v&Seq_Code=62001"], ["https://world.kbs.co.kr/service/news_list.htm?lang=v"]),
    "khmertimes": (["https://www.khmertimeskh.com/501234567/border-committee-meets/"], ["https://www.khmertimeskh.com/category/national/"]),
    "kpl": (["https://kpl.gov.la/detail.aspx?id=100102", "https://kpl.gov.la/EN/detail.aspx?id=33983"], ["https://kpl.gov.la/News.aspx?cat=3"]),
    "laodong": (["https://laodong.vn/thoi-su/tphcm-dieu-dong-bo-nhiem-can-bo-lanh-dao-chu-chot-1711741.ldo"], ["https://laodong.vn/thoi-su/", "https://laodong.vn/thoi-su/?page=2"]),
    "laotian": (["https://laotiantimes.com/2026/01/15/lao-vietnam-border-markers-restored/"], ["https://laotiantimes.com/category/politics/", "https://laotiantimes.com/page/2/"]),
    "lowy": (["https://www.lowyinstitute.org/the-interpreter/can-quad-regain-momentum-after-india-us-reset"], ["https://www.lowyinstitute.org/the-interpreter", "https://www.lowyinstitute.org/the-interpreter/rss.xml"]),
    "mofa": (["https://mofa.gov.vn/tin-chi-tiet/chi-tiet/viet-nam-co-day-du-bang-chung-khang-dinh-chu-quyen-12345-1.html"], ["https://mofa.gov.vn/nguoi-phat-ngon"]),
    "nhkvi": (["https://www3.nhk.or.jp/nhkworld/vi/news/20220916_14/"], ["https://www3.nhk.or.jp/nhkworld/vi/news/"]),
    "ninhbinhgov": (["https://ninhbinh.gov.vn/tin-tuc/le-phat-dong-trong-cay-2111.html"], ["https://ninhbinh.gov.vn/tin-tuc"]),
    "pasaxon": (["https://pasaxon.org.la/kan-muang/tin-12345.html"], ["https://pasaxon.org.la/kan-muang"]),
    "plo": (["https://plo.vn/ba-con-vung-bien-don-tau-cap-cang-post812345.html"], ["https://plo.vn/thoi-su/"]),
    "ppp": (["https://www.phnompenhpost.com/national/govt-warns-tourists-over-use-fake-visa-websites"], ["https://www.phnompenhpost.com/national"]),
    "qdnd": (["https://www.qdnd.vn/quoc-phong-an-ninh/tin-tuc/ban-giao-chuc-vu-tu-lenh-quan-doan-12-827158"], ["https://www.qdnd.vn/quoc-phong-an-ninh/tin-tuc", "https://www.qdnd.vn/quoc-phong-an-ninh/tin-tuc/p/2"]),
    "quocte": (["https://baoquocte.vn/ly-do-cpi-thang-102023-tang-32-va-so-voi-cung-ky-nam-2022-247894.html"], ["https://baoquocte.vn/thoi-su"]),
    "rappler": (["https://www.rappler.com/philippines/west-philippine-sea-resupply-mission-august-2026/"], ["https://www.rappler.com/nation/"]),
    "rfavi": (["https://www.rfa.org/vietnamese/news/vietnamnews/2024/11/05/bien-dong/"], ["https://www.rfa.org/vietnamese/"]),
    "rfivi": (["https://www.rfi.fr/vi/t%E1%BA%A1p-ch%C3%AD/t%E1%BA%A1p-ch%C3%AD-v%C4%83n-h%C3%B3a/20210505-luong-hue"], ["https://www.rfi.fr/vi/vi%E1%BB%87t-nam/"]),
    "scspi": (["http://www.scspi.org/en/dtfx/1583412735"], ["http://www.scspi.org/en/dtfx"]),
    "scsstudies": (["https://nghiencuubiendong.vn/tuyen-bo-ve-cach-ung-xu-cua-cac-ben-o-bien-dong.5989.adata"], ["https://nghiencuubiendong.vn/tin-cap-nhat.954.snews"]),
    "tapchics": (["https://www.tapchicongsan.org.vn/web/guest/chinh-tri-xay-dung-dang/-/2018/929602/tu-tuong-ho-chi-minh.aspx", "https://www.tapchicongsan.org.vn/media-story/-/asset_publisher/V8hhp4dK31Gf/content/dai-doan-ket-toan-dan-toc"], ["https://www.tapchicongsan.org.vn/web/guest/kinh-te"]),
    "thepaper": (["https://www.thepaper.cn/newsDetail_forward_26098521"], ["https://www.thepaper.cn/channel_25950"]),
    "thoidai": (["https://thoidai.com.vn/trao-qua-tet-cho-ba-con-vung-bien-gioi-212345.html"], ["https://thoidai.com.vn/bien-dao-viet-nam"]),
    "tienphong": (["https://tienphong.vn/trao-co-to-quoc-cho-ngu-dan-post1712345.tpo"], ["https://tienphong.vn/thoi-su/"]),
    "tingia": (["https://tingia.gov.vn/tin-vua-check/thong-tin-sai-su-that-ve-bao.html"], ["https://tingia.gov.vn/tin-vua-check", "https://tingia.gov.vn/linh-vuc"]),
    "ubbg": (["https://biengioilanhtho.gov.vn/vi/ky-niem-ngay-ky-nghi-dinh-thu-0bd0fd23.aspx"], ["https://biengioilanhtho.gov.vn/vi/home.aspx"]),
    "vientiane": (["https://www.vientianetimes.org.la/freeContent/FreeConten_Micro34.php"], ["https://www.vientianetimes.org.la/index.php"]),
    "vna-en": (["https://en.vietnamplus.vn/border-guards-patrol-post312345.vnp"], ["https://en.vietnamplus.vn/politics/"]),
    "vna-lp": (["https://lecourrier.vn/trafic-stabilise-a-laeroport-de-munich-apres-des-alertes-aux-drones/1292252.html"], ["https://lecourrier.vn/politique/"]),
    "vna-tintuc": (["https://baotintuc.vn/thoi-su/cuoc-chien-chinh-nghia-vi-su-truong-ton-hai-dan-toc-20240107143031654.htm"], ["https://baotintuc.vn/thoi-su-472ct0.htm", "https://baotintuc.vn/thoi-su.rss"]),
    "vna-vns": (["https://vietnamnews.vn/economy/1763814/ha-noi-apartment-market-sees-record-supply-clear-price-difference.html"], ["https://vietnamnews.vn/politics-laws"]),
    "vna-zh": (["https://zh.vietnamplus.vn/article-post212345.vnp"], ["https://zh.vietnamplus.vn/politics/"]),
    "voavi": (["https://www.voatiengviet.com/a/ngan-hang-the-gioi-tinh-khong-kieu-hoi-viet-nam/5079584.html"], ["https://www.voatiengviet.com/z/1813"]),
    "vovworld": (["https://vovworld.vn/vi-VN/xa-hoi-doi-song/nem-bui-mon-ngon-dan-da-xu-kinh-bac-2206831.vov5"], ["https://vovworld.vn/vi-VN/xa-hoi-doi-song.vov"]),
    "xinhua": (["https://english.news.cn/20260817/ad14838a779e42e6a67957e5bef74bcf/c.html"], ["https://english.news.cn/asiapacific/index.htm"]),
    "zaobao": (["https://www.zaobao.com.sg/realtime/china/story20251025-7716503"], ["https://www.zaobao.com.sg/realtime/china"]),
}  # fmt: skip

# Of these the captures in SHARED_DATA give articles by the thousand; sections are from their stored list pages or known.
CAPTURED: dict[str, list[str]] = {
    "vnexpress": ["https://vnexpress.net/kinh-doanh", "https://vnexpress.net/kinh-doanh-p2", "https://vnexpress.net/rss/thoi-su.rss", "https://vnexpress.net/topic/bien-dong-1234"],
    "tuoitre": ["https://tuoitre.vn/kinh-doanh.htm", "https://tuoitre.vn/timeline/3/trang-2.htm"],
    "thanhnien": ["https://thanhnien.vn/thoi-su.htm", "https://thanhnien.vn/timelinelist/1854/2.htm"],
    "dantri": ["https://dantri.com.vn/kinh-doanh.htm", "https://dantri.com.vn/kinh-doanh/trang-2.htm"],
    "nld": ["https://nld.com.vn/kinh-te.htm", "https://nld.com.vn/timelinelist/1961014/2.htm"],
    "chinhphu": ["https://baochinhphu.vn/chinh-sach-va-cuoc-song/chinh-sach-moi.htm", "https://baochinhphu.vn/timelinelist/1021119/2.htm"],
    "vietnamnet": ["https://vietnamnet.vn/kinh-doanh", "https://vietnamnet.vn/kinh-doanh-page2"],
    "vtv": ["https://vtv.vn/the-gioi.htm"],
    "nhandan": ["https://nhandan.vn/kinhte/", "https://nhandan.vn/rss/kinhte-1185.rss"],
    "sggp": ["https://www.sggp.org.vn/kinh-te/"],
    "vna-vnp": ["https://www.vietnamplus.vn/kinhte.rss", "https://www.vietnamplus.vn/kinhte/"],
}  # fmt: skip


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_sources()


def accepts(source: Source, url: str) -> list[bool]:
    """Tell of each list page whether its pattern takes `url` for an article."""
    return [bool(re.search(page.match, url)) for page in source.lists]


def test_each_has_a_way_in_a_rhythm_and_a_way_to_read_its_pages(registry: Registry) -> None:
    for source in registry:
        always = [page for page in source.lists if page.when == "always"]
        assert source.feeds or source.sitemaps or always, source.id
        assert all(page.match for page in source.lists), f"{source.id}: which links are articles"
        assert 5 <= source.rhythm <= 1440, source.id
        assert source.selectors or source.generic or not source.pages, f"{source.id}: selectors, generic: true or pages: false"
        current = [version for version in source.selectors if version.valid_until is None]
        assert len(current) == bool(source.selectors), f"{source.id}: one version in force"
        assert all(version.body for version in source.selectors), source.id
        assert source.notes_date and len(source.notes) > 20, f"{source.id}: why it is treated so, with the date"
        assert not re.search(r"(?<=\. )[A-Z][a-z]{0,5}\.[a-z]+\.", source.notes), f"{source.id}: a host name written as a sentence"


def test_nothing_is_said_to_be_verified_that_is_not(registry: Registry) -> None:
    for source in registry:
        assert source.verified == NOT_LIVE, source.id
        sure = [version.version for version in source.selectors if not version.version.startswith(ASSUMED)]
        assert bool(sure) == (source.id in READ), f"{source.id}: read from a stored page, or assumed"
        assert not source.selectors or sure or "assumed" in source.notes.lower(), source.id


def test_more_than_one_way_in_and_a_way_back_where_something_is_known(registry: Registry) -> None:
    several = [source for source in registry if len(source.feeds) + len(source.sitemaps) + len(source.lists) > 1]
    back = [source for source in registry if source.archives or any(page.older for page in source.lists)]
    dated = [source for source in registry if any(version.valid_until for version in source.selectors)]
    assert len(several) >= 55 and len(back) >= 25 and len(dated) >= 6
    assert {"vnexpress", "tuoitre", "thanhnien", "dantri", "vietnamnet", "chinhphu", "nhandan", "vna-vnp", "qdnd"} <= {source.id for source in back}


def test_the_page_for_users_counts_them_rightly(registry: Registry) -> None:
    text = (Path(__file__).parents[1] / "docs" / "sources.md").read_text(encoding="utf-8")
    for count, what in (
        (sum(bool(found.selectors) for found in registry), "nguồn có bộ chọn"), (sum(found.generic for found in registry), "nguồn ghi `generic: true`"),
        (sum(not found.pages for found in registry), "nguồn thu phí"), (sum(bool(found.sitemaps) for found in registry), "nguồn có sơ đồ trang tin"),
        (sum(bool(found.archives) for found in registry), "có sơ đồ kho bài cũ"),
        (sum(any(page.older for page in found.lists) for found in registry), "có trang danh mục đọc lùi được"),
    ):  # fmt: skip
        assert f"{count} {what}" in text, (count, what)


def test_every_pattern_is_tried_here(registry: Registry) -> None:
    assert {source.id for source in registry if source.lists} == {*KNOWN, *CAPTURED}
    assert set(KNOWN) > SHAPE_ONLY and all(found.verified == NOT_LIVE for found in registry if found.id in SHAPE_ONLY)


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_a_pattern_accepts_articles_and_refuses_sections(registry: Registry, name: str) -> None:
    source = registry.get(name)
    assert source is not None
    articles, sections = KNOWN[name]
    for url in articles:
        assert all(accepts(source, url)), url
        assert registry.owner_of(url) == source, url
    for url in [*sections, source.home, *(page.url for page in source.lists), *(page.older.replace("{n}", "2") for page in source.lists if page.older)]:
        assert not any(accepts(source, url)), url


@pytest.mark.parametrize("name", sorted(CAPTURED))
def test_a_pattern_refuses_sections_of_captured_outlets(registry: Registry, name: str) -> None:
    source = registry.get(name)
    assert source is not None
    for url in [*CAPTURED[name], source.home, *(page.url for page in source.lists)]:
        assert not any(accepts(source, url)), url


@pytest.mark.shared_data
def test_the_patterns_accept_the_articles_that_were_captured(registry: Registry, shared_data: Path) -> None:
    urls: list[str] = []
    with lzma.open(shared_data / "news" / "headlines_2025-08_2026-04.jsonl.xz", "rt", encoding="utf-8") as lines:
        urls += [json.loads(line)["link"] for line in islice(lines, 0, None, 31)]
    with gzip.open(shared_data / "news" / "dantri_2021.jsonl.gz", "rt", encoding="utf-8") as lines:
        urls += [json.loads(line)["url"] for line in lines]
    for path in (shared_data / "feeds" / "trimmed-2026-09").iterdir():
        urls += [item.url for item in parse_feed(path.read_bytes(), f"https://{path.name.split('_')[0]}.vn/", now()).items]
    meta = json.loads((shared_data / "html" / "meth04" / "_auto_metadata.json").read_text(encoding="utf-8"))
    urls += [facts["canonical"] for facts in meta.values() if facts.get("canonical")]
    seen: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for url in urls:
        source = registry.owner_of(url)
        if source is not None and source.id in CAPTURED:
            seen[source.id] += 1
            missed[source.id] += not all(accepts(source, url.partition("?")[0]))
    assert set(seen) == set(CAPTURED) and seen["vnexpress"] > 1_000
    # Of VnExpress some dozens are no articles: its pages on illnesses and films.
    assert all(missed[name] <= 0.003 * count for name, count in seen.items()), missed


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["chinhphu", "dantri", "nld", "tuoitre", "vietnamnet", "vnexpress"])
def test_the_patterns_find_the_articles_of_stored_list_pages_and_nothing_else(registry: Registry, shared_data: Path, name: str) -> None:
    source = registry.get(name)
    assert source is not None
    stored = shared_data / "html" / "meth04" / f"{'baochinhphu' if name == 'chinhphu' else name}_list.html"
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    answer = Exchange(source.home, source.home, OK, "", fetched=now(), body=stored.read_bytes(), headers=headers)
    found = links_in(answer, source.lists[0], source.home).items
    assert len(found) >= 15
    assert {registry.owner_of(item.url) for item in found} == {source}
    paths = [urlsplit(item.url).path for item in found]
    assert all(path.count("-") >= 3 and re.search(r"\d{6}", path) for path in paths), paths
    assert sum(bool(item.title) for item in found) >= 0.8 * len(found)


@pytest.mark.parametrize(
    ("body", "version", "used"),
    [
        ("div.than", "assumed-2026-11", True), ("div.mo-dau", "assumed-2026-11", False), ("div.trang", "assumed-2026-11", False),
        ("div.mo-dau", "2026-11", True),
    ],
    ids=["the article", "a teaser", "the whole page", "a teaser, but seen to match"],
)  # fmt: skip
def test_assumed_selectors_count_only_where_the_generic_reading_agrees(body: str, version: str, used: bool) -> None:
    def text(word: str, count: int) -> str:
        return "".join(f"<p>{word} {number}: bà con góp công sửa bến cá, kè lại chân đê và trồng thêm hàng phi lao chắn gió dọc bờ biển.</p>" for number in range(count))

    side = "".join(f"<li><a href='/tin-{number}.htm'>Tin khác trong ngày {number}: chuyện ở một nơi khác hẳn, dài như một đoạn văn của bài</a></li>" for number in range(60))
    page = (
        "<html lang='vi'><head><meta property='og:type' content='article'><meta property='article:published_time' content='2026-11-20T08:15:00+07:00'></head>"
        "<body><div class='trang'><article><h1>Sửa lại bến cá đầu xã sau mùa bão</h1><p class='luc'>20/11/2026 08:15</p>"
        f"<div class='than'><div class='mo-dau'>{text('Mở đầu', 3)}</div>{text('Đoạn', 12)}</div></article><div class='ben'><ul>{side}</ul></div></div></body></html>"
    )
    found = extract(page, "https://bao.example/sua-lai-ben-ca-123456.htm", now=now(), selectors={"version": version, "title": "h1", "body": body})
    assert isinstance(found, Extracted)
    assert (f"selectors:{version}" in found.parser) is used, found.parser
    assert ("Đoạn 11" in found.body) == (version == "assumed-2026-11") and "Tin khác" not in found.body
