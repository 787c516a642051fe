"""Pages under ``/claims/``: the bureau's conflicts of claims (认领裁定)."""

from django.urls import path

from projects.views import claims

urlpatterns = [
    path("", claims.conflict_list, name="claim-conflicts"),
    path("<int:claim>/rule/", claims.rule, name="claim-rule"),
]
