"""Prints as JSON what TensorBoard reads in a folder: by the reader of its programs, and by the one behind its pages."""

import json
import sys

from tensorboard.backend.event_processing import event_accumulator, plugin_event_accumulator
from tensorboard.util import tensor_util

folder = sys.argv[1]

programs = event_accumulator.EventAccumulator(folder)
programs.Reload()
by_programs = {
    tag: [[event.wall_time, event.step, event.value] for event in programs.Scalars(tag)]
    for tag in programs.Tags()["scalars"]
}

pages = plugin_event_accumulator.EventAccumulator(folder)
pages.Reload()
by_pages = {
    tag: [
        [event.wall_time, event.step, tensor_util.make_ndarray(event.tensor_proto).item()]
        for event in pages.Tensors(tag)
    ]
    for tag in pages.PluginTagToContent("scalars")
}

print(json.dumps({"programs": by_programs, "pages": by_pages}))
