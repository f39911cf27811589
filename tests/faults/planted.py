"""The planted faults as data: where, which text becomes which, what is wrong then, and which tests have to see it."""

from dataclasses import dataclass

MONEY, FOLD = "tests/accounts/test_money.py", "tests/pipeline/test_fold.py"
PERIODS, NUMBERS = "tests/metrics/test_periods.py", "tests/metrics/test_numbers.py"
MRR, OPERATORS = "tests/metrics/test_mrr_moves.py", "tests/metrics/test_operators.py"
ATTRIBUTION, CASES = "tests/metrics/market/test_attribution.py", "tests/metrics/test_worked_cases.py"
SURVIVAL, RESTATED = "tests/metrics/test_survival.py", "tests/metrics/night/test_restatements.py"
SUMS, CELLS = "tests/metrics/night/test_sums.py", "tests/pipeline/imports/test_cells.py"


@dataclass(frozen=True)
class Fault:
    """``text`` occurs exactly once in ``file``; with ``instead`` in its place one of ``tests`` has to fail."""

    area: str
    file: str
    text: str
    instead: str
    wrong: str
    tests: tuple[str, ...]


FAULTS = (
    # --- days and periods
    Fault("days", "accounts/business_dates.py", "return instant.astimezone(zone).date()", "return instant.date()",
          "a day is the one of Greenwich, not the company's", (CELLS,)),
    Fault("days", "accounts/business_dates.py", "fold=0)", "fold=1)",
          "a doubled hour is read as its second one", (CELLS,)),
    Fault("periods", "metrics/periods.py", "        return self.end - DAY\n", "        return self.end\n",
          "the day behind a period is its last one", (PERIODS,)),
    Fault("periods", "metrics/periods.py", 'return _named("week", self.start - 364 * DAY, self.end - 364 * DAY)',
          'return _named("week", self.start - 365 * DAY, self.end - 365 * DAY)',
          "a week is compared with seven other weekdays of the year before", (PERIODS,)),
    Fault("periods", "metrics/periods.py", "year if fiscal_start == 1 else year - 1", "year",
          "a fiscal year is named by the year in which it begins", (PERIODS,)),
    Fault("periods", "metrics/periods.py", "min(day.day, calendar.monthrange(year, month + 1)[1])", "min(day.day, 28)",
          "months have 28 days", (PERIODS,)),
    # --- money
    Fault("money", "accounts/money.py", "return whole + (twice > denominator or", "return whole + (twice >= denominator or",
          "halves are rounded up", (MONEY,)),
    Fault("money", "accounts/money.py", "Fraction(10) ** (minor_digits(target) - minor_digits(source))", "Fraction(1)",
          "yen are counted as cents", (MONEY,)),
    Fault("money", "accounts/money.py", "for i in order[: size - sum(parts)]:", "for i in order[:0]:",
          "the odd cents of a split are lost", (MONEY,)),
    Fault("money", "accounts/rates.py", "return of_target / of_source", "return of_source / of_target",
          "money is multiplied where it should be divided", (MONEY,)),
    Fault("money", "accounts/rates.py", "day - quotes[at][0] > self._max_age", "False",
          "a rate is good for ever", (MONEY,)),
    Fault("money", "pipeline/allocation.py", "nets[None] = rest", "pass",
          "what no line covers is lost, so that products do not add up", (CASES,)),
    # --- sight
    Fault("sight", "pipeline/models/deal.py", "return rows.filter(Q(owner__in=sight.reps) | Q(pk__in=sight.credited))",
          "return rows", "everybody sees every deal", ("tests/pipeline/test_deal_pages.py", "tests/access/test_references.py")),
    Fault("sight", "pipeline/models/lead.py", "return rows.filter(Q(owner__user=user) | Q(owner=None, team__in=queue))",
          "return rows.filter(Q(owner__user=user) | Q(owner=None))",
          "a rep sees the unclaimed leads of other teams", ("tests/pipeline/test_lead_pages.py", "tests/access/test_non_interference.py")),
    Fault("sight", "metrics/scopes.py", "return role == Role.MANAGER and scope.id in managed_team_ids(user)",
          "return role == Role.MANAGER", "a manager may ask for other managers' teams",
          ("tests/api/test_figures.py", "tests/access/test_non_interference.py")),
    # --- measures and filters
    Fault("filters", "metrics/facts/fact.py", "Activity.objects.filter(deleted_at=None, automated=False, done_on__isnull=False)",
          "Activity.objects.filter(deleted_at=None, done_on__isnull=False)",
          "mails of a machine are counted as work", (CASES,)),
    Fault("filters", "metrics/facts/fact.py", "return Lead.objects.filter(deleted_at=None).exclude(known & not_counted)",
          "return Lead.objects.filter(deleted_at=None)", "spam is counted as a lead", (CASES,)),
    Fault("filters", "metrics/facts/fact.py", 'return super().everything(q).filter(valid_from=F("opened_on"))',
          "return super().everything(q)", "a deal is opened again with each of its changes", (CASES,)),
    Fault("filters", "metrics/measures/customers.py", 'filter(outcome="won").exclude(kind="credit")', 'filter(outcome="won")',
          "a credit note makes a customer", (CASES, "tests/independent/test_independent.py")),
    # --- ratios
    Fault("ratios", "metrics/numbers.py", "    if numerator is None or not denominator:\n        return None",
          "    if numerator is None or not denominator:\n        return Fraction(0)",
          "nothing divided by nothing is 0", (NUMBERS, OPERATORS)),
    Fault("ratios", "metrics/numbers.py", "return Fraction(numerator) / Fraction(denominator)",
          "return Fraction(float(numerator) / float(denominator))", "ratios are binary numbers", (NUMBERS, CASES)),
    Fault("ratios", "metrics/operators/series.py",
          "            return Parts(ratio(upper, lower), upper, lower, n)\n        known",
          "            return Parts(sum((p.value or 0) for p in parts) / len(parts), upper, lower, n)\n        known",
          "averages are averaged", (OPERATORS,)),
    Fault("ratios", "metrics/numbers.py", "Z95 = 1.959963984540054", "Z95 = 1.644853626951472",
          "an interval of 90 % is called one of 95 %", (NUMBERS,)),
    # --- medians
    Fault("medians", "metrics/numbers.py", "    place = q * (n - 1)\n", "    place = q * n\n",
          "the median is read half a case too high", (NUMBERS,)),
    Fault("medians", "metrics/numbers.py", "    return low + part * (high - low)\n", "    return Fraction(low)\n",
          "the lower of two middle values is the median", (NUMBERS,)),
    Fault("medians", "metrics/cohorts/survival.py", "        at_risk -= leaves[day]\n", "        at_risk -= ends[day]\n",
          "who is no longer seen stays at risk", (SURVIVAL,)),
    # --- the night: stored days, increments, restatements
    Fault("increments", "pipeline/changed_days.py",
          "    return spans + [span_of(version, today) for version in gone if version.pk not in kept]", "    return spans",
          "the day on which a deal no longer closes is forgotten", (RESTATED, SUMS)),
    Fault("increments", "metrics/snapshots/storing.py", "            rest.add((subject, last + DAY, end))", "            pass",
          "changed days behind the span just done are forgotten", ("tests/metrics/night",)),
    Fault("restatements", "metrics/snapshots/storing.py", "    write_restatements(old, new, places, closed=closed, now=now, run=run)\n",
          "", "a closed month changes in silence", (RESTATED,)),
    Fault("restatements", "metrics/snapshots/storing.py", "if day < this_month}", "if day <= today}",
          "each correction of the running month is told as a restatement", (RESTATED,)),
    Fault("fold", "pipeline/fold.py", "        elif closed_on is None:\n            closed_on = day",
          "        else:\n            closed_on = day", "each change of a closed deal closes it again", (FOLD,)),
    Fault("fold", "pipeline/fold.py", "teams.team_on(owner, closed_on or start)", "teams.team_on(owner, datetime.date.max)",
          "a change of team takes what was won along", (FOLD, RESTATED)),
    Fault("fold", "pipeline/fold.py", "return [replace(state, discounted_on=first) for state in states]", "return states",
          "duplicates stay in the pipeline", (FOLD, CASES)),
    # --- attribution
    Fault("attribution", "metrics/measures/attribution.py", "for at in touched if at <= closed_at]", "for at in touched]",
          "touches after the close are paid", (ATTRIBUTION,)),
    Fault("attribution", "metrics/measures/attribution.py", "_ENDS = Fraction(2, 5)", "_ENDS = Fraction(1, 3)",
          "position is a third each", (ATTRIBUTION,)),
    Fault("attribution", "metrics/measures/attribution.py", "_EXACT.power(Decimal(2), -half_lives)", "_EXACT.power(Decimal(2), half_lives)",
          "older touches weigh more", (ATTRIBUTION,)),
    # --- pipeline changes
    Fault("changes", "metrics/waterfall/movement.py", "before.get((deal, day)), state_of(values)", "None, state_of(values)",
          "each move of a deal adds its whole amount", ("tests/metrics/flow",)),
    # --- recurring revenue
    Fault("recurring", "metrics/measures/mrr_moves.py", "    if level + change == 0:\n        return CHURN\n", "",
          "who leaves has only bought less", (MRR,)),
    Fault("recurring", "metrics/measures/mrr_moves.py", "REACTIVATION if was_there else NEW", "NEW",
          "who comes back is new", (MRR,)),
    Fault("recurring", "metrics/measures/mrr_moves.py", "changes[run.account][run.ends_on] -= run.amount", "pass",
          "subscriptions never end", (MRR,)),
    # --- cohorts
    Fault("cohorts", "metrics/cohorts/customers.py", "    over = month_index(q.as_of + DAY) - 1\n", "    over = month_index(q.as_of + DAY)\n",
          "a month that is not over counts against its cohort", ("tests/metrics/test_cohort_page.py", CASES)),
    # --- operators and targets
    Fault("operators", "metrics/operators/comparisons.py", "earlier = earlier.clipped(elapsed)", "pass",
          "a running month is compared with a whole one", (OPERATORS, CASES)),
    Fault("operators", "metrics/operators/comparisons.py", "before) if before > 0 else None, now - before", "before), now - before",
          "growth from a loss has the wrong sign", (OPERATORS,)),
    Fault("operators", "metrics/operators/comparisons.py", "if year <= q.period.last_day.year and about == segment:",
          "if about == segment:", "a benchmark of years to come is used", (OPERATORS,)),
    Fault("targets", "metrics/operators/targets.py", "            return Parts(ratio(target, actual), target, actual, n)\n",
          "            return Parts(ratio(actual, target), actual, target, n)\n",
          "costs above their target count as reached", (OPERATORS,)),
    Fault("targets", "metrics/operators/targets.py", "projected = Fraction(parts.numerator) / share",
          "projected = Fraction(parts.numerator)", "the pace is what is there already", (OPERATORS,)),
    # --- imports
    Fault("imports", "pipeline/imports/cells.py", 'point, group = (",", ".") if comma else (".", ",")',
          'point, group = (".", ",")', "1.234,56 is refused or read as 1.23456", (CELLS,)),
    Fault("imports", "pipeline/imports/cells.py", "value = value / 100 if percent else value", "value = value",
          "25% is refused where a share is asked", (CELLS,)),
    # --- pay
    Fault("pay", "metrics/facts/statements.py", "ends_on__lt=q.period.end", "ends_on__lte=q.period.end",
          "statements of the next period wait in this one", ("tests/metrics/incentives/test_payout_metrics.py",)),
    # --- books
    Fault("books", "metrics/books/book.py", "ready_at__isnull=False, reopened_at=None)", "ready_at__isnull=False)",
          "a book that was opened again still answers", ("tests/metrics/frozen/test_frozen_quarter.py",
                                                          "tests/metrics/frozen/test_book_pages.py")),
    Fault("books", "metrics/books/book.py", "known_on=None, scope=scope_then(q.scope, book))", "known_on=None)",
          "teams of today answer for the frozen quarter", ("tests/metrics/frozen/test_frozen_quarter.py",)),
)  # fmt: skip
