"""What neurodamus 4.2.9 makes of the connection_overrides of simulation configurations: which connections it creates
and how it configures them. Run: python neurodamus_peer.py WHEEL PROCESSES CONFIG..., which prints one line of JSON for
each. Of several processes each has every so-manieth cell, and all that they create is told together.

neurodamus' own code decides everything: node sets (TargetManager), the checks of the overrides
(check_connections_configure), creation (Node.create_synapses, create_connections) and configuration
(configure_group). Only what needs NEURON is replaced: the interpreter, the cells and the parameters of synapses.
"""
import json
import logging
import os
import sys
import types
from unittest.mock import MagicMock

import libsonata
import numpy as np

sys.path.insert(0, sys.argv[1])
answers, sys.stdout = sys.stdout, open(os.devnull, "w")  # it shows its progress


class Vector(list):
    def size(self):
        return len(self)


class Hoc:
    """Stands for neuron.h and for ParallelContext of one process."""

    Vector = Vector

    def __getattr__(self, name):
        value = MagicMock()
        setattr(self, name, value)
        return value


class OneProcess:
    def id(self):
        return 0

    def nhost(self):
        return 1

    def allreduce(self, value, _operation):
        return value

    def barrier(self):
        pass


neuron = types.ModuleType("neuron")
neuron.h = Hoc()
sys.modules["neuron"] = neuron
# Imported for memory and the command line only.
for name in ("psutil", "docopt"):
    sys.modules.setdefault(name, MagicMock())

from neurodamus import connection_manager, node, target_manager  # noqa: E402
from neurodamus.core import _mpi, _neurodamus, _neuron  # noqa: E402
from neurodamus.core.configuration import CliOptions, SimConfig, make_circuit_config  # noqa: E402
from neurodamus.core.nodeset import PopulationNodes, SelectionNodeSet  # noqa: E402
from neurodamus.io.sonata_config import SonataConfig  # noqa: E402

PROCESSES = int(sys.argv[2])
logging.disable(logging.CRITICAL)
_mpi._MPI._pc = OneProcess()
_neuron._Neuron._h = neuron.h
_neuron._Neuron._Neuron__cache = {}
_neurodamus._NeuronWrapper._pc = OneProcess()


class Reader:
    """The connections of one target: sources, ascending, one row per synapse."""

    def __init__(self, file, population, **_kw):
        self.edges = libsonata.EdgeStorage(file).open_population(population)

    def configure_override(self, _mod):
        pass

    def preload_data(self, _gids, minimal_mode=False):
        pass

    def get_synapse_parameters(self, gid):
        sources = np.sort(np.asarray(self.edges.source_nodes(self.edges.afferent_edges([int(gid)]))))
        return np.array([(source,) for source in sources], dtype=[("sgid", "i8")])


class Cells:
    """A CellDistributor without cells."""

    is_virtual = False
    rank = 0

    def __init__(self, circuit, manager, _run_conf):
        self.circuit_name = circuit.name
        self.population_name = circuit.PopulationName
        self.circuit_target = circuit.NodesetName
        if self.circuit_target:
            spec = target_manager.TargetSpec(self.circuit_target, self.population_name)
            gids = manager.get_target(spec).gids(raw_gids=True)
        else:
            storage = libsonata.NodeStorage(circuit.CellLibraryFile)
            gids = range(storage.open_population(self.population_name).size)
        self.local_nodes = SelectionNodeSet().register_global(self.population_name)
        mine = np.asarray(gids, dtype="uint32")[Cells.rank :: PROCESSES]
        self.local_nodes.add_gids(mine)

    def load_nodes(self, _load_balancer=None, **_kw):
        pass

    def is_initialized(self):
        return True

    def register_connection_manager(self, _manager):
        pass


for cls in (connection_manager.ConnectionManagerBase, connection_manager.SynapseRuleManager, node.GapJunctionManager):
    cls.SynapseReader = Reader
    cls._add_synapses = lambda *_a, **_k: None
    cls._open_synapse_file = lambda self, file, population: Reader(file, population)
node.CircuitManager.new_node_manager_bare = staticmethod(lambda c, manager, run, **_k: Cells(c, manager, run))


def simulate(file):
    found = {}
    for rank in range(PROCESSES):
        Cells.rank = rank
        one_process(file, found)
    for rows in found.values():
        rows.sort(key=lambda row: (row[1], row[0]))
    return found


def one_process(file, found):
    PopulationNodes.reset()
    sim = libsonata.SimulationConfig.from_file(file)
    config = SonataConfig(sim)
    type(SimConfig).connections = config.parsedConnects
    type(SimConfig).projections = config.parsedProjections
    type(SimConfig).cli_options = CliOptions({})
    type(SimConfig).dry_run = False
    run = config.parsedRun
    circuits = {}
    for name, info in config.Circuit.items():
        info["Engine"] = node.METypeEngine
        info["MorphologyPath"] = None
        circuits[name] = make_circuit_config(info, req_morphology=False)
        circuits[name].name = name
    # As configuration._circuits sorts them.
    one = object.__new__(node.Node)
    one._sonata_circuits = dict(sorted(circuits.items(), key=lambda x: (x[1].Engine.CircuitPrecedence, x[0])))
    one._target_manager = target_manager.TargetManager(run)
    one._circuits = node.CircuitManager()
    one._circuits.global_manager = MagicMock()
    one._target_manager.register_target(one._circuits.global_target)
    one._run_conf = run
    one._is_ngv_run = False
    one._dry_run_stats = None
    one.load_targets()
    SimConfig.check_connections_configure(one._target_manager)
    for circuit in one._sonata_circuits.values():
        one._circuits.new_node_manager(circuit, one._target_manager, run)
    PopulationNodes.freeze_offsets()
    SimConfig.update_connection_blocks(one._circuits.alias)
    one.create_synapses()
    for (source, target), managers in one._circuits.edge_managers.items():
        for manager in managers:
            kind = "electrical" if isinstance(manager, node.GapJunctionManager) else "chemical"
            rows = found.setdefault(f"{source} {target} {kind}", [])
            for conn in manager.all_connections():
                rows.append(
                    [
                        int(conn.sgid) - manager.src_pop_offset,
                        int(conn.tgid) - manager.target_pop_offset,
                        conn.weight_factor,
                        conn.minis_spont_rate,
                        conn.syndelay_override,
                        [list(pair) for pair in zip(conn._delay_vec, conn._delayweight_vec)],
                        conn.mod_override,
                        conn._configurations,
                    ]
                )


for file in sys.argv[3:]:
    try:
        print(json.dumps({"created": simulate(file)}), file=answers, flush=True)
    except Exception as error:  # neurodamus stops here
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), file=answers, flush=True)
