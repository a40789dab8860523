"""Runs the command line of connectome-manipulator several times, imported once: each run takes seconds only to start.

Standard input: [["manipulate-connectome", CONFIG, "--output-dir", DIR], ...]. Standard output: the exit codes as JSON.
"""

import json
import os
import sys

from connectome_manipulator.cli import app


def run(arguments):
    """In a process of its own, as from the shell."""
    pid = os.fork()
    if pid == 0:
        code = 70
        try:
            log = os.open(os.environ["CONNPROOF_LOG"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(log, 1)
            os.dup2(log, 2)
            print("==", *arguments, flush=True)
            sys.argv = ["connectome-manipulator", *arguments]
            app()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            code = 1
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


print(json.dumps([run(arguments) for arguments in json.load(sys.stdin)]))
