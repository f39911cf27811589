"""A second program for pay: from a case as text, by CONTRACT.md section 6 alone, in fractions, without our code.

``python -m tests.independent.pay`` makes random plans and histories, pays them twice and compares line by line.
``through_engine`` touches the product; ``calendar_units``, ``case``, ``holding``, ``basis``, ``earning``, ``statement``
and the generator (``random_*``) import nothing of it.
"""
