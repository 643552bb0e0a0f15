"""Which department fits a symptom: the internal or the surgical side, why, and what would change the advice."""
