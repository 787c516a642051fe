"""Pages of steps and opinions. The names are what gates, notices and other apps link to."""

from django.urls import path

from approvals.dispatching import urls as dispatching
from approvals.permits import urls as permits
from approvals.receipts import urls as receipts
from approvals.sittings import urls as sittings
from approvals.special import views as special
from approvals.views import agreements, inbox, opinions, signings, steps

urlpatterns = [
    *dispatching.urlpatterns,
    *permits.urlpatterns,
    *receipts.urlpatterns,
    *sittings.urlpatterns,
    path("agreements/<int:pk>/", agreements.AgreementPage.as_view(), name="agreement"),
    path("agreements/<int:pk>/compare/", agreements.CompareAgreement.as_view(), name="agreement-compare"),
    path("agreements/<int:pk>/give-up/", agreements.GiveUpAgreement.as_view(), name="agreement-give-up"),
    path("agreements/<int:pk>/print/", agreements.PrintAgreement.as_view(), name="agreement-print"),
    path("agreements/<int:pk>/revise/", agreements.ReviseAgreement.as_view(), name="agreement-revise"),
    path("inbox/", inbox.Inbox.as_view(), name="inbox"),
    path("opinions/<int:pk>/", opinions.OpinionPage.as_view(), name="opinion"),
    path("opinions/<int:pk>/on-behalf/", opinions.OnBehalf.as_view(), name="opinion-on-behalf"),
    path("projects/<int:pk>/agreement/new/", agreements.NewAgreement.as_view(), name="agreement-new"),
    path("projects/<int:pk>/steps/<slug:code>/open/", steps.Open.as_view(), name="step-open"),
    path("projects/<int:pk>/signings/", signings.OfProject.as_view(), name="signings-of"),
    path("projects/<int:pk>/signings/new/", signings.New.as_view(), name="signing-new"),
    path("opinions/<int:pk>/followed/", opinions.Followed.as_view(), name="opinion-followed"),
    path("signings/export/", signings.export, name="signings-export"),
    path("signings/", signings.Ledger.as_view(), name="signings"),
    path("signings/<int:pk>/void/", signings.Void.as_view(), name="signing-void"),
    path("projects/<int:pk>/special-report/new/", special.New.as_view(), name="special-report-new"),
    path("special-reports/", special.Reports.as_view(), name="special-reports"),
    path("special-reports/<int:pk>/", special.Report.as_view(), name="special-report"),
    path("special-reports/<int:pk>/edit/", special.Edit.as_view(), name="special-report-edit"),
    path("special-reports/<int:pk>/instruct/", special.Instruct.as_view(), name="special-report-instruct"),
    path("special-reports/<int:pk>/issue/", special.Issue.as_view(), name="special-report-issue"),
    path(
        "special-reports/<int:pk>/record/", special.RecordInstruction.as_view(), name="special-report-record"
    ),
    path("special-reports/<int:pk>/visit/", special.Visit.as_view(), name="special-report-visit"),
    path("special-reports/<int:pk>/void/", special.Void.as_view(), name="special-report-void"),
    path("special-reports/<int:pk>/word/", special.word, name="special-report-word"),
    path("steps/<int:pk>/", steps.StepPage.as_view(), name="step"),
    path("steps/<int:pk>/ask/", steps.Ask.as_view(), name="step-ask"),
    path("steps/<int:pk>/cancel/", steps.Cancel.as_view(), name="step-cancel"),
    path("steps/<int:pk>/conclude/", steps.Conclude.as_view(), name="step-conclude"),
    path("steps/<int:pk>/meeting/", steps.Meeting.as_view(), name="step-meeting"),
    path("steps/<int:pk>/sheet/", steps.Sheet.as_view(), name="step-sheet"),
]
