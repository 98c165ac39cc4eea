"""The live kernel and the terminal: deadlines, interrupts, and the report under a cell."""
