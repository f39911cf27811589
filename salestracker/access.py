"""Who may open which address: one row per URL name, and what has no row stays shut.

The table says which *pages* a role has. Which *records* it sees on them is ``visible_to`` of each queryset.
"""

from dataclasses import dataclass

from accounts.roles import Role

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
EVERYONE = frozenset(Role.values)
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Access:
    """``roles`` may open the address; ``write_roles`` may also change something there (None: the same roles).

    ``public`` addresses open without signing in. A role without access gets the page for what does not exist; a role
    that may only read is told so (403) when it writes.
    """

    roles: frozenset[str] = EVERYONE
    write_roles: frozenset[str] | None = None
    public: bool = False

    def may_open(self, role: str) -> bool:
        return self.public or role in self.roles

    def may_send(self, role: str, method: str) -> bool:
        """Whether a role that may open the address may use this HTTP method on it."""
        if self.public or method in SAFE_METHODS or self.write_roles is None:
            return True
        return role in self.write_roles


PUBLIC = Access(public=True)
SIGNED_IN = Access()
MANAGERS = Access(roles=frozenset({Role.MANAGER, Role.LEADER, Role.ADMIN}))
LEADERS = Access(roles=frozenset({Role.LEADER, Role.ADMIN}))
ADMINS = Access(roles=frozenset({Role.ADMIN}))
READ_ALL_WRITE_MANAGERS = Access(write_roles=MANAGERS.roles)
READ_ALL_WRITE_ADMINS = Access(write_roles=ADMINS.roles)
SELLERS = Access(roles=frozenset({Role.REP, Role.MANAGER, Role.ADMIN}))
READ_ALL_WRITE_SELLERS = Access(write_roles=SELLERS.roles)
TEAM_HEADS = Access(roles=MANAGERS.roles, write_roles=frozenset({Role.MANAGER, Role.ADMIN}))
SHUT = Access(roles=NOBODY)


def names(access: Access, listed: str) -> dict[str, Access]:
    """The same row for each of the URL names in ``listed``, which are parted by blanks."""
    return dict.fromkeys(listed.split(), access)


