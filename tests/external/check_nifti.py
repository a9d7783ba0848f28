"""Reads labels.nii.gz with nibabel and SimpleITK and says where its labels lie, in LPS mm.

Usage: check_nifti.py RESULT_FOLDER SCAN_FOLDER
SCAN_FOLDER is a phantom with its own truth.nii.gz and the PET as DICOM. Prints JSON.
"""

import json
import pathlib
import sys

import nibabel
import numpy
import SimpleITK


def by_nibabel(path):
    image = nibabel.load(path)
    data = numpy.asarray(image.dataobj)
    assert (image.get_sform(coded=True)[1], image.get_qform(coded=True)[1]) == (1, 1)
    assert numpy.allclose(image.get_sform(), image.get_qform(), atol=1e-3)
    places = {}
    for label in numpy.unique(data[data > 0]):
        index = numpy.argwhere(data == label).mean(axis=0)
        ras = image.affine @ numpy.append(index, 1.0)
        places[str(int(label))] = [-ras[0], -ras[1], ras[2]]
    return places


def by_simpleitk(path):
    image = SimpleITK.ReadImage(str(path))
    data = SimpleITK.GetArrayFromImage(image)
    places = {}
    for label in numpy.unique(data[data > 0]):
        index = numpy.argwhere(data == label).mean(axis=0)[::-1]
        places[str(int(label))] = list(
            image.TransformContinuousIndexToPhysicalPoint([float(v) for v in index]))
    return places


def truth_overlaps(result, scan):
    """For each lesion of the truth, the voxels that our labels share with it, on the DICOM's grid."""
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(scan / "PT")))
    dicom = reader.Execute()
    ours = SimpleITK.ReadImage(str(result / "labels.nii.gz"))
    truth = SimpleITK.ReadImage(str(scan / "truth.nii.gz"))
    for image in (ours, truth):
        assert image.GetSize() == dicom.GetSize()
        corner = [n - 1 for n in dicom.GetSize()]
        for index in ([0, 0, 0], corner):
            a = numpy.array(image.TransformIndexToPhysicalPoint(index))
            b = numpy.array(dicom.TransformIndexToPhysicalPoint(index))
            assert abs(a - b).max() < 0.01, (a, b)
    ours, truth = SimpleITK.GetArrayFromImage(ours), SimpleITK.GetArrayFromImage(truth)
    return [{"truth": int(label), "voxels": int(((truth == label) & (ours > 0)).sum())}
            for label in numpy.unique(truth[truth > 0])]


def main():
    result, scan = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    labels = result / "labels.nii.gz"
    print(json.dumps({
        "nibabel": by_nibabel(labels),
        "simpleitk": by_simpleitk(labels),
        "truth_overlaps": truth_overlaps(result, scan),
    }))


main()
