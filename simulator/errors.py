"""Every failure that a person can meet, with its exit code.

    CalmlineError            1   anything of ours not named below
    ├── UsageError           2   an argument that does not fit (the same code that the command line uses)
    │   └── NotFoundError    2   it names nothing that is there
    ├── ScenarioError        3   a scenario or rule file is unknown or faulty
    ├── AudioError           4   a recording is missing, damaged or no sound
    ├── ModelError           5   a speech or grading model is missing or broken
    ├── DeviceError          6   microphone or loudspeaker
    ├── VoiceError           7   the customer's voice
    ├── StoreError           8   the place where sessions are kept
    ├── TranscriptError      9   a written transcript cannot be read
    └── BundleError         10   a bundle of sessions cannot be made, is faulty, or does not fit what is here

A message says what was found and what was expected; `advice` says what to type or do next.
"""


class CalmlineError(Exception):
    """Base of all errors that are shown to a person as one plain message."""

    exit_code = 1

    def __init__(self, message: str, *, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".strip()


class UsageError(CalmlineError):
    """Arguments that are each fine but do not go together, or name nothing."""

    exit_code = 2


class NotFoundError(UsageError):
    """An id or a name of something that is not there."""


class ScenarioError(CalmlineError):
    """A scenario or rule file is unknown or faulty."""

    exit_code = 3


class AudioError(CalmlineError):
    """A recording is missing, empty, damaged or not sound at all."""

    exit_code = 4


class ModelError(CalmlineError):
    """A speech or grading model is missing, incomplete or unreadable."""

    exit_code = 5


class DeviceError(CalmlineError):
    """The microphone or the loudspeaker is missing, busy or was lost."""

    exit_code = 6


class VoiceError(CalmlineError):
    """The customer's voice could not be produced."""

    exit_code = 7


class StoreError(CalmlineError):
    """Sessions cannot be written or read: disk, rights or a damaged database."""

    exit_code = 8


class TranscriptError(CalmlineError):
    """A written transcript cannot be read."""

    exit_code = 9


class BundleError(CalmlineError):
    """A bundle of sessions cannot be made, is faulty or dangerous, or contradicts what is kept here."""

    exit_code = 10
