"""The joint plan: each lesion resected, ablated, embolised or left, as an exact mixed-integer programme."""
