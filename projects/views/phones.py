"""Showing a masked telephone number in full: an act of its own, with its purpose, logged."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.actions import show_phone
from accounts.roles import Can
from kernel.refusals import Refused
from projects.forms import PurposeForm
from projects.permissions import require_on
from projects.views.base import ProjectPage


class Show(ProjectPage):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        require_on(self.user, Can.SHOW_PHONE, self.project)
        form = PurposeForm(request.POST)
        firm = self.project.enterprise
        if firm is None or not firm.contact_phone:
            raise Refused.invalid("phone", _("没有登记联系电话"))
        purpose = form.cleaned_data["purpose"] if form.is_valid() else ""
        number = show_phone(
            by=self.user,
            phone=firm.contact_phone,
            target=f"enterprise:{firm.pk}",
            purpose=purpose,
            request=request,
        )
        return render(request, "projects/_phone.html", {"project": self.project, "number": number})
