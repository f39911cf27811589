"""Metrics to go through where every one of the catalogue would take long: those of the main job."""

FIRST = (
    "won_revenue", "revenue_growth", "deals_won", "deals_closed", "average_deal_size", "win_rate", "win_loss_ratio",
    "revenue_by_channel", "revenue_by_product", "sales_productivity", "open_pipeline", "open_deals",
    "weighted_pipeline", "pipeline_created", "sales_cycle_length", "sales_cycle_median", "sales_velocity",
    "leads_created", "lead_qualification_rate", "lead_to_opportunity_rate", "lead_to_customer_rate",
    "lead_response_time", "activities_logged", "calls_made", "demos_held", "new_customers",
)  # fmt: skip
