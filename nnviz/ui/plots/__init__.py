"""Live plots: one file each, listed in `table.PLOTS`; nothing else in the package imports pyqtgraph.

Importing pyqtgraph takes half a second, so the window imports this package after its first paint (DECISIONS 29).
"""
