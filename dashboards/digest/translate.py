"""Machine translation of foreign titles, only where the office has set a server of its own (`translator_url`).

The server speaks LibreTranslate's way: POST {q, source, target, format} → {"translatedText"}
(docs.libretranslate.com/api/operations/translate). A title is asked for once; its answer is kept in DATA/translations.
"""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import replace

import httpx

from dashboards.digest.edits import LISTS
from dashboards.digest.records import Digest, Item
from dashboards.office.files import write_whole
from dashboards.shown import one_line
from pipelines.settings import Settings

# Codes that LibreTranslate knows by other names.
CODES = {"zh": "zh-Hans"}
MAX_ANSWER = 20_000
log = logging.getLogger("cotmoc.digest")


def translated(digest: Digest, settings: Settings, client: httpx.Client | None = None) -> Digest:
    """Return the issue with translations of its foreign titles; unchanged without a server.

    A server that is away or answers oddly is one warning: the slots stay empty and the issue appears.
    """
    if not settings.translator_url:
        return digest
    own = client or httpx.Client(timeout=10, follow_redirects=False)
    try:
        lists = {name: tuple(_one(item, settings, own) for item in getattr(digest, name)) for name in LISTS}
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError) as error:
        log.warning("máy dịch %s không trả lời được (%s); để trống phần bản dịch", settings.translator_url, type(error).__name__)
        return digest
    finally:
        if client is None:
            own.close()
    return replace(digest, **lists)  # type: ignore[arg-type]


def _one(item: Item, settings: Settings, client: httpx.Client) -> Item:
    if item.lang == "vi" or not item.title:
        return item
    name = hashlib.sha256(f"{settings.translator_url}\n{item.lang}\n{item.title}".encode()).hexdigest()[:32]
    path = settings.data / "translations" / f"{name}.json"
    if path.exists():
        return replace(item, translation=str(json.loads(path.read_bytes())["text"]))
    asked = {"q": item.title, "source": CODES.get(item.lang, item.lang), "target": "vi", "format": "text"}
    answer = client.post(settings.translator_url.rstrip("/") + "/translate", json=asked)
    answer.raise_for_status()
    if len(answer.content) > MAX_ANSWER:
        raise ValueError("answer too long")
    text = one_line(str(answer.json()["translatedText"]))
    write_whole({path: (json.dumps({"title": item.title, "lang": item.lang, "text": text}, ensure_ascii=False) + "\n").encode()})
    return replace(item, translation=text)
