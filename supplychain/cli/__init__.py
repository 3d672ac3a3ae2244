"""The command line. Imports little, so that --help answers at once."""

from __future__ import annotations

import sys

from supplychain.cli import runs  # noqa: F401  (adds commands, in this order)

# isort: split
from supplychain.cli import decisions  # noqa: F401

# isort: split
from supplychain.cli import figures  # noqa: F401

# isort: split
from supplychain.cli import facts  # noqa: F401

# isort: split
from supplychain.cli import tutorial  # noqa: F401
from supplychain.cli.options import app

__all__ = ["app", "main"]


def main() -> None:
    """Run the command; faults of the input end with status 2."""
    from supplychain.errors import SupplyChainError

    try:
        app(standalone_mode=True)
    except SupplyChainError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("interrupted; nothing was half written", file=sys.stderr)
        sys.exit(130)
