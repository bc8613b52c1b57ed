"""A program that lives a batch in children of its own and kills each at a chosen moment.

It reads orders from a file, a JSON list a line: a folder, which experiment, and moments: a whole
number is a step of the writing, a fraction a time in seconds. After the last moment the same
command runs to its end. It writes a line an order: where each child died (null where it ended
before) and the exit code of the last.
"""

import json
import os
import signal
import sys
import threading
import time
import traceback
from functools import cache
from pathlib import Path

import cgsim
from cgsim.experiment.design import Factor
from cgsim.running.batch import run_experiment
from cgsim.running.saving import save
from file_steps import watched
from small_batches import TINY, precise_experiment, small_experiment

EXPERIMENTS = {
    "plain": lambda: small_experiment(factors=(Factor("size", (2, 3)),), replicates=8),
    "wide": lambda: small_experiment(),
    "months": lambda: small_experiment(replicates=20, months=True),
    "precise": lambda: precise_experiment(),
    "boards": lambda: small_experiment(replicates=20, months=True, boards=True),
}


@cache
def results():
    return cgsim.run(cgsim.load("baseline", TINY), replicates=70, months=True)


def work(name, folder):
    """Do what a name stands for, into a folder."""
    if name == "run":
        save(results(), folder)
    else:
        run_experiment(EXPERIMENTS[name](), folder)


def live(name, folder, moment, told):
    """Run the batch; at the moment, end the process as a power switch would."""
    steps = 0

    def reach(step, kind, path):
        nonlocal steps
        steps += 1
        if steps == moment:
            os.write(told, f"{step}: {kind}".encode())
            os.kill(os.getpid(), signal.SIGKILL)

    def kill_later():
        time.sleep(moment)
        os.write(told, b"by the clock")
        os.kill(os.getpid(), signal.SIGKILL)

    if isinstance(moment, float):
        threading.Thread(target=kill_later, daemon=True).start()
    with watched(reach):
        work(name, folder)


def in_a_child(name, folder, moment):
    """Return where the child died, or None, and its exit code."""
    heard, told = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(heard)
            live(name, folder, moment, told)
            code = 0
        except Exception:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(told)
    _, status = os.waitpid(child, 0)
    place = os.read(heard, 1000).decode()
    os.close(heard)
    if os.WIFSIGNALED(status):
        return place, -os.WTERMSIG(status)
    return None, os.WEXITSTATUS(status)


def main():
    for line in Path(sys.argv[1]).read_text().splitlines():
        folder, name, moments = json.loads(line)
        died = [in_a_child(name, folder, moment)[0] for moment in moments]
        _, code = in_a_child(name, folder, 0)
        print(json.dumps([died, code]), flush=True)


if __name__ == "__main__":
    from tempfile import TemporaryDirectory

    for name in (*EXPERIMENTS, "run"):  # nothing is compiled or imported in the children
        with TemporaryDirectory() as place:
            work(name, place)
    main()
