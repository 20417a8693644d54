"""Evidence packs: what a reply or a request for correction rests on, in one folder and ZIP that anybody can check."""

from dashboards.evidence.pack import Pack, build_pack
from dashboards.evidence.verify import verify_pack

__all__ = ["Pack", "build_pack", "verify_pack"]
