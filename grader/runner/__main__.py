"""Start the warm process: `python -m grader.runner ORDER`."""

import sys

from grader.runner.server import main

main(sys.argv[1:])
