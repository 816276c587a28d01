"""As much of Colab's own package as the notebook uses, for a kernel that is not on Colab."""
