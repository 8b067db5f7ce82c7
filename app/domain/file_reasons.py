"""Why a file cannot be read or written, as codes whose words are in `i18n.error_texts.REASONS`."""

from __future__ import annotations

import errno
from typing import Final

_REASONS: Final = {
    errno.ENOENT: "missing_file",
    errno.ENOTDIR: "missing_file",
    errno.ENAMETOOLONG: "missing_file",
    errno.ELOOP: "missing_file",
    errno.EISDIR: "is_folder",
    errno.EACCES: "no_permission",
    errno.EPERM: "no_permission",
    errno.ENXIO: "not_a_file",
}


def file_reason(failure: OSError | ValueError | RuntimeError) -> str:
    """Return the code of a failure to open or read a file.

    ValueError: NUL bytes, or bytes that are no text; RuntimeError: `~name` of an unknown user. No file has such names.
    """
    if isinstance(failure, OSError):
        return _REASONS.get(failure.errno or 0, "unreadable_file")
    return "missing_file"
