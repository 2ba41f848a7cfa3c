"""The stops of a study, each a function from frozen values to a frozen value."""
