"""espeak-ng through ctypes: one sentence of text in, samples and timed events out.

The library keeps its state in global variables, among them the phase of a slow flutter of the
voice, so that the same sentence comes out some samples longer or shorter each time. Therefore
``opened`` loads it afresh (about a millisecond) and unloads it again: the same sentence always
sounds the same, and no failure outlives it. Where the system does not unload libraries, only that
guarantee is lost.
"""

from __future__ import annotations

import ctypes as c
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from tools.errors import MissingError, PortrayalError

# From espeak-ng's speak_lib.h
_SYNCHRONOUS = 2
_OPTIONS = 0x0001 | 0x0002 | 0x8000  # phoneme events, in IPA, never exit()
_UTF8 = 1  # neither SSML (0x10) nor phonemes in [[ ]] (0x100) are interpreted
_WORD, _PHONEME = 1, 7
_RATE, _VOLUME, _PITCH, _RANGE = 1, 2, 3, 4
_SEED = 1  # of noise: by itself the library takes the time


class _Event(c.Structure):
    _fields_ = (
        ("type", c.c_int),
        ("unique_identifier", c.c_uint),
        ("text_position", c.c_int),  # characters, from 1
        ("length", c.c_int),
        ("audio_position", c.c_int),  # ms
        ("sample", c.c_int),
        ("user_data", c.c_void_p),
        ("symbol", c.c_char * 8),  # of a phoneme; in C a union with an int and a pointer
    )


class _VoiceRecord(c.Structure):
    _fields_ = (
        ("name", c.c_char_p),
        ("languages", c.c_void_p),  # repeated: priority byte, tag, NUL; then NUL
        ("identifier", c.c_char_p),
    )  # and more, which is not read


_Callback = c.CFUNCTYPE(c.c_int, c.POINTER(c.c_short), c.c_int, c.POINTER(_Event))
_lock = threading.Lock()


@dataclass
class Take:
    """The library's report while it speaks: 16-bit samples, and events by sample."""

    pcm: bytearray = field(default_factory=bytearray)
    marks: list[tuple[int, int]] = field(default_factory=list)  # character from 0, sample
    phonemes: list[tuple[str, int]] = field(default_factory=list)  # symbol as given, sample
    failure: BaseException | None = None

    def receive(
        self, samples: c._Pointer[c.c_short], count: int, events: c._Pointer[_Event]
    ) -> int:
        """The callback; an exception must not cross into C, so it is kept and the voice stopped."""
        try:
            if samples and count > 0:
                self.pcm += c.string_at(samples, count * 2)
            index = 0
            while events[index].type:
                event = events[index]
                if event.type == _WORD:
                    self.marks.append((event.text_position - 1, event.sample))
                elif event.type == _PHONEME:
                    symbol = event.symbol.decode("utf-8", "ignore")
                    self.phonemes.append((symbol, event.sample))
                index += 1
        except BaseException as error:
            self.failure = error
            return 1
        return 0


class Listed(NamedTuple):
    """A voice as the library lists it."""

    name: str  # such as "English (America)"
    file: str  # that it is loaded from
    tags: list[tuple[int, str]]  # (priority, language), the lowest number is preferred


class Library:
    """espeak-ng, freshly loaded and initialised; used only through ``opened``."""

    def __init__(self) -> None:
        import espeakng_loader

        self.folder = Path(espeakng_loader.get_data_path())
        try:
            self.c = c.CDLL(espeakng_loader.get_library_path())
        except OSError as error:
            raise MissingError(
                f"The speech library espeak-ng cannot be loaded ({error}); "
                "reinstall it: pip install --force-reinstall espeakng-loader."
            ) from error
        self.c.espeak_ListVoices.restype = c.POINTER(c.POINTER(_VoiceRecord))
        path = str(self.folder).encode()
        self.rate = int(self.c.espeak_Initialize(_SYNCHRONOUS, 0, path, _OPTIONS))
        if self.rate <= 0:
            raise MissingError(
                f"espeak-ng cannot read its voices in “{self.folder}”; "
                "reinstall them: pip install --force-reinstall espeakng-loader."
            )

    def close(self) -> None:
        self.c.espeak_Terminate()
        import _ctypes

        if sys.platform == "win32":
            _ctypes.FreeLibrary(self.c._handle)
        else:
            _ctypes.dlclose(self.c._handle)

    def voices(self) -> Iterator[Listed]:
        records = self.c.espeak_ListVoices(None)
        index = 0
        while records[index]:
            record, tags = records[index].contents, []
            at = record.languages
            while entry := c.string_at(at):
                tags.append((entry[0], entry[1:].decode()))
                at += len(entry) + 1
            yield Listed(record.name.decode().strip(), record.identifier.decode(), tags)
            index += 1

    def speak(self, text: str, voice: str, pace: int, pitch: int = 50, range: int = 50) -> Take:
        """Speak at so many words a minute; for pitch and range 0 to 100, and 50 is the voice's."""
        if self.c.espeak_SetVoiceByName(voice.encode()) != 0:
            raise PortrayalError(f"espeak-ng cannot load its voice “{voice}”.")
        # Volume 70, since louder variants clip at 100.
        for parameter, value in ((_RATE, pace), (_VOLUME, 70), (_PITCH, pitch), (_RANGE, range)):
            self.c.espeak_SetParameter(parameter, value, 0)
        self.c.espeak_ng_SetRandSeed(c.c_long(_SEED))  # of the breath in some variants
        take = Take()
        callback = _Callback(take.receive)
        self.c.espeak_SetSynthCallback(callback)
        encoded = text.encode()
        status = self.c.espeak_Synth(encoded, len(encoded) + 1, 0, 1, 0, _UTF8, None, None)
        if take.failure:
            raise take.failure
        if status != 0:
            raise PortrayalError(f"espeak-ng failed with status {status} on “{text[:40]}”.")
        return take


@contextmanager
def opened() -> Iterator[Library]:
    """The library for one task; other threads wait, since there is one per process."""
    with _lock, closing(Library()) as library:
        yield library
