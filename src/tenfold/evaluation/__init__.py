"""Pure functions on arrays: metrics, calibration, significance."""
