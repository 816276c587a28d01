"""Frame interpolation, one folder per method: pictures between two consecutive ones.

``base`` is the contract, ``rate`` brings a film to another frame rate with any interpolator.
"""
