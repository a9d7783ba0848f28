"""Structures of a planning CT as another system draws them, and how well a target repeats one.

Usage: draw_planning_structures.py draw CASE.json CT_FOLDER RTSTRUCT
           writes a structure set by rt-utils with an ellipsoid for each entry of the case,
           {"name": [L, P, S, half axis L, P, S]} in mm, on an axial CT
       draw_planning_structures.py compare RTSTRUCT NAME OTHER_RTSTRUCT NAME CT_FOLDER
           fills one ROI of each by pixel centres
Prints one JSON object: the ROIs, each with its mL; or the Dice coefficient of the two with their mL.
"""

import json
import pathlib
import sys

import numpy
import pydicom
import rt_utils

from rtstruct_readers import ct_geometry, dice, scikit_image_masks


def draw(case, ct, file):
    structures = rt_utils.RTStructBuilder.create_new(dicom_series_path=ct)
    places = [numpy.array(s.ImagePositionPatient, float) for s in structures.series_data]
    first = structures.series_data[0]
    rows = places[0][1] + numpy.arange(first.Rows) * float(first.PixelSpacing[0])
    columns = places[0][0] + numpy.arange(first.Columns) * float(first.PixelSpacing[1])
    slices = numpy.array([place[2] for place in places])
    drawn = {}
    for name, (left, back, up, *half) in json.loads(pathlib.Path(case).read_text()).items():
        mask = (((rows[:, None, None] - back) / half[1]) ** 2
                + ((columns[None, :, None] - left) / half[0]) ** 2
                + ((slices[None, None, :] - up) / half[2]) ** 2) <= 1
        structures.add_roi(mask=mask, name=name, approximate_contours=False)
        drawn[name] = float(4 / 3 * numpy.pi * numpy.prod(half) / 1000)
    structures.save(file)
    return drawn


def filled(file, name, affine, shape, slices):
    structures = pydicom.dcmread(file)
    number = next(int(r.ROINumber) for r in structures.StructureSetROISequence
                  if name == r.ROIName)
    return scikit_image_masks(structures, affine, shape, slices)[number]


def compare(file, name, other_file, other_name, ct):
    affine, shape, slices = ct_geometry(ct)
    voxel_ml = abs(numpy.linalg.det(affine[:3, :3])) / 1000
    one = filled(file, name, affine, shape, slices)
    other = filled(other_file, other_name, affine, shape, slices)
    return {"dice": dice(one, other), "ml": [float(m.sum() * voxel_ml) for m in (one, other)]}


print(json.dumps({"draw": draw, "compare": compare}[sys.argv[1]](*sys.argv[2:])))
