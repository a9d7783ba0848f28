"""Rebuilds the masks of a written RTSTRUCT with foreign readers and compares them with targets.nii.gz.

Usage: check_rtstruct.py RESULT_FOLDER CT_FOLDER
Prints one JSON object: for each ROI the volumes and Dice coefficients against our own target mask,
and what is wrong with the contours as written. Decides nothing; the test that calls it does.
"""

import json
import pathlib
import sys

import numpy
import pydicom

from rtstruct_readers import (
    ct_geometry, dice, dicomrttool_masks, on_ct, own_masks, plastimatch_masks, rt_utils_masks,
    scikit_image_masks)


def polygon_area(points, row, column):
    """Area with sign of a closed polygon in the plane of `row` and `column`."""
    x, y = points @ row, points @ column
    return 0.5 * float(numpy.sum(x * numpy.roll(y, -1) - numpy.roll(x, -1) * y))


def main():
    result, ct_folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    affine, shape, slices = ct_geometry(ct_folder)
    spacing = numpy.linalg.norm(affine[:3, 2])
    row, column = (affine[:3, a] / numpy.linalg.norm(affine[:3, a]) for a in (0, 1))
    planes = {s.SOPInstanceUID: numpy.array(s.ImagePositionPatient, float) for s in slices}
    normal = numpy.cross(row, column)
    rtstruct = pydicom.dcmread(result / "rtstruct.dcm")
    names = {int(r.ROINumber): r.ROIName for r in rtstruct.StructureSetROISequence}
    own = own_masks(result, affine, shape)
    theirs = plastimatch_masks(result, ct_folder)
    python = scikit_image_masks(rtstruct, affine, shape, slices)
    by_rt_utils = rt_utils_masks(result, ct_folder, normal)
    by_dicomrttool = dicomrttool_masks(result, ct_folder)
    voxel_ml = abs(numpy.linalg.det(affine[:3, :3])) / 1000

    rois = []
    for roi in rtstruct.ROIContourSequence:
        number = int(roi.ReferencedROINumber)
        name = names[number]
        problems, polygon_ml = [], 0.0
        for contour in roi.get("ContourSequence", []):
            data = contour.ContourData
            points = numpy.array(data, float).reshape(-1, 3)
            if len(points) < 3 or len(points) != int(contour.NumberOfContourPoints):
                problems.append(f"{len(points)} points, said {contour.NumberOfContourPoints}")
            if any(len(str(getattr(v, "original_string", v))) > 16 for v in data):
                problems.append("decimal string over 16 characters")
            image = contour.ContourImageSequence[0].ReferencedSOPInstanceUID
            if image not in planes:
                problems.append(f"references an image that is not there: {image}")
            elif abs((points - planes[image]) @ normal).max() > 0.002:
                problems.append("does not lie in the plane of its image")
            polygon_ml += abs(polygon_area(points, row, column)) * spacing / 1000
        mask = own[number]
        entry = {"number": number, "name": name, "mask_ml": float(mask.sum() * voxel_ml),
                 "polygon_ml": polygon_ml, "problems": problems}
        if name in theirs:
            rebuilt = on_ct(*theirs[name], affine, shape)
            entry["plastimatch_ml"] = float(rebuilt.sum() * voxel_ml)
            entry["plastimatch_dice"] = dice(mask, rebuilt)
        entry["rt_utils_dice"] = dice(mask, by_rt_utils[name])
        entry["dicomrttool_dice"] = dice(mask, on_ct(*by_dicomrttool[name], affine, shape))
        entry["points"] = sum(int(c.NumberOfContourPoints) for c in roi.get("ContourSequence", []))
        entry["python_ml"] = float(python[number].sum() * voxel_ml)
        entry["python_dice"] = dice(mask, python[number])
        rois.append(entry)
    print(json.dumps({"rois": rois}, indent=1))


main()
