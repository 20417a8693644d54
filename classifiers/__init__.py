"""Reference base, claim finding, speech roles, matching, verdicts, training and evaluation."""
