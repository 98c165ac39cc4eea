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
# | ROWS |
#
# Coverage says that a line ran. Whether anybody looked at what it did, it cannot say. Where a
# function has no branch, the column says "none".
