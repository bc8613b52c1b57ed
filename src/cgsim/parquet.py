"""Parquet in memory, read so that nothing of it outlives the call.

Arrow's own threads let go of what they read a moment after the table is there. Where that is an
object of Python's and the program ends in that moment, the program is aborted, with the right
output and a wrong exit code. So they are given memory of Arrow's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


def table_of(data: bytes, columns: Sequence[str] | None = None) -> pa.Table:
    """Return the table in a Parquet file's bytes, its page checksums checked.

    Raises what Arrow raises: ``ArrowException``, ``OSError``, and ``MemoryError``.
    """
    import pyarrow as pa
    from pyarrow import parquet

    own = pa.allocate_buffer(len(data))
    memoryview(own).cast("B")[:] = data  # some versions hold signed bytes
    return parquet.read_table(
        pa.BufferReader(own),
        columns=None if columns is None else list(columns),
        page_checksum_verification=True,
    )
