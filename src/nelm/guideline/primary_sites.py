"""Groups of primary sites that trials and rules speak of."""

GASTROENTEROPANCREATIC = (
    "pancreas",
    "jejunum_ileum",
    "duodenum",
    "stomach",
    "ampulla",
    "oesophagus",
    "appendix",
    "colon",
    "rectum",
)
"""The gut and the pancreas."""

DIGESTIVE = (*GASTROENTEROPANCREATIC, "gallbladder", "liver")
"""The gut, the pancreas, the gallbladder and the liver: digestive carcinomas."""
