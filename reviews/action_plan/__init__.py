"""A service's handlingsplan as it is read: on the page, on paper and as a spreadsheet, and by the next evaluators.

What is written in it goes through reviews.workflow.acting.
"""
