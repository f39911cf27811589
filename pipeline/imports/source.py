"""From bytes of unknown origin to one text or one sheet: content decides, never the name; sizes are capped first."""

import codecs
import gzip
import hashlib
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from pipeline.imports.report import ImportRefused

MEGABYTE = 1_048_576
MAX_FILE = 100 * MEGABYTE
MAX_UPLOAD = 10 * MEGABYTE
MAX_UNPACKED = 100 * MEGABYTE
MAX_RATIO = 100
_BLOCK = MEGABYTE
_MAGIC = {
    b"%PDF": "a PDF",
    b"MZ": "a program",
    b"\xd0\xcf\x11\xe0": "an old .xls workbook (save it as .xlsx)",
    b"\x7fELF": "a program",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"SQLite format": "a database",
}


@dataclass
class Source:
    """A file that was taken in: text with its encoding, or a workbook (``encoding`` empty)."""

    name: str
    stream: IO[bytes]
    sha256: str
    encoding: str = ""
    notes: list[str] = field(default_factory=list)


def open_source(stream: IO[bytes], name: str, *, max_bytes: int = MAX_FILE) -> Source:
    """Take in a file: measure it, unpack .gz and one-file .zip, and find out what it is. ImportRefused says why not."""
    source = Source(name, *_taken_in(stream, max_bytes))
    head = _head(source.stream)
    if head.startswith(b"\x1f\x8b"):
        source.stream = _unpacked_gzip(source.stream)
        head = _head(source.stream)
    if head.startswith(b"PK\x03\x04"):
        member = _member(source.stream)
        if member is None:
            return source
        source.stream = member
        head = _head(source.stream)
    if not head:
        raise ImportRefused("The file is empty.")
    for magic, what in _MAGIC.items():
        if head.startswith(magic):
            raise ImportRefused(f"This is {what}, not a table; possible are .csv, .csv.gz and .xlsx.")
    source.encoding = _encoding(source, head)
    return source


class _Kept(tempfile.SpooledTemporaryFile[bytes]):
    """A file that lives as long as the import that reads it."""

    def __del__(self) -> None:
        self.close()


def _taken_in(stream: IO[bytes], max_bytes: int) -> tuple[IO[bytes], str]:
    kept: IO[bytes] = _Kept(max_size=4 * MEGABYTE)
    digest, size = hashlib.sha256(), 0
    while block := stream.read(_BLOCK):
        size += len(block)
        if size > max_bytes:
            raise ImportRefused(f"The file is larger than {max_bytes // MEGABYTE} MB. Split it.")
        digest.update(block)
        kept.write(block)
    kept.seek(0)
    return kept, digest.hexdigest()


def _head(stream: IO[bytes]) -> bytes:
    stream.seek(0)
    head = stream.read(4096)
    stream.seek(0)
    return head


def _copy(packed: Any, read: int) -> IO[bytes]:
    """What ``packed`` holds, unpacked but not more than is allowed; ``read`` is its packed size."""
    kept: IO[bytes] = _Kept(max_size=4 * MEGABYTE)
    size = 0
    try:
        while block := packed.read(_BLOCK):
            size += len(block)
            if size > MAX_UNPACKED or (size > MEGABYTE and size > MAX_RATIO * max(read, 1)):
                raise ImportRefused(
                    f"Unpacked, the file is larger than {MAX_UNPACKED // MEGABYTE} MB or suspiciously dense."
                )
            kept.write(block)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise ImportRefused("The packed file is damaged, cut off or locked with a password.") from error
    kept.seek(0)
    return kept


def _size(stream: IO[bytes]) -> int:
    stream.seek(0, 2)
    size = stream.tell()
    stream.seek(0)
    return size


def _unpacked_gzip(stream: IO[bytes]) -> IO[bytes]:
    size = _size(stream)
    with gzip.GzipFile(fileobj=stream, mode="rb") as packed:
        return _copy(packed, size)


def _member(stream: IO[bytes]) -> IO[bytes] | None:
    """The only file of an archive, unpacked; None when the archive is a workbook."""
    try:
        with zipfile.ZipFile(stream) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            names = {info.filename for info in members}
            check_archive(members)
            if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
                stream.seek(0)
                return None
            if len(members) != 1:
                raise ImportRefused(f"The archive holds {len(members)} files; exactly one table is needed.")
            with archive.open(members[0]) as packed:
                return _copy(packed, members[0].compress_size)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        raise ImportRefused("The archive is damaged, cut off or locked with a password.") from error


def check_archive(members: list[zipfile.ZipInfo]) -> None:
    """Refuse an archive that would unpack to more than is sane, before anything is unpacked."""
    size = sum(info.file_size for info in members)
    packed = sum(info.compress_size for info in members)
    dense = any(
        info.file_size > MEGABYTE and info.file_size > MAX_RATIO * max(info.compress_size, 1) for info in members
    )
    if size > MAX_UNPACKED or dense or len(members) > 5000:
        raise ImportRefused(
            f"Unpacked, the file would be {size // MEGABYTE} MB from {packed // 1024} kB; at most "
            f"{MAX_UNPACKED // MEGABYTE} MB and {MAX_RATIO} times its packed size are read."
        )


def _encoding(source: Source, head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _checked_utf16(source, "utf-16")
    if guess := _utf16_without_mark(head):
        return _checked_utf16(source, guess)
    return _eight_bit_encoding(source)


def _utf16_without_mark(head: bytes) -> str:
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if len(head) > 3 and odd > len(head) * 0.3 and not even:
        return "utf-16-le"
    return "utf-16-be" if len(head) > 3 and even > len(head) * 0.3 and not odd else ""


def _checked_utf16(source: Source, encoding: str) -> str:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for block, last in _blocks(source.stream):
            if "\0" in decoder.decode(block, last):
                raise ImportRefused("The file holds NUL characters; it is no text.")
    except UnicodeDecodeError as error:
        raise ImportRefused("The file begins like UTF-16 but is none all the way; save it as UTF-8.") from error
    return encoding


def _blocks(stream: IO[bytes]) -> Iterator[tuple[bytes, bool]]:
    stream.seek(0)
    while block := stream.read(_BLOCK):
        yield block, False
    yield b"", True
    stream.seek(0)


def _eight_bit_encoding(source: Source) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    good = bad = line = first_bad = 0
    for block, last in _blocks(source.stream):
        text = decoder.decode(block, last)
        if "\0" in text:
            raise ImportRefused(
                f"The file holds NUL characters (line {line + text[: text.index(chr(0))].count(chr(10)) + 1})."
            )
        if not text.isascii():
            broken = [at for at, character in enumerate(text) if "\udc80" <= character <= "\udcff"]
            if broken and not bad:
                first_bad = line + text[: broken[0]].count("\n") + 1
            bad += len(broken)
            good += sum(character > "\x7f" for character in text) - len(broken)
        line += text.count("\n")
    if not bad:
        return "utf-8-sig"
    if good > bad:
        raise ImportRefused(f"Line {first_bad} has bytes that are no UTF-8, though the rest of the file is.", first_bad)
    return _checked_windows(source, first_bad)


def _checked_windows(source: Source, first_bad: int) -> str:
    try:
        for block, _last in _blocks(source.stream):
            block.decode("cp1252")
    except UnicodeDecodeError as error:
        raise ImportRefused(
            f"Line {first_bad} is neither UTF-8 nor Windows-1252; save the file as UTF-8.", first_bad
        ) from error
    source.notes.append("The file is not UTF-8; it was read as Windows-1252. Look at accents and umlauts.")
    return "cp1252"
