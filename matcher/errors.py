"""Every error of ours: one drawn tree, one line each, no personal data.

Lowest layer: imports nothing of the library. Messages follow the form *value kind seen, rule,
what to do*; they name files, rows, columns and list ids, never a name, a birth date or a number.
`EpervierError.exit_code` is what the command line ends with; `service/problems.py` maps the same
classes to HTTP problems.
"""

from __future__ import annotations


class EpervierError(Exception):
    """Base of every error that the library raises on purpose.

    The message is one line: line breaks in it (from a parser's own text, say) become spaces.
    """

    exit_code = 3

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(str(message).split()))


class InputError(EpervierError):
    """A list, a passenger file, a mapping or an argument that cannot be read as what it claims to be."""


class UsageError(InputError):
    """An argument outside its range or a combination of arguments that means nothing."""

    exit_code = 2


class ListIdError(InputError):
    """A list id or version that does not match `[a-z0-9][a-z0-9._-]{0,63}`."""


class MappingError(InputError):
    """A mapping file with an unknown field, a missing column or a rule that cannot be applied."""


class PolicyError(InputError):
    """A list policy that is not readable, or whose rules contradict each other."""


class ShrinkError(InputError):
    """A new version of a list that lacks more entries than its policy allows."""


class SignatureError(InputError):
    """A file of a list whose signature is missing or is not by the key of the list's policy."""


class TravellerError(InputError):
    """A traveller that cannot be asked about: no letter in any name and no document."""


class ColumnTypeError(InputError):
    """An Arrow column or table of another type than the one promised."""


class LocaleError(InputError):
    """A language that the message catalogue does not hold."""


class AccessError(EpervierError):
    """A caller asks for something that none of its roles may have."""


class StoreError(EpervierError):
    """A store that cannot be read or changed as asked."""


class StoreLockedError(StoreError):
    """Another process is writing to the store."""


class DamagedStoreError(StoreError):
    """A file of the store is missing, or its content differs from the manifest's checksum."""


class StoreVersionError(StoreError):
    """The store was written with another schema or normaliser version."""


class DiskError(StoreError):
    """The operating system refused a read or a write (full disk, rights, a faulty device)."""


class ModelError(EpervierError):
    """A model, weight or policy table that breaks its own rules; nothing starts with a bad table."""


class MissingReportError(EpervierError):
    """Pictures are asked for and the packages that draw are not installed."""
