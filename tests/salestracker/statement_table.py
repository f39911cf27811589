"""The most statements that each page may take, and the pages that are not counted."""


def _names(most: int, listed: str) -> dict[str, int]:
    return dict.fromkeys(listed.split(), most)


AT_MOST: dict[str, int] = {
    **_names(
        2,
        """
        metrics:home metrics:indicator_create metrics:survey_create pipeline:channel_create
        pipeline:lost_reason_create pipeline:pipeline_create pipeline:rate_create
        """,
    ),
    **_names(
        3,
        """
        accounts:profile accounts:team_list accounts:user_create api:benchmark-detail api:benchmark-list
        api:campaign-detail api:campaign-list api:channel-detail api:channel-list api:import-detail
        api:import-list api:indicator-detail api:indicator-list api:metric-list api:pipeline-detail
        api:pipeline-list api:product-detail api:product-list api:spend-detail api:spend-list api:stage-detail
        api:stage-list api:team-detail api:team-list api:user-detail api:user-list
        metrics:benchmark_delete metrics:book_close metrics:book_reopen metrics:definition_list
        metrics:expense_delete metrics:indicator_edit metrics:job_detail metrics:market_size_create
        metrics:market_size_delete metrics:survey_delete metrics:target_delete pipeline:channel_edit
        pipeline:channel_list pipeline:import_detail pipeline:import_list pipeline:lost_reason_edit
        pipeline:lost_reason_list pipeline:pipeline_edit pipeline:product_create pipeline:rate_delete
        pipeline:rate_edit pipeline:spend_delete pipeline:stage_create
        """,
    ),
    **_names(
        4,
        """
        metrics:statement_calculate metrics:plan_publish
        accounts:team_create accounts:user_edit accounts:user_list api:reading-list api:rep-detail api:rep-list
        api:survey-detail api:survey-list api:target-detail api:target-list metrics:indicator_delete
        metrics:indicator_list metrics:market_size_edit metrics:market_size_list metrics:reading_create
        metrics:reading_delete metrics:reading_edit metrics:survey_edit metrics:survey_list
        pipeline:campaign_create pipeline:contact_create pipeline:pipeline_list pipeline:product_edit
        pipeline:rep_create pipeline:spend_create pipeline:stage_edit
        metrics:benchmark_create
        """,
    ),
    **_names(
        5,
        """
        metrics:plan_list
        api:account-detail api:account-list api:activity-detail api:activity-list api:contact-detail
        api:contact-list api:expense-detail api:expense-list api:lead-detail api:lead-list api:metric-records
        api:subscription-detail api:subscription-list api:touch-detail api:touch-list metrics:benchmark_edit
        metrics:pin_list metrics:target_edit pipeline:campaign_edit pipeline:lost_reason_delete
        pipeline:product_list pipeline:rep_edit pipeline:rep_list pipeline:search_suggestions
        pipeline:settings_company pipeline:spend_edit
        """,
    ),
    **_names(
        6,
        """
        metrics:plan_lab
        accounts:team_edit admin:accounts_account_changelist admin:accounts_company_changelist
        admin:accounts_contact_changelist admin:accounts_rep_changelist admin:accounts_team_changelist
        admin:accounts_teammembership_changelist admin:accounts_user_changelist
        admin:pipeline_activity_changelist admin:pipeline_campaign_changelist admin:pipeline_channel_changelist
        admin:pipeline_deal_changelist admin:pipeline_dealevent_changelist admin:pipeline_dealversion_changelist
        admin:pipeline_importrun_changelist admin:pipeline_lead_changelist admin:pipeline_lostreason_changelist
        admin:pipeline_pipeline_changelist admin:pipeline_product_changelist admin:pipeline_stage_changelist
        metrics:benchmark_list metrics:book_list metrics:expense_create metrics:expense_list metrics:job_list
        metrics:metric_list metrics:pin_create metrics:pin_edit metrics:reading_list metrics:target_history
        pipeline:activity_edit pipeline:contact_list pipeline:lead_disqualify pipeline:pipeline_delete
        pipeline:product_delete pipeline:rate_list pipeline:rep_team pipeline:stage_delete
        """,
    ),
    **_names(
        7,
        """
        accounts:audit_list admin:accounts_exchangerate_changelist admin:accounts_jobrun_changelist
        metrics:expense_edit pipeline:activity_complete pipeline:activity_detail
        pipeline:campaign_list pipeline:deal_assign pipeline:deal_move
        pipeline:import_errors pipeline:lead_assign
        """,
    ),
    **_names(
        8,
        """
        admin:accounts_auditentry_changelist api:deal-detail api:deal-history api:deal-list api:pipeline-changes
        pipeline:deal_credits pipeline:deal_edit
        pipeline:lead_edit pipeline:spend_list pipeline:view_create pipeline:view_edit
        metrics:target_create pipeline:contact_edit
        """,
    ),
    **_names(
        9,
        """
        pipeline:deal_lines pipeline:lead_create
        metrics:dispute_list
        metrics:dispute_detail api:statement-disputes api:plan-list api:plan-detail api:statement-list
        api:pipeline-as-of metrics:cohorts metrics:durations metrics:funnel pipeline:activity_plan
        pipeline:campaign_delete
        pipeline:account_list pipeline:activity_list pipeline:board pipeline:deal_list pipeline:lead_detail
        """,
    ),
    **_names(
        10,
        """
        pipeline:channel_delete
        pipeline:deal_lose pipeline:deal_row pipeline:lead_list
        metrics:statement_months
        metrics:target_list pipeline:activity_log metrics:statement_list metrics:statement_workbook
        """,
    ),
    **_names(
        11,
        """
        pipeline:deal_win
        api:metric-detail metrics:metric_csv pipeline:account_create pipeline:hand_over_list
        pipeline:routing_rule_list pipeline:routing_rule_create pipeline:routing_rule_edit
        pipeline:routing_rule_delete
        pipeline:deal_bulk pipeline:lead_bulk
        """,
    ),
    **_names(
        12,
        """
        api:metric-series pipeline:deal_create pipeline:search
        """,
    ),
    **_names(
        13,
        """
        pipeline:hand_over
        pipeline:contact_detail
        pipeline:account_edit
        """,
    ),
    **_names(
        14,
        """
        metrics:definition_create
        """,
    ),
    **_names(
        15,
        """
        metrics:plan_create metrics:plan_edit
        """,
    ),
    **_names(
        16,
        """
        metrics:definition_edit metrics:metric_records metrics:pipeline_changes
        """,
    ),
    **_names(
        18,
        """
        accounts:team_delete
        metrics:target_grid
        pipeline:lead_convert pipeline:account_merge pipeline:contact_merge
        """,
    ),
    **_names(
        19,
        """
        pipeline:deal_detail
        """,
    ),
    **_names(
        21,
        """
        pipeline:settings
        """,
    ),
    **_names(
        23,
        """
        pipeline:account_detail
        metrics:book_metric
        """,
    ),
    **_names(
        25,
        """
        metrics:metric
        """,
    ),
    **_names(
        40,
        """
        api:forecast
        """,
    ),
    **_names(
        66,
        """
        metrics:forecast metrics:today
        """,
    ),
    **_names(
        165,
        """
        metrics:my_numbers
        """,
    ),
    **_names(
        164,
        """
        metrics:team
        """,
    ),
    **_names(
        30,
        """
        api:deal-earnings
        metrics:statement_detail metrics:plan_detail metrics:dispute_create api:statement-detail
        metrics:statement_pdf
        """,
    ),
    **_names(
        42,
        """
        metrics:earnings
        """,
    ),
    **_names(
        165,
        """
        metrics:kpis
        """,
    ),
    **_names(
        435,
        """
        metrics:book_detail
        """,
    ),
}
"""By name of the address. Reading the session and the user are two of them."""

