"""What an RTSTRUCT says of its ROIs, read with pydicom alone.

Usage: describe_rtstruct.py RTSTRUCT
Prints one JSON object with the ROIs in the order of the file. Decides nothing.
"""

import json
import sys

import numpy
import pydicom


def area_mm2(contour):
    """Area of a planar polygon, whichever way its plane lies."""
    points = numpy.array(contour.ContourData, float).reshape(-1, 3)
    arms = points - points[0]
    return float(numpy.linalg.norm(numpy.cross(arms[:-1], arms[1:]).sum(axis=0)) / 2)


def main():
    file = pydicom.dcmread(sys.argv[1])
    observed = {int(o.ReferencedROINumber): o for o in file.RTROIObservationsSequence}
    drawn = {int(c.ReferencedROINumber): c for c in file.ROIContourSequence}
    rois = []
    for roi in file.StructureSetROISequence:
        number = int(roi.ROINumber)
        contours = drawn[number].ContourSequence
        rois.append({
            "number": number,
            "name": roi.ROIName,
            "description": roi.ROIDescription,
            "algorithm": roi.ROIGenerationAlgorithm,
            "type": observed[number].RTROIInterpretedType,
            "colour": [int(v) for v in drawn[number].ROIDisplayColor],
            "points": sum(int(c.NumberOfContourPoints) for c in contours),
            "fewest_points": min(int(c.NumberOfContourPoints) for c in contours),
            "smallest_mm2": min(map(area_mm2, contours)),
        })
    print(json.dumps({
        "rois": rois,
        "observations": len(file.RTROIObservationsSequence),
        "contours": len(file.ROIContourSequence),
        "approval": file.ApprovalStatus,
        "reviewer": str(file.get("ReviewerName", "")),
        "reviewed": [file.get("ReviewDate", ""), file.get("ReviewTime", "")],
        "words": file.StructureSetDescription,
        "instance": file.SOPInstanceUID,
    }, indent=1))


main()
