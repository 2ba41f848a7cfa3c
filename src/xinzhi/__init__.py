"""xinzhi 新质: how new quality factors move the green efficiency of cities."""

__version__ = "0.1.0"
