from rest_framework.routers import SimpleRouter

from accounts.api import resources

router = SimpleRouter()
router.register("teams", resources.TeamViewSet, basename="team")
router.register("reps", resources.RepViewSet, basename="rep")
router.register("users", resources.UserViewSet, basename="user")
router.register("accounts", resources.AccountViewSet, basename="account")
router.register("contacts", resources.ContactViewSet, basename="contact")
urlpatterns = router.urls
