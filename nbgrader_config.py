"""What an instructor's nbgrader does differently here; see `grader/nbgrader_plugin.py`.

lessons/ is built into solutions/, nbgrader's source, and notebooks/, nbgrader's release, by
`grader build`. Every part of the course is one assignment.
"""

from nbgrader.converters.generate_assignment import GenerateAssignment
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    LimitOutput,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
)

from grader.nbgrader_plugin import GradeSuites, Rebuild, Stamp
from grader.notebooks import CODE_STUB

c = get_config()  # noqa: F821 - traitlets provides it

c.CourseDirectory.course_id = "async-testing-patterns"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
# A file beside a notebook would go to learners; these are only what tools and tests leave there.
c.CourseDirectory.ignore = [
    ".*",
    "*.pyc",
    "__pycache__",
    "feedback",
    "t_*.py",
]

c.ClearSolutions.code_stub = {"python": CODE_STUB}
c.GenerateAssignment.preprocessors = [*GenerateAssignment.preprocessors.default(), Stamp]

# No learner's code runs in a kernel of nbgrader's: `GradeSuites` is in the place of `Execute`.
c.Autograde.sanitize_preprocessors = [
    Rebuild,
    OverwriteKernelspec,
    OverwriteCells,
    CheckCellMetadata,
]
c.Autograde.autograde_preprocessors = [
    GradeSuites,
    LimitOutput,
    SaveAutoGrades,
    AssignLatePenalties,
    CheckCellMetadata,
]
