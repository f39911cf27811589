"""Names of periods in words, for templates."""

from django import template

from metrics.period_names import title_of

register = template.Library()
register.filter("period_title", title_of)
