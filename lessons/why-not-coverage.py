# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Why not coverage
#
# Beside every exercise stands a naive suite: what a hurried engineer writes first. All its tests
# are valid, and they execute every line of the functions under test. Here it is beside the published
# solution, which executes no more of them, and kills every mutant.
#
# This page gives away what some lessons ask you to predict. Read it after them.
# [Start here](00-start-here.ipynb) leads to the lessons.

# %% [markdown]
# ## The numbers
#
# | exercise | naive: lines | branches | mutants | solution: lines | branches | mutants |
# | --- | ---: | ---: | ---: | ---: | ---: | ---: |
# | A success is stored | 100 % | none | 6 of 24 | 100 % | none | 24 of 24 |
# | Verified means happened | 100 % | 100 % | 2 of 21 | 100 % | 100 % | 21 of 21 |
# | One summary, nothing hidden | 100 % | none | 2 of 16 | 100 % | none | 16 of 16 |
# | One task, all the way | 100 % | 100 % | 3 of 20 | 97 % | 90 % | 20 of 20 |
# | A step fails | 100 % | 100 % | 2 of 22 | 91 % | 90 % | 22 of 22 |
# | Resume after a crash | 100 % | 100 % | 3 of 20 | 100 % | 100 % | 20 of 20 |
# | Every way out of a session | 100 % | 100 % | 3 of 23 | 95 % | 75 % | 23 of 23 |
# | Open in order, close in reverse | 100 % | 90 % | 5 of 20 | 100 % | 100 % | 20 of 20 |
# | Stopped means ended | 100 % | 100 % | 6 of 22 | 100 % | 100 % | 22 of 22 |
# | Tasks created together | 100 % | 100 % | 4 of 14 | 100 % | 100 % | 14 of 14 |
# | As many as allowed, and no more | 100 % | none | 1 of 17 | 100 % | none | 17 of 17 |
# | Every outcome told apart | 100 % | 100 % | 4 of 17 | 90 % | 87 % | 17 of 17 |
# | What comes out | 100 % | 100 % | 3 of 17 | 88 % | 50 % | 17 of 17 |
# | Life after the error | 100 % | 100 % | 2 of 16 | 93 % | 75 % | 16 of 16 |
# | When to try again | 100 % | 100 % | 1 of 18 | 93 % | 75 % | 18 of 18 |
# | At the deadline | 100 % | 100 % | 1 of 18 | 100 % | 100 % | 18 of 18 |
# | One budget for all | 100 % | 100 % | 4 of 18 | 100 % | 100 % | 18 of 18 |
# | A cleanup with a deadline | 100 % | 50 % | 2 of 19 | 100 % | 100 % | 19 of 19 |
# | Awaited once, with the right words | 100 % | 100 % | 1 of 18 | 100 % | 100 % | 18 of 18 |
# | In the place of another | 100 % | 78 % | 0 of 18 | 95 % | 92 % | 18 of 18 |
# | One suite for the fake and the real thing | 100 % | 100 % | 4 of 20 | 100 % | 100 % | 20 of 20 |
# | How long, and how long at most | 100 % | 100 % | 1 of 18 | 100 % | 100 % | 18 of 18 |
# | The table of delays | 100 % | 100 % | 2 of 19 | 100 % | 100 % | 19 of 19 |
# | True for any list of files | 100 % | 100 % | 0 of 18 | 100 % | 100 % | 18 of 18 |
# | Tests that are run | 100 % | 100 % | 3 of 11 | 100 % | 100 % | 11 of 11 |
# | Clean, also after a failure | 100 % | 100 % | 2 of 15 | 83 % | 83 % | 15 of 15 |
# | An error that is looked at | 100 % | 100 % | 2 of 15 | 90 % | 50 % | 15 of 15 |
# | Two at the same time | 100 % | 100 % | 0 of 12 | 92 % | 50 % | 12 of 12 |
# | Assertions for a printed line | 100 % | 100 % | 1 of 17 | 100 % | 100 % | 17 of 17 |
# | A file for :memory: | 100 % | 75 % | 0 of 12 | 100 % | 100 % | 12 of 12 |
# | The whole application | 100 % | 91 % | 0 of 22 | 87 % | 72 % | 22 of 22 |
#
# Coverage says that a line ran. Whether anybody looked at what it did, it cannot say. Where a
# function has no branch, the column says "none". Exercises in which you write a helper or a fixture
# of your own are left out.
