"""What all tables of the store share: one MetaData with its names of keys, and a number that counts up by itself."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, MetaData

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)

# SQLite only counts up by itself in an INTEGER PRIMARY KEY.
Serial = BigInteger().with_variant(Integer, "sqlite")
