"""Draws organs, landmarks, regions and judgements of a patient that the example `judgements` wrote.

Usage: draw_judgements.py FOLDER OUT
"""

import json
import pathlib
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import nibabel
import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

folder, out = map(pathlib.Path, sys.argv[1:])
told = json.loads((folder / "judgements.json").read_text())

REGION_COLOURS = {
    "prostate_bed": "#e6194b", "pelvic_node": "#f58231", "distant": "#911eb4",
    "undetermined": "#808080",
}
STATION_COLOURS = {
    "prostate_bed": "#e6194b", "external_iliac": "#4363d8", "internal_iliac": "#3cb44b",
    "obturator": "#42d4f4", "presacral": "#f58231", "perirectal": "#9a6324",
    "common_iliac": "#ffe119", "retroperitoneal": "#911eb4", "inguinal": "#f032e6",
    "pelvic_node": "#aaffc3", "bone": "#d9d9d9", "undetermined": "#808080",
    "supradiaphragmatic": "#bfef45", "distant": "#000075",
}


class Image:
    """Voxels with axes to the patient's left, back and head (LPS), upright."""

    def __init__(self, name):
        image = nibabel.load(folder / name)
        affine = np.diag([-1, -1, 1, 1]) @ image.affine  # RAS to LPS
        data = np.asarray(image.dataobj).reshape(image.shape[:3])
        for axis in range(3):
            if affine[axis, axis] < 0:
                data = np.flip(data, axis)
                affine[:, 3] += affine[:, axis] * (data.shape[axis] - 1)
                affine[:, axis] *= -1
        self.data, self.spacing, self.origin = data, np.diag(affine)[:3], affine[:3, 3]

    def index(self, point):
        return np.round((np.asarray(point) - self.origin) / self.spacing).astype(int)

    def extent(self, a, b):
        """Edges for imshow of a plane with axis `a` across and `b` upwards, LPS mm."""
        low = self.origin - self.spacing / 2
        high = low + self.spacing * self.data.shape
        return low[a], high[a], low[b], high[b]


ct, suv, organs, regions = (
    Image(f"{name}.nii.gz") for name in ("ct", "suv", "organs", "regions")
)
landmarks = {entry["name"]: np.array(entry["at"]) for entry in told["landmarks"]}


def coronal(axes, image, flat, **style):
    # Patient right on the left of the picture: x grows to the patient's left, to the right here.
    axes.imshow(flat.T, origin="lower", extent=image.extent(0, 2), aspect="equal", **style)


def organ_colours():
    colours = np.zeros((len(told["organs"]) + 1, 4))
    table = plt.get_cmap("tab20")
    for n, name in enumerate(told["organs"], start=1):
        key = name.replace("left ", "").replace("right ", "")
        place = sum(map(ord, key)) % 20 if "vertebra" not in name else n % 20
        colours[n] = (*table(place)[:3], 0.75)
    return ListedColormap(colours)


def first_along(labels, axis):
    """The first label along an axis, seen from its low end."""
    hit = labels > 0
    first = hit.argmax(axis)
    values = np.take_along_axis(labels, np.expand_dims(first, axis), axis).squeeze(axis)
    return np.where(hit.any(axis), values, 0)


def draw_anatomy():
    figure, (front, side) = plt.subplots(1, 2, figsize=(11, 12))
    bone = ct.data.astype(float).clip(-200, 600)
    count = len(told["organs"])
    style = dict(cmap=organ_colours(), vmin=0, vmax=count, interpolation="nearest")
    coronal(front, ct, bone.max(1), cmap="gray")
    coronal(front, organs, first_along(organs.data, 1), **style)
    middle = ct.index(landmarks["midline"])[0]
    side.imshow(bone[middle].T, origin="lower", extent=ct.extent(1, 2), cmap="gray", aspect="equal")
    plane = organs.data[organs.index(landmarks["midline"])[0]]
    side.imshow(plane.T, origin="lower", extent=organs.extent(1, 2), aspect="equal", **style)
    for entry in told["courses"]:
        line = np.array(entry["line"])
        front.plot(line[:, 0], line[:, 2], color="white", lw=1.2)
    for name, at in landmarks.items():
        front.plot(at[0], at[2], "o", ms=5, mfc="yellow", mec="black")
        if name != "midline":
            side.plot(at[1], at[2], "o", ms=5, mfc="yellow", mec="black")
    for name, at in landmarks.items():
        # The front of the sacrum and the symphysis; the others crowd beside them.
        if not any(word in name for word in ("left", "joint", "acetab", "foramen", "midline")):
            side.annotate(name, (at[1], at[2]), xytext=(6, 3), textcoords="offset points",
                          color="yellow", fontsize=8)
    number = {name: n for n, name in enumerate(told["organs"], start=1)}
    for name, n in number.items():
        voxels = np.argwhere(organs.data == n)
        if not len(voxels):
            continue
        at = organs.origin + voxels.mean(0) * organs.spacing
        if "vertebra" in name:
            side.text(at[1] + 45, at[2], name.split()[-1], color="white", fontsize=8, va="center")
        elif "right" not in name:
            front.text(at[0], at[2], name, color="white", fontsize=7, ha="center",
                       bbox=dict(facecolor="black", alpha=0.45, pad=0.8, lw=0))
    front.set_title("from the front: organs, bones, reckoned courses (white)", fontsize=10)
    side.set_title("median plane: vertebrae counted from the sacrum", fontsize=10)
    side.set_xlim(ct.extent(1, 2)[:2])
    save(figure, "anatomy.png", (front, side))


