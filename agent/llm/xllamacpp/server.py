"""The process that holds a model: llama.cpp's server on a port of this machine.

    python server.py MODEL CONTEXT THREADS BATCH        the key is the first line of its input

It prints its address once it is ready, and ends at the end of its input: when whoever started it
ends, however that is. In a process of its own, native code can always be stopped, also while it
reads a long conversation.
"""

from __future__ import annotations

import os
import sys

import xllamacpp


def main() -> None:
    """Serve until the end of the input."""
    model, context, threads, batch = sys.argv[1], *map(int, sys.argv[2:])
    wanted = xllamacpp.CommonParams()
    wanted.model.path = model
    wanted.n_ctx, wanted.n_parallel = context, 1
    wanted.n_batch = wanted.n_ubatch = batch
    wanted.cpuparams.n_threads = wanted.cpuparams_batch.n_threads = threads
    wanted.hostnames, wanted.port = ["127.0.0.1"], 0
    wanted.api_keys = [sys.stdin.readline().strip()]
    wanted.force_pure_content_parser = True  # an answer is text, whatever the template promises
    wanted.endpoint_slots = wanted.endpoint_metrics = wanted.endpoint_props = wanted.ui = False
    server = xllamacpp.Server(wanted)
    print(server.listening_address, flush=True)
    sys.stdin.read()
    os._exit(0)  # nothing is to be saved, and llama.cpp would first end what it is reading


if __name__ == "__main__":
    main()
