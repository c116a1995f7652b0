"""The page with a person's new recovery codes."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class RecoveryCodesView(ViewRecoveryCodesView):  # type: ignore[misc]  # allauth has no types
    """Shows the codes to who asks for them, once. To look at the page, or a browser that fetches it ahead, is no such
    asking: that would use it up.
    """

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask whether to show codes that nobody has seen; of others tell how many are left."""
        kept = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.RECOVERY_CODES).first()
        if kept is not None and not kept.wrap().did_view:
            return render(request, "mfa/recovery_codes/ready.html")
        answer: HttpResponse = super().get(request, *args, **kwargs)
        return answer

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the codes, and write down that they have been shown."""
        answer: HttpResponse = super().get(request, *args, **kwargs)
        return answer


show = RecoveryCodesView.as_view()
