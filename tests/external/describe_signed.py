"""What a signed result says of its approval, and where its ROIs lie, read with pydicom alone.

Usage: describe_signed.py SUGGESTION_FOLDER SIGNED_FOLDER
Prints one JSON object with `suggestion` and `signed`: approval, reviewer, ROIs with their extent in
mm (lowest and highest L, P, S of the contours), and whether SR and SEG name the reviewer. Decides
nothing.
"""

import json
import pathlib
import sys

import numpy
import pydicom


def rois(file):
    """Name, description, type and extent of each ROI, in the order of the file."""
    observed = {int(o.ReferencedROINumber): o for o in file.RTROIObservationsSequence}
    drawn = {int(c.ReferencedROINumber): c for c in file.ROIContourSequence}
    found = []
    for roi in file.StructureSetROISequence:
        contours = drawn[int(roi.ROINumber)].ContourSequence
        points = numpy.concatenate([numpy.array(c.ContourData, float).reshape(-1, 3) for c in contours])
        found.append({
            "number": int(roi.ROINumber),
            "name": roi.ROIName,
            "description": roi.get("ROIDescription", ""),
            "type": observed[int(roi.ROINumber)].RTROIInterpretedType,
            "low": points.min(axis=0).tolist(),
            "high": points.max(axis=0).tolist(),
        })
    return found


def describe(folder):
    """The structure set of a result folder, and who stands in its SR and SEG."""
    file = pydicom.dcmread(folder / "rtstruct.dcm")
    report = pydicom.dcmread(folder / "sr.dcm")
    segments = pydicom.dcmread(folder / "seg.dcm")
    verified = report.get("VerifyingObserverSequence") or []
    return {
        "uid": file.SOPInstanceUID,
        "approval": file.ApprovalStatus,
        "reviewer": str(file.get("ReviewerName", "")),
        "review_date": file.get("ReviewDate"),
        "review_time": file.get("ReviewTime"),
        "description": file.get("StructureSetDescription", ""),
        "rois": rois(file),
        "sr": {
            "verification": report.VerificationFlag,
            "completion": report.CompletionFlag,
            "observers": [str(v.VerifyingObserverName) for v in verified],
        },
        "seg_creator": str(segments.get("ContentCreatorName", "")),
    }


def main():
    suggestion, signed = (pathlib.Path(argument) for argument in sys.argv[1:3])
    print(json.dumps({"suggestion": describe(suggestion), "signed": describe(signed)}, indent=1))


main()
