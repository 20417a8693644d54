"""One writer per data folder; the lock names its holder and dies with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from flows.lock import held
from pipelines.errors import UserError

HOLD = "import sys, time; from pathlib import Path; from flows.lock import held\nwith held(Path(sys.argv[1]), 'chain'):\n    print('held', flush=True); time.sleep(60)"


def test_a_second_holder_is_refused_with_the_pid(tmp_path: Path) -> None:
    other = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None and other.stdout.readline() == "held\n"
    with pytest.raises(UserError, match=f"tiến trình {other.pid} "), held(tmp_path, "chain"):
        pass
    os.kill(other.pid, signal.SIGKILL)
    other.wait()
    with held(tmp_path, "chain"):
        assert (tmp_path / "locks" / "chain").read_text().strip() == str(os.getpid())


def test_two_names_are_two_locks(tmp_path: Path) -> None:
    with held(tmp_path, "start"), held(tmp_path, "chain"):
        pass


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="không ghi được") as caught, held(tmp_path / "file", "chain"):
        pass
    assert caught.value.code == 2
