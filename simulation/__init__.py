"""A simulated panel of 115 cities from which the study must arrive at the printed tables.

Nothing here is data about real cities: agreement shows that the arithmetic of the study is right
from raw record to table, and nothing about the world.

printed, models          what the tables print, and the regressions behind them
regression, jacobian     the figures of a regression and how they move with its data
cells, story, fit        the cells of the panel, their start, and the least change to the figures
frontier, paths, invert  inputs, output and waste that give back the wanted efficiency
waste, counts, …         from indices to pollutants, from rates to countable things
yearbook, registry, …    the raw files with the blemishes of real ones
"""
