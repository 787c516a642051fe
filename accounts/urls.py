"""Addresses of the sign-in, the own account and the administrators' pages."""

from django.urls import path

from accounts import system_views as system
from accounts import unit_views as units
from accounts import views

urlpatterns = [
    path("i18n/setlang/", views.set_language, name="set-language"),
    path("me/", views.me, name="me"),
    path("me/password/", views.change_password, name="change-password"),
    path("me/token/", views.new_token, name="new-token"),
    path("me/token/end/", views.end_token, name="end-token"),
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("system/", system.index, name="system"),
    path("system/audit/", system.audit_trail, name="system-audit"),
    path("system/roles/<int:pk>/end/", system.role_end, name="system-role-end"),
    path("system/units/", units.units, name="system-units"),
    path("system/units/new/", units.unit_new, name="system-unit-new"),
    path("system/units/<slug:code>/", units.unit, name="system-unit"),
    path("system/units/<slug:code>/correct/", units.unit_correct, name="system-unit-correct"),
    path("system/units/<slug:code>/end/", units.unit_end, name="system-unit-end"),
    path("system/units/<slug:code>/rename/", units.unit_rename, name="system-unit-rename"),
    path("system/users/", system.users, name="system-users"),
    path("system/users/new/", system.user_new, name="system-user-new"),
    path("system/users/<int:pk>/", system.user, name="system-user"),
    path("system/users/<int:pk>/active/", system.user_active, name="system-user-active"),
    path("system/users/<int:pk>/correct/", system.user_correct, name="system-user-correct"),
    path("system/users/<int:pk>/grant/", system.role_grant, name="system-role-grant"),
    path("system/users/<int:pk>/reset/", system.user_reset, name="system-user-reset"),
]