def draw_regions():
    heights = [
        ("bed, at the top of the symphysis", landmarks["top of the symphysis"][2]),
        ("top of the femoral heads", landmarks["left femoral head"][2]),
        ("40 mm below L5/S1", landmarks["promontory (L5/S1)"][2] - 40),
        ("15 mm above L5/S1", landmarks["promontory (L5/S1)"][2] + 15),
    ]
    names = told["regions"]
    colours = np.zeros((len(names) + 1, 4))
    for n, name in enumerate(names, start=1):
        colours[n] = matplotlib.colors.to_rgba(STATION_COLOURS[name], 0.5)
    figure, all_axes = plt.subplots(2, 2, figsize=(12, 10))
    for axes, (title, z) in zip(all_axes.flat, heights):
        plane = ct.data[:, :, ct.index([0, 0, z])[2]].astype(float)
        axes.imshow(plane.T, extent=flipped(ct), cmap="gray", vmin=-160, vmax=300, aspect="equal")
        plane = regions.data[:, :, regions.index([0, 0, z])[2]]
        axes.imshow(plane.T, extent=flipped(regions), cmap=ListedColormap(colours), vmin=0,
                    vmax=len(names), interpolation="nearest", aspect="equal")
        axes.set_title(title)
        middle = landmarks["midline"][0]
        axes.set_xlim(middle - 150, middle + 150)
        y = landmarks["top of the symphysis"][1]
        axes.set_ylim(y + 160, y - 90)
    handles = [Patch(color=STATION_COLOURS[n], alpha=0.6, label=n.replace("_", " ")) for n in names]
    figure.legend(handles=handles, ncols=6, loc="lower center", frameon=False)
    figure.subplots_adjust(bottom=0.1)
    save(figure, "regions.png", all_axes.flat)


def flipped(image):
    """Edges of an axial plane with the front of the patient above."""
    left, right, front, back = image.extent(0, 1)
    return left, right, back, front


def draw_judgements():
    figure, axes = plt.subplots(figsize=(9, 12))
    coronal(axes, suv, suv.data.max(1), cmap="gray_r", vmin=0, vmax=10)
    middle = landmarks["midline"][0]
    for lesion in told["lesions"]:
        x, _, z = lesion["at"]
        away = 1 if x > middle else -1
        axes.plot(x, z, "o", ms=14, mfc="none", mew=2, mec=REGION_COLOURS[lesion["region"]])
        axes.annotate(f"{lesion['id']} {lesion['site']}", (x, z), xytext=(10 * away, 6),
                      textcoords="offset points", fontsize=8,
                      ha="left" if away > 0 else "right",
                      color=REGION_COLOURS[lesion["region"]])
    named = set()
    for focus in told["excluded"]:
        x, _, z = focus["at"]
        away = 1 if x > middle else -1
        style = "s" if focus["certainty"] == "certain" else "D"
        axes.plot(x, z, style, ms=8, mfc="none", mew=1.5, mec="#1f77b4")
        # Noise parts liver and bowel into many foci: one name for each side is enough.
        if (focus["reason"], away) in named:
            continue
        named.add((focus["reason"], away))
        axes.annotate(focus["reason"].replace("_", " "), (x, z), xytext=(-8 * away, -10),
                      ha="right" if away > 0 else "left", textcoords="offset points",
                      fontsize=7, color="#1f77b4")
    handles = [Line2D([], [], marker="o", ls="", mfc="none", mec=c, label=r.replace("_", " "))
               for r, c in REGION_COLOURS.items()]
    handles += [Line2D([], [], marker=m, ls="", mfc="none", mec="#1f77b4", label=f"excluded, {t}")
                for m, t in (("s", "certain"), ("D", "likely"))]
    axes.legend(handles=handles, loc="lower left", fontsize=8)
    axes.set_title(told["sentence"], fontsize=9, wrap=True)
    save(figure, "judgements.png", (axes,))


def save(figure, name, all_axes):
    for axes in all_axes:
        axes.set_xticks([])
        axes.set_yticks([])
    figure.savefig(out / name, dpi=80, bbox_inches="tight")
    plt.close(figure)


draw_anatomy()
draw_regions()
draw_judgements()
