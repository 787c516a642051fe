"""Pages under ``/imports/``."""

from django.urls import path

from projects.views import imports

urlpatterns = [
    path("", imports.index, name="import-list"),
    path("upload/", imports.upload, name="import-upload"),
    path("<int:pk>/", imports.detail, name="import-detail"),
    path("<int:pk>/mapping/", imports.mapping, name="import-mapping"),
    path("<int:pk>/mapping/load/", imports.load_mapping, name="import-load-mapping"),
    path("<int:pk>/sheet/", imports.choose_sheet, name="import-sheet"),
    path("<int:pk>/progress/", imports.progress, name="import-progress"),
    path("<int:pk>/decide/", imports.decide, name="import-decide"),
    path("<int:pk>/commit/", imports.commit, name="import-commit"),
    path("<int:pk>/undo/", imports.undo, name="import-undo"),
    path("<int:pk>/sent-back/", imports.sent_back, name="import-sent-back"),
]
