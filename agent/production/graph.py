"""The production's graph: which step follows which. ``steps`` has what they do.

                    (a script)
                        ↓
write → direct → review → speak (each scene) → time → approve
  ↑________________|_____________________________|
               render (each scene), mix → finish → inspect
                      ↑___________________________|
"""

from __future__ import annotations

from typing import Any

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from agent.production.state import State
from agent.production.steps import Steps


def build(steps: Steps, checkpointer: Any = None) -> CompiledStateGraph[State]:
    """The graph, ready to run; its state is kept by ``checkpointer`` at every step."""
    graph = StateGraph(State)
    graph.add_node("write", steps.write)
    graph.add_node("direct", steps.direct)
    graph.add_node("review", steps.review)
    graph.add_node("speak", steps.speak)
    graph.add_node("time", steps.time)
    graph.add_node("approve", steps.approve)
    graph.add_node("render", steps.render)
    graph.add_node("mix", steps.mix)
    graph.add_node("finish", steps.finish)
    graph.add_node("inspect", steps.inspect)

    graph.add_conditional_edges(START, steps.entering, ["write", "speak"])
    graph.add_edge("write", "direct")
    graph.add_edge("direct", "review")
    graph.add_conditional_edges("review", steps.speaking, ["write", "speak"])
    graph.add_edge("speak", "time")
    graph.add_conditional_edges("time", steps.timed, ["write", "approve"])
    graph.add_conditional_edges("approve", steps.rendering, ["render", "mix", END])
    graph.add_edge("render", "finish")
    graph.add_edge("mix", "finish")
    graph.add_edge("finish", "inspect")
    graph.add_conditional_edges("inspect", steps.again, ["render", END])
    return graph.compile(checkpointer=checkpointer)
