"""The page of `xinzhi app`: a study without a terminal, on the user's own machine."""
