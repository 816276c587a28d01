"""What the cells of a Jupyter or Colab notebook call.

A notebook's kernel has packages of its own, and on Colab they are not the ones Portrayal needs. So
two sides stand here, which share no process (docs/notebook.md says why):

    in the kernel            studio (what the cells call), environment, torch_source, bridge,
                             board, backup, pictures, player: they import only the standard
                             library
    in Portrayal's Python    desk (what the kernel asks for beside ``portrayal``'s own commands),
                             advice
"""

from agent.notebook.studio import Studio, open_studio

__all__ = ["Studio", "open_studio"]
