"""NIfTI files between this project and nibabel and SimpleITK.

Usage: foreign_nifti.py read FILE...    where each reader finds the labels or the highest value
       foreign_nifti.py write FOLDER    label maps of many kinds, and where their labels lie

Prints one JSON object; places are LPS in mm. Decides nothing; the test that calls it does.
"""

import json
import pathlib
import sys

import nibabel
import numpy
import SimpleITK

# Three labels that no reflection or turn takes into one another: (i, j, k).
VOXELS = {1: (1, 1, 1), 2: (5, 2, 1), 7: (4, 6, 3)}
SHAPE = (7, 8, 5)


def lps(affine, index):
    ras = affine @ numpy.append(index, 1.0)
    return [-ras[0], -ras[1], ras[2]]


def where(data, place):
    """For each label its voxels' mean place; for real values the place of the highest."""
    if data.dtype.kind == "f":
        return {"max": place(numpy.unravel_index(data.argmax(), data.shape))}
    return {str(label): place(numpy.argwhere(data == label).mean(axis=0))
            for label in numpy.unique(data[data > 0])}


def by_nibabel(path):
    image = nibabel.load(path)
    data = numpy.asarray(image.dataobj)
    sform, qform = image.get_sform(coded=True), image.get_qform(coded=True)
    return {
        "shape": data.shape,
        "type": str(data.dtype),
        "codes": [int(sform[1]), int(qform[1])],
        # How far the two forms place the corners apart, where both are there.
        "forms_apart_mm": None if qform[0] is None or sform[0] is None else float(max(
            numpy.abs((sform[0] - qform[0]) @ numpy.append(c, 1.0)).max()
            for c in numpy.ndindex(*data.shape[:3]))),
        "labels": where(data, lambda index: lps(image.affine, index[:3])),
    }


def by_simpleitk(path):
    image = SimpleITK.ReadImage(str(path))
    data = SimpleITK.GetArrayFromImage(image)
    if data.ndim == 4:
        layers = [image[..., n] for n in range(image.GetSize()[3])]
        image, data = layers[0], numpy.max([SimpleITK.GetArrayFromImage(x) for x in layers], axis=0)

    def place(index):
        return list(image.TransformContinuousIndexToPhysicalPoint([float(v) for v in index[::-1]]))

    return {"labels": where(data, place)}


def affines():
    """Voxel orders as other software writes them, as RAS affines."""
    spacing, offset = [2.0, 1.5, 3.0], [31.0, -17.0, 250.0]
    a, b, c = 0.3, -0.2, 0.5
    turn = (
        numpy.array([[1, 0, 0], [0, numpy.cos(a), -numpy.sin(a)], [0, numpy.sin(a), numpy.cos(a)]])
        @ numpy.array([[numpy.cos(b), 0, numpy.sin(b)], [0, 1, 0], [-numpy.sin(b), 0, numpy.cos(b)]])
        @ numpy.array([[numpy.cos(c), -numpy.sin(c), 0], [numpy.sin(c), numpy.cos(c), 0], [0, 0, 1]]))
    axes = {
        "RAS": numpy.eye(3),
        "LAS": numpy.diag([-1.0, 1.0, 1.0]),
        "LPS": numpy.diag([-1.0, -1.0, 1.0]),
        "PSR": numpy.array([[0, 0, 1.0], [-1, 0, 0], [0, 1, 0]]),
        "oblique": turn,
        "oblique-left-handed": turn @ numpy.diag([1.0, 1.0, -1.0]),
    }
    for name, direction in axes.items():
        affine = numpy.eye(4)
        affine[:3, :3] = direction * spacing
        affine[:3, 3] = offset
        yield name, affine


def write_kinds(folder):
    places = {}

    def save(name, data, affine, sform, qform, extension=".nii.gz", order="<"):
        header = nibabel.Nifti1Header(endianness=order)
        header.set_data_dtype(data.dtype)
        image = nibabel.Nifti1Image(data, affine, header)
        image.set_sform(affine if sform else None, code=sform)
        image.set_qform(affine if qform else None, code=qform)
        path = folder / (name + extension)
        nibabel.save(image, path)
        places[path.name] = {str(n): lps(affine, v) for n, v in VOXELS.items()}

    labels = numpy.zeros(SHAPE, numpy.uint8)
    for number, voxel in VOXELS.items():
        labels[voxel] = number
    for name, affine in affines():
        save(f"{name}-sform", labels, affine, 2, 0)
        save(f"{name}-qform", labels, affine, 0, 1)
    oblique = dict(affines())["oblique"]
    for kind in ["u1", "i1", "u2", "i2", "u4", "i4", "f4", "f8"]:
        save(f"type-{kind}", labels.astype(kind), oblique, 1, 1, ".nii")
        save(f"big-endian-{kind}", labels.astype(kind), oblique, 1, 1, ".nii", ">")
    save("one-layer-4d", labels[..., None], oblique, 1, 1)
    image = SimpleITK.GetImageFromArray(labels.transpose(2, 1, 0))
    image.SetSpacing([2.0, 1.5, 3.0])
    image.SetOrigin([-31.0, 17.0, 250.0])
    image.SetDirection((numpy.diag([-1.0, -1.0, 1.0]) @ oblique[:3, :3] / [2.0, 1.5, 3.0]).ravel())
    SimpleITK.WriteImage(image, str(folder / "simpleitk.nii.gz"))
    places["simpleitk.nii.gz"] = {
        str(n): list(image.TransformIndexToPhysicalPoint(v)) for n, v in VOXELS.items()}
    return places


if sys.argv[1] == "read":
    found = {pathlib.Path(p).name: {"nibabel": by_nibabel(p), "simpleitk": by_simpleitk(p)}
             for p in sys.argv[2:]}
else:
    found = write_kinds(pathlib.Path(sys.argv[2]))
print(json.dumps(found))
