"""Every exception of the grader, as one tree.

Two stand elsewhere, because they are raised where nothing of the rest of the grader may be:
`Hang` in `grader.runner.loops` and `Refused` in `grader.runner.guard`.
"""


class GraderError(Exception):
    """The root: everything that the grader raises on purpose."""


class CourseError(GraderError):
    """Something of the course is wrong; the message is one sentence that says what to do."""


class BankError(CourseError):
    """An exercise is declared wrongly; the message says which, and what to change."""


class DuplicateAnswer(CourseError):
    """A notebook holds several cells for one exercise, and nobody can tell which is the answer."""


class NoWalls(CourseError):
    """Learners' code cannot be walled in here; the message says what to install."""


class CannotDo(GraderError):
    """A command cannot do what was asked; the message is one sentence that says what to do."""


class WorkerLost(GraderError):
    """The process that runs tests ended or fell silent; the message says what to do."""


class Stopped(GraderError):
    """The class is no longer graded, because something else went wrong."""


class Rejected(GraderError):
    """Nothing of a suite can be judged; the message is one sentence."""


class Unreadable(Rejected):
    """A suite is no Python."""


class Refused(GraderError):
    """A submission is not read any further; the message is one sentence."""


class DirectiveError(GraderError):
    """A directive cannot be followed; the message is one sentence without a full stop."""
