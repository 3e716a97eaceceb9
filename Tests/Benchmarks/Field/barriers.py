"""How peers share out batches, measured on given durations: a barrier after each batch. Runs among the peers.

    barriers.py loky WORKERS FILE                 one local pool, each point a task, as many a batch as asked for
    mpirun -n RANKS python barriers.py mpi RANKS FILE      scatter, evaluate, gather

The file holds cells: {"name", "seconds", "durations"}. Prints one line of JSON a cell: wall time, time asked for
and time spent in sleeping, of the batches that fitted into the time there is.
"""

import json
import sys
import time

POINTS_PER_WORKER = 4


def rest(duration):
    start = time.perf_counter()
    time.sleep(duration)
    return time.perf_counter() - start


def measure(cell, workers, evaluate, go_on):
    """Runs batches until the durations or the time are used up. `evaluate` returns the times spent."""
    size = workers * POINTS_PER_WORKER
    durations = cell["durations"]
    asked = spent = 0.0
    start = time.perf_counter()
    for first in range(0, len(durations) - size + 1, size):
        batch = durations[first : first + size]
        spent += sum(evaluate(batch))
        asked += sum(batch)
        if not go_on(time.perf_counter() - start < cell["seconds"]):
            break
    return {"name": cell["name"], "wall": time.perf_counter() - start, "asked": asked, "spent": spent}


def loky(workers, cells):
    from loky import get_reusable_executor

    executor = get_reusable_executor(max_workers=workers, timeout=3600)
    list(executor.map(rest, [0.05] * 4 * workers))
    for cell in cells:
        print("CELL " + json.dumps(measure(cell, workers, lambda batch: executor.map(rest, batch), lambda yes: yes)))
    executor.shutdown(kill_workers=True)


def mpi(workers, cells):
    from mpi4py import MPI

    comm = MPI.COMM_WORLD
    rank = comm.Get_rank()

    def quiet_wait():
        # Collectives spin, which on a machine with fewer cores than ranks takes the time of others.
        request = comm.Ibarrier()
        while not request.Test():
            time.sleep(5e-5)

    for cell in cells:
        lines = []
        for is_quiet in (False, True):

            def evaluate(batch):
                own = comm.scatter([batch[i::workers] for i in range(workers)] if rank == 0 else None)
                spent = [rest(duration) for duration in own]
                if is_quiet:
                    quiet_wait()
                gathered = comm.gather(spent)
                return [t for part in gathered for t in part] if rank == 0 else []

            comm.Barrier()
            lines.append(measure(cell, workers, evaluate, lambda yes: comm.bcast(yes)))
        if rank == 0:
            # Whichever way of waiting does better.
            print("CELL " + json.dumps(max(lines, key=lambda line: line["asked"] / line["wall"])), flush=True)


if __name__ == "__main__":
    scheme, workers, path = sys.argv[1:]
    with open(path) as file:
        {"loky": loky, "mpi": mpi}[scheme](int(workers), json.load(file))
