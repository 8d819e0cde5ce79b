"""A job brings accuracies back from the node's own disk."""

import subprocess
import sys

from cgplab.running import AccuracyData, measure_accuracy, missing_accuracy, plan
from cgplab.running.cluster.settings import ClusterSettings
from cgplab.running.cluster.submission import Submission
from cgplab.store import State, Store
from cgplab.store.verify import verify_run
from tests.waiting import SECONDS

FEW = AccuracyData(images=50)


def accuracies(runs):
    return [run.metrics()["mnist/test[:50]"]["top1"] for run in runs]


def test_a_job_measures_what_it_carries_out_and_what_an_earlier_one_left(quick, own_store, tmp_path):
    store = Store(own_store)
    runs = store.create_all(plan(quick))
    submission = Submission.create(store, "slurm", runs, 1, ClusterSettings(scratch=str(tmp_path)), FEW)
    assert Submission.read(submission.directory) == submission

    def carry_out():
        job = [sys.executable, "-m", "cgplab.running.cluster.job", submission.directory, "0"]
        subprocess.run(job, check=True, timeout=SECONDS, stdout=subprocess.DEVNULL)
        assert {run.status.state for run in runs} == {State.FINISHED}
        assert [found for run in runs for found in verify_run(run)] == []

    carry_out()
    found = accuracies(runs)
    assert missing_accuracy(runs, FEW) == []
    # As when the walltime ended the measurement.
    runs[1].drop_metrics()
    carry_out()
    assert accuracies(runs) == found
    measure_accuracy(runs, FEW)
    assert accuracies(runs) == found
