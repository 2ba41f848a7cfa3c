"""Rules of plausibility; each file adds itself."""
