"""The start page: one exercise of two minutes, to see what a test is worth here."""

ORDER = ("first_test",)
