"""What is tried against the grader, by class, each with the verdict that a trustworthy one gives.

Forgery, sniffing, leaks and destruction run as suites behind both walls. `test_intake` has the
notebooks and trees that are handed in. The pages that show what learners wrote are attacked where
they are tested: `test_feedback`, `test_class_report`, and in a browser `test_pages`.
"""
