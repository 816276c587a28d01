"""Face restoration, one folder per model: soft or damaged faces become sharp ones.

``shot`` applies any of them to a whole shot without flicker; ``align`` says where in a picture the
square is that they were trained on.
"""
