"""Text as it enters: one Unicode form, and nothing in it that a reader cannot see."""

from __future__ import annotations

import re
import unicodedata

# Control characters other than tab and line ends, zero-width characters, bidi marks and the byte order mark.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)


def cleaned(text: str) -> str:
    """The text in NFC without invisible characters; empty when only blanks are left.

    Raises UnicodeEncodeError for text with a lone surrogate.
    """
    text.encode()
    visible = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    return "" if visible.isspace() else visible
