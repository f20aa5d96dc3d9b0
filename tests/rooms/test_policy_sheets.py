"""What a sheet of units says of policies: nothing is no policy of its own, a name is one."""

from __future__ import annotations

import io

from gateway.models.unit import Unit
from gateway.register.imports.kinds import bring_in
from gateway.unit_of_work import OpenUnitOfWork
