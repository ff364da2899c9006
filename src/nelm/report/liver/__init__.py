"""The liver page: feasibility of every lesion, the joint plan, its front, pictures of what is proposed."""
