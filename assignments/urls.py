from django.urls import path

from assignments import problem_views, views

urlpatterns = [
    path("assignments/", views.assignments, name="assignments"),
    path("assignments/<int:pk>/", views.assignment, name="assignment"),
    path("assignments/<int:pk>/accept/", views.accept, name="assignment-accept"),
    path("assignments/<int:pk>/close/", views.close, name="assignment-close"),
    path("assignments/<int:pk>/decide/", problem_views.decide, name="assignment-decide"),
    path("assignments/<int:pk>/raise/", problem_views.raise_up, name="assignment-raise"),
    path("assignments/<int:pk>/reissue/", views.reissue, name="assignment-reissue"),
    path("assignments/<int:pk>/report/", views.report, name="assignment-report"),
    path("assignments/<int:pk>/return/", views.return_, name="assignment-return"),
    path("assignments/<int:pk>/revoke/", views.revoke, name="assignment-revoke"),
    path("cases/<int:case_pk>/assign/", views.issue, name="assignment-issue"),
    path("cases/<int:case_pk>/problem/", problem_views.report, name="problem-report"),
]
