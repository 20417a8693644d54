"""What a person must be able to go and look at before the models alone put a text on watch."""

from __future__ import annotations

from collections.abc import Callable

from classifiers.document import Document, Sentence

IMAGES = ("MAP", "MAPONLY", "VIDEO", "VIDEOSTRICT")
LINES = ("DASH", "STDMAP")
SCENES = ("SHOOT", "RAM", "MILBUILD", "MOVE2", "INTRUDE2", "INTRUDE", "BATTLE", "OCCUPY", "DIED", "TROOPS", "FIREARM", "CLOSEGATE", "OUTPOST")
SPOTS = (
    "BORDER", "BORDERPLACE", "GATE", "NORTHBORDER", "LAOBORDER", "KHBORDER", "HS", "TS", "SCS", "MARKERSTRICT", "GACMA", "COLIN", "RIG981", "VNLAND", "GULF", "DELIMLINE", "ISLANDS", "CN",
    "BOAT", "STRANGEBOAT", "STEELSHIP", "SHIPS", "SEAOFF", "VN",
)


# Of these a fresh picture is worth a look though the sentence names no deed.
SUBJECTS = ("STRANGEBOAT", "STEELSHIP", "MARKERSTRICT", "GACMA", "COLIN", "RIG981", "VNLAND", "NORTHBORDER", "LAOBORDER", "KHBORDER", "TROOPS")


def _pictured(sentence: Sentence) -> bool:
    """Whether a picture is spoken of; a credit ("(Ảnh: Reuters)") speaks of none."""
    return any(not (sentence.canon[t.end :].startswith((" :", ":")) and t.start > 8) for t in sentence.of(*IMAGES))


def _image_to_see(document: Document, sentence: Sentence) -> bool:
    """Whether a person has something to look at: a picture is spoken of, and the line on the map or the fresh scene that it would show."""
    near = [sentence, *document.before(sentence, 1)]
    if not sentence.field.startswith("caption") and not any(_pictured(s) for s in near):
        return False
    spot, fresh = any(s.has(*SPOTS) for s in near), any(s.has("FRESH", "NIGHT") for s in near)
    scene = sentence.has(*SCENES) and (spot or fresh) or (fresh and any(s.has(*SUBJECTS) for s in near))
    sea = sentence.has("DASHSTRONG", "STDMAP") or any(s.has("SEAWORD", "SCS", "CN", "HS", "TS", "MAPONLY") for s in near)
    return (sentence.has(*LINES) and sea and not sentence.has("ROADLINE")) or scene or (sentence.has("MAP", "MAPONLY") and sentence.has("HS", "TS", "SCS", "ISLANDS"))


def _incident(document: Document, sentence: Sentence) -> bool:
    """Whether something is said to have happened at a border or at sea (not that nobody could be reached about it)."""
    if sentence.has("UNREACHED") or document.sentences[0].has("THAICAM"):
        return False
    return sentence.has(*SCENES) or (sentence.has("FRESH", "NIGHT") and sentence.has(*SPOTS))


CLAIMED = ("HS", "TS", "SCS", "ISLANDS", "SCSISL", "OTHERFEAT", "SANSHA", "BABINH", "VANGUARD", "SCARBOROUGH", "MISCHIEF", "GACMA", "FEAT88", "SUBI", "COLIN", "PALAWAN", "DASH", "OURWATERS")


def _claimed(document: Document, sentence: Sentence) -> bool:
    """Whether an island or sea of ours is spoken of, and not as what somebody protests against."""
    near = [sentence, *document.before(sentence, 1)]
    return any(s.has(*CLAIMED) for s in near) and not sentence.has("SELFSTYLED", "PROTEST", "VNREJECT")


SEEN: dict[str, Callable[[Document, Sentence], bool]] = {"IMAGE": _image_to_see, "UNVERIFIED": _incident, "POSITION": _claimed}
