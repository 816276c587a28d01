"""Frame interpolation, one folder per method: pictures between two that follow one another.

``base`` is the contract, ``rate`` brings a film to another frame rate with any interpolator.
"""
