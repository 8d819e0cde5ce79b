"""What one input may take of a process: seconds of processor time and bytes of memory, enforced by the system.

A signal's handler would wait for a loop in C to return; the limits of the system do not. A process that goes beyond
its processor time is killed, one that asks for more memory gets a MemoryError.
"""

import resource
import time

SECONDS = 5
BYTES = 500 * 10**6


def bound_memory(most: int = BYTES) -> None:
    """Let this process, from here on, have at most so many bytes of address space more than it has."""
    with open("/proc/self/statm", encoding="ascii") as file:
        pages = int(file.read().split()[0])
    limit = pages * resource.getpagesize() + most
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))


def bound_time(seconds: int = SECONDS) -> None:
    """Kill this process (SIGXCPU) when it has computed so many more seconds, rounded up to whole ones."""
    limit = int(time.process_time()) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


def unbound() -> None:
    """Lift both limits."""
    for limit in (resource.RLIMIT_AS, resource.RLIMIT_CPU):
        resource.setrlimit(limit, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
