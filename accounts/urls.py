from django.urls import URLPattern, URLResolver, path

from accounts.views import audit, invitations, preferences, teams, users

app_name = "accounts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("profile/", preferences.ProfileView.as_view(), name="profile"),
    path("invitation/<str:token>/", invitations.InvitationView.as_view(), name="invitation"),
    path("audit/", audit.AuditListView.as_view(), name="audit_list"),
    # Users
    path("settings/users/", users.UserListView.as_view(), name="user_list"),
    path("settings/users/new/", users.UserPage.as_view(), name="user_create"),
    path("settings/users/<int:pk>/", users.UserPage.as_view(), name="user_edit"),
    path("settings/users/<int:pk>/invite/", users.UserInviteAgainView.as_view(), name="user_invite_again"),
    path("settings/users/<int:pk>/deactivate/", users.UserDeactivateView.as_view(), name="user_deactivate"),
    path("settings/users/<int:pk>/activate/", users.UserActivateView.as_view(), name="user_activate"),
    # Teams
    path("settings/teams/", teams.TeamListView.as_view(), name="team_list"),
    path("settings/teams/new/", teams.TeamPage.as_view(), name="team_create"),
    path("settings/teams/<int:pk>/", teams.TeamPage.as_view(), name="team_edit"),
    path("settings/teams/<int:pk>/delete/", teams.TeamDeleteView.as_view(), name="team_delete"),
]
