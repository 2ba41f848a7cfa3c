"""A simulated panel of 115 cities from which the study must arrive at the printed tables.

Nothing here is data about real cities: agreement shows that the arithmetic of the study is right
from raw record to table, and nothing about the world.

printed, models          what the tables print, and the regressions behind them
regression, jacobian     the figures of a regression and how they move with its data
sets, scores             who is where on the maps, and smooth paths of the scores
shapes, design, start    the other variables: shapes, year means, smooth noise
cells, targets, fit      the cells of the panel, and the least change to the printed figures
levels, economy          output, labour, electricity and waste of each city as least squares
frontier, exact          the frontier read off, its duals, and whole numbers to the last digit
waste, counts, limits    from indices to pollutants, from rates to countable things
yearbook, registry, …    the raw files with the blemishes of real ones
"""
