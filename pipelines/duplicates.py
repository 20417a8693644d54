"""Copies of a text: exact ones by hash of the normalised text, near ones by MinHash over word shingles.

The text is cut into our own tokens (Vietnamese syllables, Latin words, single Han and Lao-script runs), because a
word segmenter would cost more than all the rest and two copies are segmented alike anyway. Sizes: 128 permutations
in 64 bands of 2, so that two texts sharing a fifth of their shingles meet in a band with probability 0.93 and texts
sharing a third with 0.999; the decision itself then uses all 128 values and the two lengths. Where these leave doubt
(a text cut short, changed and wrapped at once) the texts decide: templates share phrases, copies whole sentences.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from pipelines.records import content_id
from pipelines.text import one_tone_style

PERMUTATIONS = 128
# Numbered from 100: below are the 42 bands of 3 of signatures that were kept before 2026-11-21; they are still found.
FIRST_BAND, BANDS, ROWS = 100, 64, 2
OLD_BANDS, OLD_ROWS = 42, 3
SHINGLE = 4
# Texts with fewer shingles are copies only when they are equal: two short posts share half of their words by chance.
FEWEST = 24
# Share of common shingles, and share of the shorter text found in the longer one. Real templates (case bulletins, price
# lists, donation lists of Dân trí 2016 and 2021) reach 0.38 and 0.62; generated copies: see tests/test_duplicates.py.
SIMILAR = 0.42
CONTAINED = 0.65
# A part of a text counts as its copy only when it is long enough to be a text of its own.
FEWEST_CONTAINED = 60
FLOOR = 0.2
# Below that there is doubt down to here; then runs of 24 common tokens must make up so much of the shorter text. Of 54 joint
# changes in doubt 47 have 0.3 and more; case bulletins, price and donation lists reach 0.11 (press 2016, 2021).
DOUBT_CONTAINED, DOUBT_FLOOR = 0.4, 0.08
RUN, RUNS = 24, 0.3
# Band −1 carries the exact hash.
EXACT = -1

_TOKEN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[\u0e80-\u0eff]|[^\W_]+")
_PACK = struct.Struct("<I")


@dataclass(frozen=True)
class Signature:
    """What is kept of a text to find its copies: exact hash, number of shingles, 128 minima."""

    exact: str
    shingles: int
    minima: tuple[int, ...]

    def bands(self) -> list[tuple[int, int]]:
        """Return (band, hash) pairs; texts with an equal pair are candidates. Short texts have the exact pair only."""
        return [(EXACT, int(self.exact[:16], 16) >> 1), *self._bands(FIRST_BAND, BANDS, ROWS)]

    def wanted(self) -> list[tuple[int, int]]:
        """Return the pairs to look for in a store: `bands`, and those of older signatures."""
        return [*self.bands(), *self._bands(0, OLD_BANDS, OLD_ROWS)]

    def _bands(self, first: int, bands: int, rows: int) -> list[tuple[int, int]]:
        pairs = []
        for band in range(bands if self.shingles >= FEWEST else 0):
            part = struct.pack(f"<{rows}I", *self.minima[band * rows : (band + 1) * rows])
            digest = blake2b(part, digest_size=8, person=b"band%04d" % (first + band)).digest()
            pairs.append((first + band, int.from_bytes(digest, "big") >> 1))
        return pairs

    def pack(self) -> bytes:
        """Return the bytes for the table `minhashes`: exact hash, count, minima."""
        return bytes.fromhex(self.exact) + _PACK.pack(self.shingles) + struct.pack(f"<{PERMUTATIONS}I", *self.minima)

    @classmethod
    def unpack(cls, raw: bytes) -> Signature:
        """Return the signature that `pack` wrote."""
        (count,) = _PACK.unpack_from(raw, 16)
        return cls(raw[:16].hex(), count, struct.unpack_from(f"<{PERMUTATIONS}I", raw, 20))


def tokens(text: str) -> list[str]:
    """Return lower-case tokens: Vietnamese in one tone style, Han and Lao character by character."""
    return _TOKEN.findall(one_tone_style(text).lower())


def sign(text: str) -> Signature:
    """Return the signature of `text` (sapô and body; titles are rewritten by every outlet).

    CRC-32 is enough: the scheme affine32 of datasketch mixes its input before it permutes.
    """
    from datasketch import MinHash

    words = tokens(text)
    shingles = {" ".join(words[i : i + SHINGLE]).encode() for i in range(len(words) - SHINGLE + 1)}
    sketch = MinHash(num_perm=PERMUTATIONS, seed=1, hashfunc=zlib.crc32, permutations=_permutations(), scheme="affine32")
    sketch.update_batch(sorted(shingles))
    return Signature(content_id(" ".join(words)), len(shingles), tuple(int(value) for value in sketch.hashvalues))


@lru_cache(maxsize=1)
def _permutations() -> Any:
    """Draw the permutations once: drawing them takes longer than using them."""
    from datasketch import MinHash

    return MinHash(num_perm=PERMUTATIONS, seed=1, scheme="affine32").permutations


def similarity(one: Signature, other: Signature) -> tuple[float, float]:
    """Return the estimated share of common shingles (Jaccard) and the share of the shorter text in the longer."""
    if one.exact == other.exact:
        return 1.0, 1.0
    same = sum(a == b for a, b in zip(one.minima, other.minima, strict=True))
    jaccard = same / PERMUTATIONS
    shorter = min(one.shingles, other.shingles)
    if not shorter:
        return 0.0, 0.0
    common = jaccard * (one.shingles + other.shingles) / (1 + jaccard)
    return jaccard, min(1.0, common / shorter)


def are_copies(one: Signature, other: Signature) -> bool:
    """Tell whether two texts are copies of one; symmetric, so that the order of arrival does not matter."""
    if one.exact == other.exact:
        return one.shingles > 0
    shorter = min(one.shingles, other.shingles)
    if shorter < FEWEST:
        return False
    jaccard, contained = similarity(one, other)
    return jaccard >= SIMILAR or (contained >= CONTAINED and shorter >= FEWEST_CONTAINED and jaccard >= FLOOR)


def copies(one: Signature, other: Signature, texts: Callable[[], tuple[str, str]]) -> bool:
    """Tell whether two texts are copies of one; `texts` gives both, and is asked only where the signatures leave doubt."""
    return are_copies(one, other) or (_doubtful(one, other) and runs_in_common(*texts()) >= RUNS)


def _doubtful(one: Signature, other: Signature) -> bool:
    jaccard, contained = similarity(one, other)
    return min(one.shingles, other.shingles) >= FEWEST_CONTAINED and contained >= DOUBT_CONTAINED and jaccard >= DOUBT_FLOOR


def runs_in_common(one: str, other: str) -> float:
    """Return the share of the shorter text's runs of 24 tokens that stand in the other text as well."""
    first, second = ({tuple(words[i : i + RUN]) for i in range(len(words) - RUN + 1)} for words in (tokens(one), tokens(other)))
    return len(first & second) / max(min(len(first), len(second)), 1)


def candidate_pairs(signatures: Iterable[Signature]) -> set[tuple[int, int]]:
    """Return pairs of positions that share a band: what the store does with one indexed query, in memory."""
    buckets: dict[tuple[int, int], list[int]] = {}
    pairs: set[tuple[int, int]] = set()
    for position, signature in enumerate(signatures):
        for pair in signature.bands():
            bucket = buckets.setdefault(pair, [])
            pairs.update((earlier, position) for earlier in bucket)
            bucket.append(position)
    return pairs
