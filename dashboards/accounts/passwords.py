"""Passwords: argon2id, judged by length and by being easily guessed, never by kinds of characters (NIST SP 800-63B, 5.1.1.2)."""

from __future__ import annotations

import threading
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from pipelines.errors import UserError
from pipelines.text import fold

SHORTEST, LONGEST = 12, 128
# What people write first when twelve characters are asked for; compared folded and without digits, signs and blanks at the ends.
COMMON = frozenset(
    ["matkhau", "matkhaumoi", "matkhaucuatoi", "password", "passwords", "passwordpassword", "matkhaumatkhau", "quantri", "quantrivien", "administrator", "admin", "adminadmin", "cotmoc", "cotmoccotmoc", "cotmocadmin", "cotmocquantri", "qwertyuiop", "qwertyuiopasdf", "qwertyqwerty", "asdfghjkl", "asdfghjklzxc", "zxcvbnm", "iloveyou", "iloveyouforever", "letmein", "letmeinplease", "welcome", "welcometovietnam", "anhyeuem", "emyeuanh", "anhyeuemnhieu", "emyeuanhnhieu", "yeuemnhieu", "vietnam", "vietnamvietnam", "vietnamvodich", "toiyeuvietnam", "tochocmuonnam", "hanoivietnam", "khongcomatkhau", "khongcogi", "khongnhodau", "nguyenvana", "congan", "coquan", "dashboard", "abcdefghijkl", "abcdefghijklm", "aaaaaaaaaaaa", "changeme", "changemenow", "changemeplease", "defaultpassword", "secret", "secretsecret", "monkeymonkey", "dragondragon", "footballfootball"]
)
SEQUENCES = ("0123456789012345678901234567890", "9876543210987654321098765432109", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")


def normal(given: str) -> str:
    """Return a password in NFC: two keyboards that write the same Vietnamese letter differently open the same door."""
    return unicodedata.normalize("NFC", given)


def check(given: str, name: str) -> str:
    """Return the password as it is hashed; UserError in one line when it is too short, too long or easily guessed."""
    password = normal(given)
    if len(password) < SHORTEST:
        raise UserError(f"mật khẩu cần ít nhất {SHORTEST} ký tự; một câu ngắn dễ nhớ là tốt nhất")
    if any("\ud800" <= char <= "\udfff" or char == "\0" for char in password):
        raise UserError("mật khẩu có ký tự không gõ lại được; hãy gõ lại từ bàn phím")
    if len(password) > LONGEST:
        raise UserError(f"mật khẩu dài quá {LONGEST} ký tự")
    flat = "".join(char for char in fold(password) if char.isalnum())
    core, own = flat.strip("0123456789"), "".join(char for char in fold(normal(name)) if char.isalnum())
    if len(set(flat)) < 5 or core in COMMON or any(flat in line or flat in line[::-1] for line in SEQUENCES):
        raise UserError("mật khẩu này quá dễ đoán; hãy chọn một câu chỉ riêng mình nghĩ ra")
    if len(own) >= 3 and len(flat.replace(own, "")) < SHORTEST // 2:
        raise UserError("mật khẩu không được chỉ là tên của mình; hãy chọn một câu khác")
    return password


@cache
def _hasher() -> PasswordHasher:
    # RFC 9106, second recommended option: 3 passes over 64 MiB.
    return PasswordHasher(time_cost=3, memory_cost=65536, parallelism=4)


@cache
def _places() -> threading.BoundedSemaphore:
    # Two at a time: guesses by the hundred must not take the memory of an old office PC.
    return threading.BoundedSemaphore(2)


@cache
def _nobody() -> str:
    return seal("mật khẩu của người không có ở đây")


def seal(password: str) -> str:
    """Return the argon2id text of a password."""
    with _places():
        return _hasher().hash(normal(password))


def opens(sealed: str, given: str) -> bool:
    """Tell whether `given` is the password; with nothing sealed the same work is done and the answer is no."""
    wanted = sealed or _nobody()
    with _places():
        try:
            right = _hasher().verify(wanted, normal(given)[: LONGEST * 2])
        except (VerifyMismatchError, VerificationError, InvalidHashError, UnicodeError):
            return False
    return right and bool(sealed)


def outdated(sealed: str) -> bool:
    """Tell whether the password was sealed with weaker parameters than today's."""
    return _hasher().check_needs_rehash(sealed)
