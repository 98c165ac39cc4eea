"""What an instructor's nbgrader does differently here; see `grader/classroom/nbgrader_plugin.py`.

`grader build` makes solutions/, nbgrader's source, and notebooks/, nbgrader's release, out of
lessons/. Every part of the course is one assignment.
"""

from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.preprocessors import Execute, GetGrades

from grader.classroom.nbgrader_plugin import FeedbackPage, GradeSuites, Rebuild, Stamp, take_care
from grader.course.notebooks import CODE_STUB
from grader.course.stub import release_steps

c = get_config()  # noqa: F821 - nbgrader provides it

c.CourseDirectory.course_id = "async-testing-patterns"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
# nbgrader hands out what lies beside a notebook, and tools and tests leave things there.
c.CourseDirectory.ignore = [".*", "*.pyc", "__pycache__", "feedback", "t_*.py"]

c.ClearSolutions.code_stub = {"python": CODE_STUB}
c.GenerateAssignment.preprocessors = [
    *release_steps(GenerateAssignment.preprocessors.default()),
    Stamp,
]

# Links, pipes and the like in what was handed in are refused before nbgrader opens anything.
take_care()

# No learner's code runs in a kernel: `GradeSuites` is in the place of `Execute`.
c.Autograde.sanitize_preprocessors = [Rebuild, *Autograde.sanitize_preprocessors.default()]
c.Autograde.autograde_preprocessors = [
    GradeSuites if step is Execute else step for step in Autograde.autograde_preprocessors.default()
]

# The page that a learner gets is ours, with what the gradebook says.
c.GenerateFeedback.exporter_class = FeedbackPage
c.GenerateFeedback.preprocessors = [GetGrades]
