"""What happens after the decision: response, symptoms and quality of life, the heart, what is due when."""

from nelm.followup.response import Response, response

__all__ = ["Response", "response"]
