"""The draft correction as a DOCX in the form of the decree, one for each overturned verdict."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dashboards.digest.carried import Overturned, correction_text
from dashboards.office import nd30
from dashboards.office.files import sha256, write_whole
from pipelines.clock import local, now
from pipelines.office import office_on
from pipelines.settings import Profile, Settings, load_profile
from pipelines.store import Store, audit
from pipelines.store.papers import save_paper


def render_correction(profile: Profile, one: Overturned) -> bytes:
    """Return the DOCX; number, date and signature stay blank."""
    document = nd30.new_document(profile, one.decided, "Dự thảo đính chính")
    nd30.heading_block(document, profile, "……-……", local(one.decided).year, "V/v đính chính nội dung đã phát hành")
    document.add_paragraph()
    nd30.centred(document, "Kính gửi: Các nơi đã nhận")
    nd30.body(document, correction_text(one))
    nd30.heading(document, "Nơi đã in nhận định")
    for carrier in one.carriers:
        nd30.body(document, f"- {carrier.name}")
    nd30.body(document, "Nội dung này được in ở mục “Đính chính các số trước” của điểm báo kế tiếp./.")
    nd30.closing(document, profile.recipients, profile.signer)
    return nd30.to_bytes(document)


def write_correction(store: Store, settings: Settings, found: Sequence[Overturned], output: Path) -> list[Path]:
    """Write the drafts into `output`, note and audit them; returns their paths."""
    moment = now()
    profile = office_on(load_profile(settings.profile), settings.office, local(moment).date(), "dinh-chinh")
    files = {output.resolve() / f"dinh-chinh_{one.alert.id[:12]}.docx": render_correction(profile, one) for one in found}
    write_whole(files)
    with store.begin() as conn:
        for one, (path, content) in zip(found, files.items(), strict=True):
            save_paper(
                conn, kind="correction", province=profile.name, day=local(moment).date().isoformat(), story=one.alert.story,
                path=str(path), sha256=sha256(content), now=moment,
            )  # fmt: skip
            audit.append(
                conn, actor="cotmoc", action="correction.draft", thing=one.alert.id,
                details={"sha256": sha256(content), "carriers": [carrier.name for carrier in one.carriers]}, now=moment,
            )  # fmt: skip
    return list(files)
