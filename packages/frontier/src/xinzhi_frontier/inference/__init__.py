"""Inference on scores by resampling: smoothed bootstrap, second stage, entities."""
