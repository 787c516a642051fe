"""Pages of permits. The names are what refusals, notices, the case file and other apps link to."""

from django.urls import path

from approvals.permits.views import applying, board, detail, forms

urlpatterns = [
    path("permits/", board.Board.as_view(), name="permits"),
    path("permits/matrix/", board.Matrix.as_view(), name="permits-matrix"),
    path("permits/<int:pk>/", detail.PermitPage.as_view(), name="permit"),
    path("permits/<int:pk>/complete/", forms.Complete.as_view(), name="permit-complete"),
    path("permits/<int:pk>/notice/", forms.Notice.as_view(), name="permit-notice"),
    path("permits/<int:pk>/result/", forms.RecordResult.as_view(), name="permit-result"),
    path("permits/<int:pk>/resume/", forms.Resume.as_view(), name="permit-resume"),
    path("permits/<int:pk>/special/", forms.Special.as_view(), name="permit-special"),
    path(
        "permits/<int:pk>/special/<int:special>/decline/",
        forms.DeclineSpecial.as_view(),
        name="permit-special-decline",
    ),
    path(
        "permits/<int:pk>/special/<int:special>/grant/",
        forms.GrantSpecial.as_view(),
        name="permit-special-grant",
    ),
    path("permits/<int:pk>/stop/", forms.Stop.as_view(), name="permit-stop"),
    path("permits/<int:pk>/supplement/", forms.Supplement.as_view(), name="permit-supplement"),
    path("permits/<int:pk>/withdraw/", forms.Withdraw.as_view(), name="permit-withdraw"),
    path("projects/<int:pk>/permits/apply/", applying.Apply.as_view(), name="permit-apply"),
    path("projects/<int:pk>/permits/early/", applying.Early.as_view(), name="permit-early"),
]
