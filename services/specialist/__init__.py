"""What every medical domain shares: retrieve passages, cite them, draft a part of the answer."""
