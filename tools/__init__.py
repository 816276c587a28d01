"""Deterministic skills: pictures, sound, video. They know nothing of agents or renderers."""

import os

# Threads that wait for one another in a network's layer would spin, and where another program wants
# the cores too, each layer then lasts as long as the system lets them: ten times as long was seen.
# It is read when PyTorch's libraries are loaded, so it is set before.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