REP_TOO = frozenset(
    _names(
        0,
        """metrics:today metrics:my_numbers metrics:earnings metrics:kpis metrics:metric
        pipeline:board pipeline:deal_list pipeline:lead_list pipeline:account_list pipeline:activity_list""",
    )
)
"""Pages that are counted for a rep as well: what he sees is another question there than what a manager sees."""

WHOLE = frozenset(
    _names(
        0,
        """
        metrics:metric_list api:metric-list accounts:team_list metrics:book_list pipeline:channel_list
        pipeline:lost_reason_list pipeline:pipeline_list pipeline:hand_over_list pipeline:routing_rule_list
        """,
    )
)
"""Lists without pages: the catalogue of metrics, teams as a tree, closed periods, and what a company has a few of."""

NOT_COUNTED: dict[str, tuple[str, ...]] = {
    "pages of libraries about the reader's own sign-in": (
        "account_*", "mfa_*", "usersessions_*", "socialaccount_*", "openid_*", "accounts:invitation",
    ),
    "one record of the admin site, to look up": ("admin:*_change", "admin:*_history", "admin:*_delete", "admin:*_add"),
    "of the admin site, shut or without records": (
        "admin:index", "admin:app_list", "admin:autocomplete", "admin:jsi18n", "admin:log*", "admin:password_change*",
        "admin:view_on_site", "admin:auth_*_changelist", "admin:account_*_changelist", "admin:mfa_*_changelist",
        "admin:socialaccount_*_changelist", "admin:usersessions_*_changelist",
    ),
    "for programs, without records": ("healthz", "readyz", "counters", "api-schema", "api-docs"),
}  # fmt: skip
