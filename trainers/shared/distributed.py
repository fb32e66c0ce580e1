"""One program on several GPUs or machines: torchrun starts it once for each, gloo or NCCL joins them."""

import os
import socket
import struct
import sys

import torch
import torch.distributed as dist


def launch(gpus):
    """Becomes torchrun where more than one process shall train; returns where this is one of them, or the only one."""
    nodes = int(os.environ.get("NNODES", "1"))
    if "LOCAL_RANK" in os.environ or (nodes == 1 and gpus <= 1):
        return
    place = ["--nnodes", str(nodes), "--node-rank", os.environ.get("NODE_RANK", "0")]
    address = os.environ.get("MASTER_ADDR", "127.0.0.1")
    meeting = ["--master-addr", address, "--master-port", os.environ.get("MASTER_PORT", "29500")]
    here = ["--nproc-per-node", str(max(1, gpus))]
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    command = [sys.executable, "-m", "torch.distributed.run", *place, *meeting, *here, os.path.abspath(sys.argv[0])]
    sys.stdout.flush()
    os.execv(sys.executable, command)


class Team:
    """The processes that train together; alone it is a team of one."""

    def __init__(self, gpus):
        self.size = int(os.environ.get("WORLD_SIZE", "1"))
        self.rank = int(os.environ.get("RANK", "0"))
        uses_gpu = gpus > 0 and torch.cuda.is_available()
        self.device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0"))) if uses_gpu else torch.device("cpu")
        if uses_gpu:
            torch.cuda.set_device(self.device)
        if self.size > 1:
            address = os.environ["MASTER_ADDR"]
            interface = _interface_towards(address)
            if interface:
                os.environ.setdefault("GLOO_SOCKET_IFNAME", interface)
            dist.init_process_group("nccl" if uses_gpu else "gloo")

    @property
    def leads(self):
        return self.rank == 0

    def share(self, model):
        if self.size == 1:
            return model
        return torch.nn.parallel.DistributedDataParallel(model)

    def sum(self, *values):
        """Each value summed over the team."""
        if self.size == 1:
            return values
        total = torch.tensor(values, dtype=torch.float64, device=self.device)
        dist.all_reduce(total)
        return tuple(total.tolist())

    def any(self, flag):
        return self.sum(1.0 if flag else 0.0)[0] > 0

    def close(self):
        if self.size > 1:
            dist.destroy_process_group()


def _interface_towards(address):
    """Name of the network interface that reaches the address; gloo otherwise takes that of the host's own name."""
    if not sys.platform.startswith("linux"):
        return None
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((address, 9))
            own = probe.getsockname()[0]
            for _, name in socket.if_nameindex():
                try:
                    asked = fcntl.ioctl(probe.fileno(), 0x8915, struct.pack("256s", name.encode()[:15]))
                except OSError:
                    continue  # it has no address
                if socket.inet_ntoa(asked[20:24]) == own:
                    return name
        except OSError:
            return None
    return None
