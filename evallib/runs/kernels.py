"""The kernel that a page's notebook is given: of this Python, and no other."""

from __future__ import annotations

from subprocess import DEVNULL
from typing import Any

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

from evallib.data import net

CLASS = f"{__name__}.OurKernelManager"


class OurKernelManager(AsyncKernelManager):
    """Starts the kernel of the Python that runs the kit, whatever somebody has installed under the name `python3`."""

    @property
    def kernel_spec(self) -> Any:
        return KernelSpec(resource_dir=RESOURCES, **get_kernel_dict())

    def start_kernel(self, **options: Any) -> Any:
        """What a notebook says comes as messages; what its process says beside these is for nobody."""
        silent = {"stdout": DEVNULL, "stderr": DEVNULL} if net.is_on() else {}
        return super().start_kernel(**{**silent, **options})