ACCESS: dict[str, Access] = {
    # The program itself
    **names(PUBLIC, "healthz readyz counters language"),
    **names(SIGNED_IN, "api-schema api-docs"),
    # The API: reading for everyone who is signed in, moves for those who sell
    **names(
        SIGNED_IN,
        """api:team-list api:team-detail api:rep-list api:rep-detail api:user-list api:user-detail
        api:account-list api:account-detail api:contact-list api:contact-detail
        api:lead-list api:lead-detail api:deal-list api:deal-detail api:deal-history api:deal-earnings
        api:activity-detail
        api:channel-list api:channel-detail api:campaign-list api:campaign-detail api:spend-list api:spend-detail
        api:touch-list api:touch-detail api:pipeline-list api:pipeline-detail api:stage-list api:stage-detail
        api:product-list api:product-detail api:subscription-list api:subscription-detail
        api:metric-list api:metric-detail api:metric-records api:metric-series
        api:pipeline-as-of api:pipeline-changes""",
    ),
    **names(MANAGERS, "api:forecast metrics:forecast"),
    **names(ADMINS, "api:import-list api:import-detail"),
    # What a team costs and what its customers answered: not for reps
    **names(Access(roles=MANAGERS.roles, write_roles=ADMINS.roles), "api:expense-list api:survey-list"),
    **names(MANAGERS, "api:expense-detail api:survey-detail"),
    **names(SIGNED_IN, "api:indicator-detail api:target-detail api:benchmark-detail"),
    **names(READ_ALL_WRITE_ADMINS, "api:indicator-list api:reading-list api:target-list api:benchmark-list"),
    **names(
        READ_ALL_WRITE_SELLERS,
        """api:activity-list api:activity-complete api:lead-qualify api:lead-disqualify api:lead-assign
        api:lead-convert api:deal-move api:deal-win api:deal-lose api:deal-reopen api:deal-assign
        api:deal-bulk api:lead-bulk""",
    ),
    # Signing in (allauth)
    **names(
        PUBLIC,
        """account_login account_logout account_inactive account_signup
        account_reset_password account_reset_password_done
        account_reset_password_from_key account_reset_password_from_key_done
        mfa_authenticate mfa_login_webauthn
        openid_connect_login openid_connect_callback
        socialaccount_login_cancelled socialaccount_login_error socialaccount_signup""",
    ),
    **names(
        SIGNED_IN,
        """account_reauthenticate account_change_password account_set_password
        mfa_index mfa_reauthenticate mfa_reauthenticate_webauthn
        mfa_activate_totp mfa_deactivate_totp
        mfa_generate_recovery_codes mfa_view_recovery_codes mfa_download_recovery_codes
        mfa_list_webauthn mfa_add_webauthn mfa_edit_webauthn mfa_remove_webauthn
        socialaccount_connections usersessions_list""",
    ),
    # An admin decides which address belongs to whom.
    **names(SHUT, "account_email account_confirm_email account_email_verification_sent account_confirm_login_code"),
    # Django's admin site; its own sign-in page would go round the second factor.
    "admin:*": ADMINS,
    "admin:login": SHUT,
    # Accounts: people and teams, the audit log
    "accounts:invitation": PUBLIC,
    "accounts:profile": SIGNED_IN,
    **names(
        ADMINS,
        """accounts:user_list accounts:user_create accounts:user_edit accounts:user_invite_again
        accounts:user_deactivate accounts:user_activate
        accounts:team_list accounts:team_create accounts:team_edit accounts:team_delete accounts:audit_list""",
    ),
    # Pipeline: leads, deals, activities
    **names(SIGNED_IN, "pipeline:board pipeline:deal_list pipeline:deal_detail"),
    **names(
        SELLERS,
        """pipeline:deal_create pipeline:deal_bulk pipeline:deal_bulk_undo
        pipeline:lead_bulk pipeline:lead_bulk_undo""",
    ),
    **names(
        READ_ALL_WRITE_SELLERS,
        """pipeline:deal_edit pipeline:deal_mend pipeline:deal_row pipeline:deal_move pipeline:deal_win
        pipeline:deal_lose pipeline:deal_reopen
        pipeline:deal_lines pipeline:deal_credits pipeline:deal_delete pipeline:deal_restore""",
    ),
    "pipeline:deal_assign": TEAM_HEADS,
    **names(
        SIGNED_IN,
        """pipeline:lead_list pipeline:lead_detail pipeline:account_list pipeline:account_detail
        pipeline:contact_list pipeline:contact_detail pipeline:activity_list pipeline:activity_detail
        pipeline:search pipeline:search_suggestions
        pipeline:view_create pipeline:view_edit pipeline:view_delete pipeline:view_default""",
    ),
    **names(
        SELLERS,
        """pipeline:lead_create pipeline:account_create pipeline:contact_create
        pipeline:activity_log pipeline:activity_plan pipeline:duplicate_hint""",
    ),
    **names(
        READ_ALL_WRITE_SELLERS,
        """pipeline:lead_edit pipeline:lead_delete pipeline:lead_restore pipeline:lead_claim pipeline:lead_qualify
        pipeline:lead_disqualify pipeline:lead_reopen pipeline:lead_convert
        pipeline:account_edit pipeline:account_delete pipeline:account_restore
        pipeline:contact_edit pipeline:contact_delete pipeline:contact_restore
        pipeline:account_merge pipeline:account_unmerge pipeline:contact_merge pipeline:contact_unmerge
        pipeline:activity_edit pipeline:activity_complete pipeline:activity_snooze pipeline:activity_undo
        pipeline:activity_delete pipeline:activity_restore""",
    ),
    **names(ADMINS, "pipeline:import_list pipeline:import_detail pipeline:import_errors pipeline:import_undo"),
    "pipeline:lead_assign": TEAM_HEADS,
    **names(
        Access(roles=frozenset({Role.MANAGER, Role.ADMIN})),
        "pipeline:hand_over_list pipeline:hand_over pipeline:hand_over_undo",
    ),
    # Settings
    **names(
        ADMINS,
        """pipeline:settings pipeline:settings_company
        pipeline:pipeline_list pipeline:pipeline_create pipeline:pipeline_edit pipeline:pipeline_delete
        pipeline:stage_create pipeline:stage_edit pipeline:stage_move pipeline:stage_delete
        pipeline:lost_reason_list pipeline:lost_reason_create pipeline:lost_reason_edit pipeline:lost_reason_delete
        pipeline:routing_rule_list pipeline:routing_rule_create pipeline:routing_rule_edit pipeline:routing_rule_move
        pipeline:routing_rule_delete
        pipeline:product_list pipeline:product_create pipeline:product_edit pipeline:product_delete
        pipeline:channel_list pipeline:channel_create pipeline:channel_edit pipeline:channel_delete
        pipeline:campaign_list pipeline:campaign_create pipeline:campaign_edit pipeline:campaign_delete
        pipeline:spend_list pipeline:spend_create pipeline:spend_edit pipeline:spend_delete
        pipeline:rate_list pipeline:rate_create pipeline:rate_edit pipeline:rate_delete
        pipeline:rep_list pipeline:rep_create pipeline:rep_edit pipeline:rep_team pipeline:rep_team_take_back""",
    ),
    **names(
        ADMINS,
        """metrics:expense_list metrics:expense_create metrics:expense_edit metrics:expense_delete
        metrics:indicator_list metrics:indicator_create metrics:indicator_edit metrics:indicator_delete
        metrics:reading_list metrics:reading_create metrics:reading_edit metrics:reading_delete
        metrics:survey_list metrics:survey_create metrics:survey_edit metrics:survey_delete
        metrics:benchmark_list metrics:benchmark_create metrics:benchmark_edit metrics:benchmark_delete
        metrics:market_size_list metrics:market_size_create metrics:market_size_edit metrics:market_size_delete
        metrics:definition_list metrics:definition_create metrics:definition_edit
        metrics:definition_retire metrics:definition_restore
        metrics:pin_list metrics:pin_create metrics:pin_edit metrics:pin_move metrics:pin_remove
        metrics:target_list metrics:target_grid
        metrics:target_create metrics:target_history metrics:target_edit metrics:target_delete""",
    ),
    # Metrics: figures, incentives
    **names(
        SIGNED_IN,
        """metrics:home metrics:today metrics:my_numbers metrics:kpis
        metrics:metric_list metrics:metric metrics:metric_records metrics:metric_csv
        metrics:pipeline_changes metrics:funnel metrics:cohorts metrics:durations metrics:pin_review""",
    ),
    **names(
        SIGNED_IN, "metrics:statement_list metrics:statement_workbook metrics:statement_detail metrics:statement_pdf"
    ),
    **names(SIGNED_IN, "api:plan-list api:plan-detail api:statement-list api:statement-detail"),
    **names(ADMINS, "api:statement-approve api:statement-pay"),
    **names(READ_ALL_WRITE_SELLERS, "api:statement-disputes metrics:dispute_create metrics:dispute_answer"),
    **names(SIGNED_IN, "metrics:dispute_list metrics:dispute_detail"),
    **names(SIGNED_IN, "metrics:plan_list metrics:plan_detail"),
    **names(
        ADMINS,
        """metrics:statement_calculate metrics:statement_review metrics:statement_approve metrics:statement_pay
        metrics:plan_create metrics:plan_edit metrics:plan_publish metrics:plan_lab metrics:plan_lab_start""",
    ),
    **names(LEADERS, "metrics:book_list metrics:book_detail metrics:book_metric metrics:statement_months"),
    **names(ADMINS, "metrics:book_close metrics:book_freeze metrics:book_reopen"),
    "metrics:earnings": Access(roles=frozenset({Role.REP, Role.MANAGER})),
    "metrics:team": Access(roles=frozenset({Role.MANAGER})),
    **names(ADMINS, "metrics:job_list metrics:job_detail metrics:job_retry metrics:job_start"),
}


def access_of(view_name: str) -> Access | None:
    """The row of a URL name; a row ``namespace:*`` holds for a whole namespace. None: no row, so it stays shut."""
    if row := ACCESS.get(view_name):
        return row
    namespace, colon, _name = view_name.rpartition(":")
    return ACCESS.get(f"{namespace}:*") if colon else None
