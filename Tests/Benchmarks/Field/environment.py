"""The virtual environment of the peers, outside the repository, made once for each list of requirements."""

import hashlib
import os
import pathlib
import platform
import subprocess
import sys

HERE = pathlib.Path(__file__).parent


def cache():
    """Where environments and measured lines are kept."""
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(base) / "rookery"


def one_thread():
    """An environment in which no library uses more than one thread, nor asks for one to be set up twice."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
    return os.environ | {name: "1" for name in names} | {"PYTHONDONTWRITEBYTECODE": "1"}


def machine():
    """The processor and how many cores there are: measured lines hold for one machine."""
    model = platform.processor() or platform.machine()
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{model}, {os.cpu_count()} cores"


def load():
    """How many processes wanted a core in the last minute: above the number of cores, times say little."""
    return f"load {os.getloadavg()[0]:.1f}"


class Environment:
    def __init__(self):
        requirements = (HERE / "requirements.txt").read_text()
        key = hashlib.sha256((requirements + sys.version).encode()).hexdigest()[:12]
        self.directory = cache() / f"peers-{key}"
        self.python = self.directory / "bin" / "python"

    def prepare(self, optional=False):
        """Installs what is missing; that nothing is missing is written down last.

        - Returns: False where the optional ones were asked for and do not install.
        """
        if not (self.directory / "ready").exists():
            print(f"making {self.directory}", file=sys.stderr)
            subprocess.run([sys.executable, "-m", "venv", "--clear", self.directory], check=True)
            self._install("requirements.txt", check=True)
            (self.directory / "ready").touch()
        if optional and not (self.directory / "ready-optional").exists():
            if self._install("requirements-optional.txt", check=False) != 0:
                return False
            (self.directory / "ready-optional").touch()
        return True

    def _install(self, name, check):
        command = [self.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        return subprocess.run([*command, "-r", HERE / name], check=check, stdout=sys.stderr).returncode

    def version(self, package):
        code = f"import importlib.metadata as m; print(m.version({package!r}))"
        done = subprocess.run([self.python, "-c", code], capture_output=True, text=True)
        return done.stdout.strip() or "not installed"
