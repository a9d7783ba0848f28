"""Draws elective volumes that the example `elective` wrote: three axial slices, a coronal and a
sagittal one of each patient, volumes as outlines on the CT.

Usage: draw_elective.py FOLDER OUT
"""

import json
import pathlib
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import nibabel
import numpy as np
from matplotlib.lines import Line2D
from scipy.ndimage import map_coordinates

folder, out = map(pathlib.Path, sys.argv[1:])
STEP_MM = 1.0
VOLUMES = [
    ("landmarks", "#ff7f0e", "nodes from landmarks alone"),
    ("nodes", "#3b9dff", "nodes from the vessels given"),
    ("bed", "#2ca02c", "prostate bed"),
    ("vessels", "#e6194b", "vessels given"),
]


class Image:
    """Voxels with their affine, sampled on planes along the patient's axes (LPS)."""

    def __init__(self, path):
        image = nibabel.load(path)
        self.affine = np.diag([-1, -1, 1, 1]) @ image.affine  # RAS to LPS
        self.inverse = np.linalg.inv(self.affine)
        self.data = np.asarray(image.dataobj, dtype=np.float32).reshape(image.shape[:3])

    def plane(self, fixed, at, a, b, order):
        """Values over axis `a` (rows of the result) and `b`, both lists of mm."""
        points = np.empty((len(a[1]), len(b[1]), 4))
        points[..., fixed] = at
        points[..., a[0]] = np.asarray(a[1])[:, None]
        points[..., b[0]] = np.asarray(b[1])[None, :]
        points[..., 3] = 1
        index = np.einsum("ij,abj->iab", self.inverse, points)[:3]
        return map_coordinates(self.data, index, order=order, cval=-1000 if order else 0)


def draw(patient, row):
    images = {name: Image(patient / f"{name}.nii.gz") for name, *_ in VOLUMES}
    ct = Image(patient / "ct.nii.gz")
    marks = json.loads((patient / "landmarks.json").read_text())
    middle = marks["midline"][0]
    symphysis = np.array(marks["top of the symphysis"])
    top = marks["promontory (L5/S1)"]
    head = marks["left femoral head"][2]
    x = np.arange(middle - 115, middle + 115, STEP_MM)
    y = np.arange(symphysis[1] - 70, symphysis[1] + 150, STEP_MM)
    z = np.arange(symphysis[2] - 60, top[2] + 80, STEP_MM)
    views = [
        ("15 mm above L5/S1", 2, top[2] + 15, (1, y), (0, x)),
        ("S2, external and internal iliac", 2, head + 0.5 * (top[2] - head), (1, y), (0, x)),
        ("5 mm below the femoral heads' top", 2, head - 5, (1, y), (0, x)),
        ("coronal, 25 mm behind the symphysis", 1, symphysis[1] + 25, (2, z), (0, x)),
        ("sagittal, 45 mm left", 0, middle + 45, (2, z), (1, y)),
        ("sagittal, midline", 0, middle, (2, z), (1, y)),
    ]
    for axes, (title, fixed, at, a, b) in zip(row, views):
        # Rows grow to the back in axial planes, and to the head in the others.
        style = dict(extent=(b[1][0], b[1][-1], a[1][0], a[1][-1]), origin="lower")
        axes.imshow(ct.plane(fixed, at, a, b, 1), cmap="gray", vmin=-160, vmax=260, **style)
        for name, colour, _ in VOLUMES:
            mask = images[name].plane(fixed, at, a, b, 0)
            if mask.any():
                axes.contour(b[1], a[1], mask, levels=[0.5], colors=[colour], linewidths=1.3)
        if fixed == 2:
            axes.invert_yaxis()
        axes.set_title(title, fontsize=9)
        axes.set_xticks([])
        axes.set_yticks([])


patients = [folder / name for name in ("phantom", "real") if (folder / name).is_dir()]
figure, rows = plt.subplots(len(patients), 6, figsize=(21, 4.4 * len(patients)), squeeze=False)
for patient, row in zip(patients, rows):
    draw(patient, row)
handles = [Line2D([], [], color=colour, label=label) for _, colour, label in VOLUMES]
figure.legend(handles=handles, ncols=4, loc="lower center", frameon=False)
figure.tight_layout(rect=(0, 0.05, 1, 0.98), h_pad=2.0)
figure.savefig(out / "elective.png", dpi=75)
