"""Addresses of 惠企政策: what offices publish, and what the enterprise reads."""

from django.urls import path

from service.portal.policies import own_views, views

_ONE = "enterprise-policies/<int:pk>/"

urlpatterns = [
    path("portal/<int:pk>/policies/", own_views.OwnPolicies.as_view(), name="portal-policies"),
    path("portal/<int:pk>/policies/<int:push>/", own_views.OwnPolicy.as_view(), name="portal-policy"),
    path("enterprise-policies/", views.Policies.as_view(), name="enterprise-policies"),
    path("enterprise-policies/new/", views.New.as_view(), name="enterprise-policy-new"),
    path(_ONE, views.Policy.as_view(), name="enterprise-policy"),
    path(f"{_ONE}edit/", views.Edit.as_view(), name="enterprise-policy-edit"),
    path(f"{_ONE}publish/", views.Publish.as_view(), name="enterprise-policy-publish"),
    path(f"{_ONE}withdraw/", views.Withdraw.as_view(), name="enterprise-policy-withdraw"),
]
