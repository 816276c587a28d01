"""Scripts as people write them, and the files that they name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from skimage.data import astronaut

from tests.agent.conftest import write_wav

WELCOME = """\
# The film that new people see.
version: 1
title: Welcome aboard
language: en

output:
  size: 480
  fps: 25

portraits:
  ana: ana.png

scenes:
  - id: hello
    title: Hello
    portrait: ana
    text: Welcome to the team. We are glad that you are here.

  - id: goodbye
    portrait: ana
    lines:
      - text: See you on Monday.
        expression: happy
        intensity: 0.6
        emphasis: [Monday]
        pause: 0.8
      - Bring a pen.
"""

PRODUCT = """\
version: 1
title: "What is new in {{release}}"
variables:
  release: "4.2"
  price: 12.5

output: {size: 720, aspect: "16:9", fps: 30, codec: h264, interpolate: auto}

defaults:
  portrait: ben
  voice: calm
  expression: warm
  pause: 0.3
  transition: {kind: crossfade, duration: 0.5}
  head_motion: calm

portraits:
  ben:
    file: ben.png
    face: 1
    name: Ben Ode
    role: Product

voices:
  calm:
    engine: espeak
    voice: en-gb
    speed: 0.95
    language: en

brand:
  logo: {file: logo.png, corner: top-left, size: 0.12}
  colours:
    background: "#12161f"
    accent: "#f2b544"
  lower_third: true

music:
  file: music.wav
  volume: -20
  duck: 12

scenes:
  - id: opening
    layout: card
    title: "Release {{release}}"
    subtitle: 'What changes, and what doesn''t'
    duration: 3

  - id: points
    layout: left
    slide:
      title: Three things
      points:
        - Faster searches
        - A quiet mode
        - "Price: {{price}}"
    lines:
      - text: Searches are twice as fast.
        expression: happy
      - text: "And there is a quiet mode: no pings."
        emphasis: [quiet]
        intensity: 0.7

  - id: price
    layout: corner
    corner: bottom-right
    broll: {file: slide.png, fit: contain}
    camera:
      zoom: [1.0, 1.1]
      pan: left
    background: "#203040"
    seed: 7
    quality: best
    text: >
      It costs {{price}} a month.
      Nothing else changes.
    pause: 1.5
"""

DIALOGUE = """\
version: 1
title: Two of us
language: en

portraits:
  ana: &person
    file: ana.png
    name: Ana
    role: Design
  ben:
    <<: *person
    file: ben.png
    name: Ben

voices:
  low: {engine: espeak, voice: en-us, speed: 0.9}
  high: en-gb

captions:
  burn: true
  karaoke: true
  style: outline
  files: srt
  languages: [en, de]

defaults:
  background: blur
  renderer: warp

scenes:
  - id: talk
    portrait: [ana, ben]
    layout: conversation
    lower_third: {name: Ana and Ben, role: Friends}
    lines:
      - text: Did you see the new studio?
        speaker: ana
        voice: high
        expression: surprised
        translations:
          de: Hast du das neue Studio gesehen?
      - text: I did. It is huge.
        speaker: ben
        voice: low
        language: en
        translations: {de: Habe ich. Es ist riesig.}
      - audio: laugh.wav
        transcript: "Ha, ha!"
        speaker: ana
        translations:
          de: "Ha, ha!"

  - id: alone
    portrait: ben
    transition: wipe
    background: {image: slide.png}
    lines:
      - text: |
          And then it was quiet.
        intensity: 0.5
        translations: {de: Und dann war es still.}
"""

ALL = {"welcome": WELCOME, "product": PRODUCT, "dialogue": DIALOGUE}


def desk(folder: Path) -> Path:
    """A folder with the files that the scripts name, small, since some tests read them often."""
    face = np.array(Image.fromarray(astronaut()[0:300, 80:380]).resize((150, 150)))
    for name in ("ana", "ben"):
        Image.fromarray(face).save(folder / f"{name}.png")
    for name in ("logo", "slide"):
        Image.fromarray(np.full((36, 64, 3), 90, np.uint8)).save(folder / f"{name}.png")
    for name in ("laugh", "music"):
        write_wav(folder / f"{name}.wav", 0.3 * np.sin(np.arange(16_000) / 8))
    return folder


def written(folder: Path, text: str, name: str = "scenes.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
