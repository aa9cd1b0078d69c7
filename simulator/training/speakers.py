"""Synthetic speakers for training on sound: espeak-ng, flite and festival, each in several voices.

Needs Debian's `espeak-ng flite festival festvox-kallpc16k festvox-kdlpc16k`, only for training. Deterministic.
"""

import subprocess
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from simulator.audio.files import read_audio
from simulator.errors import CalmlineError
from simulator.records import Samples

_PACKAGES = "espeak-ng flite festival festvox-kallpc16k festvox-kdlpc16k"
_PROMPTS = Path("/usr/share/asterisk/sounds")
_SHORTEST_PROMPT_S, _G722_BYTES_PER_S = 2.0, 8000
_ACCENTS = ("en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-us-nyc", "en-029", "en-gb-x-gbclan")
_VARIANTS = (
    "m1 m2 m3 m4 m5 m6 m7 m8 f1 f2 f3 f4 f5 adam anika antonio belinda benjamin boris caleb david ed edward gustave"
    " iven john linda max michel norbert pablo paul quincy rob robert sandro shelby steph travis victor"
).split()


@dataclass(frozen=True)
class Speaker:
    """A voice of one engine."""

    engine: str
    voice: str

    def say(self, text: str, *, stretch: float = 1.0) -> Samples:
        """The sound of a text, `stretch` times as long as usual.

        Raises:
            CalmlineError: the engine is not on this machine or gives no sound.
        """
        with tempfile.TemporaryDirectory() as folder:
            wav = Path(folder) / "said.wav"
            _run(*self._command(text, stretch, wav), stdin=text)
            return read_audio(wav).samples

    def _command(self, text: str, stretch: float, wav: Path) -> tuple[str, ...]:
        if self.engine == "espeak":
            return ("espeak-ng", "-v", self.voice, "-s", str(round(165 / stretch)), "-w", str(wav), text)
        if self.engine == "flite":
            slower = f"duration_stretch={stretch}"
            return ("flite", "-voice", self.voice, "--setf", slower, "-t", text, "-o", str(wav))
        setting = f"(begin (voice_{self.voice}) (Parameter.set 'Duration_Stretch {stretch}))"
        return ("text2wave", "-eval", setting, "-o", str(wav))


@dataclass(frozen=True)
class Announcer:
    """A person who recorded the prompts of a telephone exchange (Debian's `asterisk-core-sounds-*-g722`)."""

    language: str

    @cached_property
    def prompts(self) -> tuple[Path, ...]:
        """The recordings of more than two seconds.

        Raises:
            CalmlineError: the package is not on this machine.
        """
        folders = sorted(_PROMPTS.glob(f"{self.language}_*"))
        least = round(_SHORTEST_PROMPT_S * _G722_BYTES_PER_S)
        found = tuple(p for folder in folders for p in sorted(folder.rglob("*.g722")) if p.stat().st_size >= least)
        if not found:
            package = f"asterisk-core-sounds-{self.language}-g722"
            raise CalmlineError(
                f"{_PROMPTS} holds no prompts in {self.language}.", advice=f"apt-get install {package}"
            )
        return found


ANNOUNCERS = tuple(Announcer(language) for language in ("en", "fr", "it", "ru", "es"))


def all_speakers() -> tuple[Speaker, ...]:
    """Every speaker, in a fixed order; the espeak voices go through the accents in turn."""
    espeak = [Speaker("espeak", f"{_ACCENTS[i % len(_ACCENTS)]}+{v}") for i, v in enumerate(_VARIANTS)]
    flite = [Speaker("flite", voice) for voice in ("awb", "rms", "slt", "kal16")]
    festival = [Speaker("festival", voice) for voice in ("kal_diphone", "ked_diphone")]
    return (*flite, *festival, *espeak)


def _run(*command: str, stdin: str) -> None:
    try:
        subprocess.run(command, input=stdin, text=True, check=True, capture_output=True)
    except (FileNotFoundError, subprocess.CalledProcessError) as error:
        raise CalmlineError(
            f"{command[0]} cannot speak: {error}.", advice=f"Type `apt-get install {_PACKAGES}`."
        ) from error
