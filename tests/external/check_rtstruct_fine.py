"""Rebuilds the PTVs of a written RTSTRUCT with rt-utils and DicomRTTool on fine pixels.

Both fill every pixel that an outline runs through, which adds half a pixel on each side. On the CT's
own pixels that rule says more than the outline does. So each PTV is read once more on a copy of
the CT of the same slices and the same UIDs whose pixels around it are several times finer: the rule
then costs as much less, and what is left is the outline.

Usage: check_rtstruct_fine.py RESULT_FOLDER CT_FOLDER [READER...]
Readers are rt_utils and dicomrttool, by default both. Prints one JSON object: for each PTV how many
times finer its copy is, and for each reader the Dice coefficient against the contours drawn by
pixel centres on the copy.
Decides nothing; the test that calls it does.
"""

import copy
import json
import pathlib
import sys
import tempfile

import numpy
import pydicom

from rtstruct_readers import (
    ct_geometry, dice, dicomrttool_masks, on_ct, own_masks, rt_utils_masks)

# Pixels of the CT around an ROI that the copy shows.
AROUND = 2
# The copy's pixels per pixel of the CT, and the length of its side that is not exceeded for it: the
# larger a volume is, the less half a pixel matters.
FINEST, LONGEST_SIDE = 16, 700


def square_around(mask, shape):
    """First column and row, and side, of a square of the CT's pixels around a mask. rt-utils takes
    rows for columns where they are not as many."""
    low = numpy.argwhere(mask).min(axis=0)[:2]
    high = numpy.argwhere(mask).max(axis=0)[:2]
    side = int((high - low).max()) + 1 + 2 * AROUND
    return (low + high + 1 - side) // 2, min(side, *shape[:2])


def write_copy(slices, affine, first, side, finer, folder):
    """The CT's slices with finer pixels over a square; its affine and shape."""
    fine = affine.copy()
    fine[:3, :2] /= finer
    # The first of the finer pixels inside the first pixel of the square.
    fine[:3, 3] += affine[:3, :2] @ (first - (finer - 1) / (2 * finer))
    pixels = side * finer
    for k, header in enumerate(slices):
        image = copy.deepcopy(header)
        image.Rows = image.Columns = pixels
        image.PixelSpacing = [spacing / finer for spacing in header.PixelSpacing]
        image.ImagePositionPatient = [f"{v:.9g}" for v in (fine @ [0, 0, k, 1])[:3]]
        image.PixelData = bytes(pixels * pixels * image.BitsAllocated // 8)
        image["PixelData"].VR = "OW"
        image.save_as(pathlib.Path(folder) / f"{k:04}.dcm", enforce_file_format=True)
    return fine, (pixels, pixels, len(slices))


def by_pixel_centres(contours, affine, shape, slices):
    """The mask of an ROI's contours: a pixel belongs to it when a line from its centre to one side
    meets the contours an odd number of times. On so many pixels scikit-image takes minutes."""
    place = {s.SOPInstanceUID: k for k, s in enumerate(slices)}
    meets = numpy.zeros((shape[0] + 1, *shape[1:]), bool)
    for contour in contours:
        k = place[contour.ContourImageSequence[0].ReferencedSOPInstanceUID]
        points = numpy.array(contour.ContourData, float).reshape(-1, 3)
        index = numpy.linalg.solve(affine, numpy.c_[points, numpy.ones(len(points))].T)[:2].T
        for (x0, y0), (x1, y1) in zip(index, numpy.roll(index, -1, axis=0)):
            rows = numpy.arange(numpy.ceil(min(y0, y1)), numpy.ceil(max(y0, y1)), dtype=int)
            if len(rows):
                columns = numpy.ceil(x0 + (rows - y0) * (x1 - x0) / (y1 - y0)).astype(int)
                meets[columns, rows, k] ^= True
    return numpy.logical_xor.accumulate(meets[:-1], axis=0)


def main():
    result, ct_folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    readers = sys.argv[3:] or ["rt_utils", "dicomrttool"]
    affine, shape, slices = ct_geometry(ct_folder)
    normal = numpy.cross(affine[:3, 0], affine[:3, 1])
    rtstruct = pydicom.dcmread(result / "rtstruct.dcm")
    contours = {int(c.ReferencedROINumber): c.ContourSequence for c in rtstruct.ROIContourSequence}
    own = own_masks(result, affine, shape)

    rois = []
    for roi in rtstruct.StructureSetROISequence:
        number, name = int(roi.ROINumber), roi.ROIName
        if not name.startswith("PTV"):
            continue
        first, side = square_around(own[number], shape)
        finer = min(FINEST, max(1, LONGEST_SIDE // side))
        with tempfile.TemporaryDirectory() as folder:
            fine, fine_shape = write_copy(slices, affine, first, side, finer, folder)
            exact = by_pixel_centres(contours[number], fine, fine_shape, slices)
            entry = {"number": number, "name": name, "finer": finer}
            for reader in readers:
                if reader == "rt_utils":
                    mask = rt_utils_masks(result, folder, normal, [name])[name]
                else:
                    mask = on_ct(
                        *dicomrttool_masks(result, folder, [name])[name], fine, fine_shape)
                entry[f"{reader}_dice"] = dice(exact, mask)
        rois.append(entry)
    print(json.dumps({"rois": rois}, indent=1))


main()
