"""What the small servicers of a test share."""

import re

from services.mesh import context
from services.mesh.errors import MeshError

_RPC = re.compile(r"[A-Z][A-Za-z]+")


class Partial:
    """Keeps a few RPCs of its contract; the others are not implemented."""

    def __init__(self):
        self.calls, self.asked = [], []

    def note(self, request):
        self.calls.append(context.current())
        self.asked.append(request)

    def __getattr__(self, name):
        if not _RPC.fullmatch(name):
            raise AttributeError(name)
        return _unimplemented


async def _unimplemented(request, _):
    raise MeshError("UNIMPLEMENTED")
