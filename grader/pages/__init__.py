"""All that is shown: the panel, the text for a terminal, and pages that stand alone."""
