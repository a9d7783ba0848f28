"""Reads an RTSTRUCT on a planning CT with pydicom and plastimatch.

Usage: check_planning_ct.py RTSTRUCT.dcm CT_FOLDER
Prints one JSON object: frames of reference, series and images that the structure set refers to, and
for each ROI the centroid from its contours (pydicom) and from the mask that plastimatch fills, LPS mm.
Decides nothing; the test that calls it does.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import numpy
import pydicom
import SimpleITK


def polygon(points):
    """Area and centroid of a closed polygon in its slice."""
    x, y = points[:, 0], points[:, 1]
    x1, y1 = numpy.roll(x, -1), numpy.roll(y, -1)
    cross = x * y1 - x1 * y
    area = cross.sum() / 2
    if abs(area) < 1e-9:
        return 0.0, points.mean(axis=0)
    cx = ((x + x1) * cross).sum() / (6 * area)
    cy = ((y + y1) * cross).sum() / (6 * area)
    return abs(area), numpy.array([cx, cy, points[0, 2]])


def by_contours(roi):
    parts = [
        polygon(numpy.array(contour.ContourData, float).reshape(-1, 3))
        for contour in roi.ContourSequence
    ]
    areas = numpy.array([area for area, _ in parts])
    centers = numpy.array([center for _, center in parts])
    return ((areas[:, None] * centers).sum(axis=0) / areas.sum()).tolist()


def by_plastimatch(structures, ct, name, folder):
    masks = folder / "masks"
    if not masks.exists():
        subprocess.run(
            ["plastimatch", "convert", "--input", str(structures), "--referenced-ct", str(ct),
             "--output-prefix", str(masks), "--prefix-format", "nrrd"],
            check=True, capture_output=True,
        )
    file = masks / f"{name}.nrrd"
    if not file.exists():
        return None
    image = SimpleITK.ReadImage(str(file))
    voxels = numpy.argwhere(SimpleITK.GetArrayViewFromImage(image) > 0)
    if len(voxels) == 0:
        return None
    index = [float(v) for v in voxels.mean(axis=0)[::-1]]
    return list(image.TransformContinuousIndexToPhysicalPoint(index))


def main(structures, ct):
    d = pydicom.dcmread(structures)
    names = {int(roi.ROINumber): roi.ROIName for roi in d.StructureSetROISequence}
    images = set()
    for roi in d.ROIContourSequence:
        for contour in roi.ContourSequence:
            images.update(i.ReferencedSOPInstanceUID for i in contour.ContourImageSequence)
    frames = d.ReferencedFrameOfReferenceSequence
    series = frames[0].RTReferencedStudySequence[0].RTReferencedSeriesSequence[0]
    with tempfile.TemporaryDirectory() as folder:
        rois = {
            names[int(roi.ReferencedROINumber)]: {
                "contours": by_contours(roi),
                "plastimatch": by_plastimatch(
                    structures, ct, names[int(roi.ReferencedROINumber)], pathlib.Path(folder)
                ),
            }
            for roi in d.ROIContourSequence
        }
    print(json.dumps({
        "study": d.StudyInstanceUID,
        "patient_id": d.PatientID,
        "frame_of_reference": d.FrameOfReferenceUID,
        "frames": sorted({f.FrameOfReferenceUID for f in frames}
                         | {r.ReferencedFrameOfReferenceUID for r in d.StructureSetROISequence}),
        "series": series.SeriesInstanceUID,
        "series_images": sorted(i.ReferencedSOPInstanceUID for i in series.ContourImageSequence),
        "images": sorted(images),
        "rois": rois,
    }))


if __name__ == "__main__":
    main(*sys.argv[1:])
