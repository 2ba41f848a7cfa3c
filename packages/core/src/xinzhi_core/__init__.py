"""What the packages of xinzhi share: messages, problems, registers, the panel, draws on processes."""

from __future__ import annotations

from xinzhi_core.frozen import pickle_read_only

pickle_read_only()
