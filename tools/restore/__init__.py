"""Face restoration, a folder for each model or package: soft or damaged faces become sharp.

``shot`` applies any of them to a whole shot without flicker; ``align`` finds the square in a
picture that they were trained on.
"""
