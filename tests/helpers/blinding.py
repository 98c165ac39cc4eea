"""What tests of blinding share."""

from grader.engine.execution import Defences

OPEN = Defences(rules=False, guard=False)
"""Nothing is left but the obfuscation."""
NAKED = Defences(rules=False, guard=False, obfuscation=False)
