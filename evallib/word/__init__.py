"""The official report as a Word file: its outline, its layout, what of the page goes into it. No numbers are made here."""
