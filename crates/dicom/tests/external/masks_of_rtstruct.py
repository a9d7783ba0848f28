"""Fills the ROIs of an RTSTRUCT with foreign readers.

Usage: masks_of_rtstruct.py CT_FOLDER RTSTRUCT OUT_FOLDER
Writes READER-NUMBER.raw for each reader and ROI: one byte per voxel, slice by slice as the slices
follow each other along their normal, rows within slices, columns within rows.
"""

import pathlib
import subprocess
import sys

import numpy
import pydicom
import rt_utils
import SimpleITK

ct, rtstruct, out = map(pathlib.Path, sys.argv[1:4])
structure_set = pydicom.dcmread(rtstruct)
rois = structure_set.StructureSetROISequence


def leave(reader, number, mask):
    mask.astype(numpy.uint8).tofile(out / f"{reader}-{number}.raw")


images = [pydicom.dcmread(path, stop_before_pixels=True) for path in ct.iterdir()]
axes = numpy.array(images[0].ImageOrientationPatient, float)
normal = numpy.cross(axes[:3], axes[3:])
heights = sorted(normal @ numpy.array(image.ImagePositionPatient, float) for image in images)

# rt-utils sorts slices by itself; put its order to ours.
structures = rt_utils.RTStructBuilder.create_from(str(ct), str(rtstruct))
order = numpy.argsort(
    [normal @ numpy.array(s.ImagePositionPatient, float) for s in structures.series_data]
)
for roi in rois:
    mask = structures.get_roi_mask_by_name(roi.ROIName)  # rows, columns, slices
    leave("rt-utils", roi.ROINumber, numpy.moveaxis(mask, 2, 0)[order])

# Even-odd filling straight from the numbers: a voxel belongs to a polygon when a ray from its
# centre along the row meets an odd number of edges.
rows, columns = int(images[0].Rows), int(images[0].Columns)
down, along = (float(v) for v in images[0].PixelSpacing)
corner = {image.SOPInstanceUID: numpy.array(image.ImagePositionPatient, float) for image in images}
for contours in structure_set.ROIContourSequence:
    mask = numpy.zeros((len(images), rows, columns), bool)
    for contour in contours.ContourSequence:
        origin = corner[contour.ContourImageSequence[0].ReferencedSOPInstanceUID]
        points = numpy.array(contour.ContourData, float).reshape(-1, 3) - origin
        x, y = points @ axes[:3] / along, points @ axes[3:] / down
        j, i = numpy.mgrid[:rows, :columns]
        inside = numpy.zeros((rows, columns), bool)
        for x0, y0, x1, y1 in zip(x, y, numpy.roll(x, -1), numpy.roll(y, -1)):
            if y0 != y1:
                inside ^= ((y0 <= j) != (y1 <= j)) & (i < x0 + (x1 - x0) * (j - y0) / (y1 - y0))
        mask[numpy.searchsorted(heights, normal @ origin - 0.01)] ^= inside
    leave("pydicom", contours.ReferencedROINumber, mask)

prefix = out / "plastimatch"
subprocess.run(
    ["plastimatch", "convert", "--input", str(rtstruct), "--referenced-ct", str(ct)]
    + ["--output-prefix", str(prefix), "--prefix-format", "nrrd"],
    check=True,
    stdout=subprocess.DEVNULL,
)
for roi in rois:
    names = [roi.ROIName, roi.ROIName.encode("ascii", "replace").decode()]
    found = [path for name in names for path in prefix.glob("*.nrrd") if path.stem == name]
    assert found, f"plastimatch left out {roi.ROIName}: {list(prefix.iterdir())}"
    image = SimpleITK.ReadImage(str(found[0]))
    leave("plastimatch", roi.ROINumber, SimpleITK.GetArrayFromImage(image))
