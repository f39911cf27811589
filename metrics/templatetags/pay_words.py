"""Kept sentences about pay in the reader's language, for templates."""

from django import template

from metrics.pay.line_words import about_words

register = template.Library()
register.filter("about_words", about_words)
