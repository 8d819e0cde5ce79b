"""A real Slurm of one node, started for the tests that need it."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.waiting import SECONDS, until

DAEMONS = ("munged", "slurmctld", "slurmd")
CONFIGURATION = """\
ClusterName=cgplab-test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket={root}/munge/socket
StateSaveLocation={root}/state
SlurmdSpoolDir={root}/spool
SlurmctldPidFile={root}/slurmctld.pid
SlurmdPidFile={root}/slurmd.pid
SlurmctldLogFile={root}/slurmctld.log
SlurmdLogFile={root}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=2,batch_sched_delay=0
KillWait=600
OverTimeLimit=10
ReturnToService=2
JobAcctGatherType=jobacct_gather/none
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} RealMemory=4000 State=UNKNOWN
PartitionName=debug Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def _free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def _start(root):
    munge = root / "munge"
    munge.mkdir(mode=0o700)
    (root / "state").mkdir()
    (root / "spool").mkdir()
    key = munge / "key"
    key.write_bytes(secrets.token_bytes(128))
    key.chmod(0o400)
    configuration = root / "slurm.conf"
    host = socket.gethostname().split(".")[0]
    configuration.write_text(CONFIGURATION.format(host=host, ports=_free_ports(2), root=root, cores=os.cpu_count()))
    files = [f"--{what}-file={munge / what}" for what in ("key", "pid", "log", "seed")]
    commands = [
        ["munged", "--force", f"--socket={munge / 'socket'}", *files],
        ["slurmctld", "-f", str(configuration)],
        ["slurmd", "-f", str(configuration), "-N", host],
    ]
    for command in commands:
        subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
    return configuration


def _stop(root):
    for path in (root / "slurmd.pid", root / "slurmctld.pid", root / "munge" / "pid"):
        try:
            pid = int(path.read_text())
            os.kill(pid, signal.SIGTERM)
        except (OSError, ValueError):
            continue
        until(lambda pid=pid: not Path(f"/proc/{pid}").exists(), f"{path.stem} ends")


@pytest.fixture(scope="session")
def slurm_configuration():
    """Configuration file of a running one-node Slurm."""
    missing = [name for name in DAEMONS if shutil.which(name) is None and not Path("/usr/sbin", name).exists()]
    if missing:
        pytest.skip(f"no Slurm here: {', '.join(missing)} missing (Debian: slurm-wlm, munge)")
    if os.geteuid() != 0:
        pytest.skip("a Slurm of one's own needs root")
    # munge refuses directories that others can write; a session's temporary directory lies deep and long.
    root = Path(tempfile.mkdtemp(prefix="slurm-"))
    root.chmod(0o755)
    configuration = _start(root)
    try:
        yield configuration
    finally:
        _stop(root)
        shutil.rmtree(root, ignore_errors=True)


@pytest.fixture
def slurm(slurm_configuration, monkeypatch):
    """Commands of this process talk to the one-node Slurm."""
    monkeypatch.setenv("SLURM_CONF", str(slurm_configuration))
    until(lambda: _node() in ("idle", "mixed", "allocated"), lambda: f"the node comes up; it is {_node()!r}")
    return slurm_configuration


def _node():
    """State of the one node."""
    return subprocess.run(["sinfo", "-h", "-o", "%T"], capture_output=True, text=True, check=False).stdout.strip()
