"""Start the warm process: `python -m grader.inside ORDER`."""

import sys

from grader.inside.server import main

main(sys.argv[1:])
