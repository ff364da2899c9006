"""The liver ledger: every lesion against every local treatment, and one plan over all of them."""
