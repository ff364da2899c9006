"""What happens after the decision: response to treatment."""

from nelm.followup.response import Response, response

__all__ = ["Response", "response"]
