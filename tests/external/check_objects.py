"""Reads a result's segmentation and measurement report with highdicom, and its label map with nibabel.

Usage: check_objects.py RESULT_FOLDER
Prints one JSON object: for each segment what it says it is and how its voxels lie to those of
labels.nii.gz in patient space; the groups of the report; and every code with whether DICOM's own
lists (as pydicom has them) know it under this meaning. Decides nothing; the test that calls it does.
"""

import json
import pathlib
import sys

import highdicom
import nibabel
import numpy
import pydicom
from pydicom.sr._concepts_dict import concepts

sys.path.append(str(pathlib.Path(__file__).parents[2] / "crates/dicom/tests/external"))
from written_objects import report  # noqa: E402


def segment(seg, number, labels, lps_from_voxel):
    """What a segment says, and its voxels counted against those of its label."""
    description = seg.get_segment_description(number)
    volume = seg.get_volume(segment_numbers=[number])
    index = numpy.argwhere(volume.array[..., 0] > 0)
    places = volume.map_indices_to_reference(index)
    voxels = numpy.linalg.solve(lps_from_voxel, numpy.c_[places, numpy.ones(len(places))].T)[:3].T
    rounded = numpy.rint(voxels).astype(int)
    off = numpy.linalg.norm((voxels - rounded) @ lps_from_voxel[:3, :3].T, axis=1)
    ours = {tuple(v) for v in rounded}
    labelled = {tuple(v) for v in numpy.argwhere(labels == number)}
    told = {
        "number": int(number),
        "label": description.segment_label,
        "tracking_id": description.tracking_id,
        "tracking_uid": description.tracking_uid,
        "voxels": len(index),
        "in_both": len(ours & labelled),
        "labelled": len(labelled),
        "off_mm": float(off.max()),
        "region": None,
    }
    if "AnatomicRegionSequence" in description:
        region = description.AnatomicRegionSequence[0]
        side = region.get("AnatomicRegionModifierSequence")
        told["region"] = [region.CodeValue, region.CodingSchemeDesignator,
                          side[0].CodeValue if side else None]
    return told


def codes(items, found):
    """Every code in a data set, at any depth."""
    for item in items:
        if item.VR == "SQ":
            for inner in item.value:
                if "CodeValue" in inner and "CodeMeaning" in inner:
                    found.add((inner.CodingSchemeDesignator, inner.CodeValue, inner.CodeMeaning))
                codes(inner, found)
    return found


def is_known(scheme, value, meaning):
    """Whether DICOM's lists have the code under this meaning."""
    terms = concepts.get(scheme, {}).values()
    return any(term[value][0].lower() == meaning.lower() for term in terms if value in term)


def main():
    result = pathlib.Path(sys.argv[1])
    image = nibabel.load(result / "labels.nii.gz")
    labels = numpy.asarray(image.dataobj)
    lps_from_voxel = numpy.diag([-1.0, -1.0, 1.0, 1.0]) @ image.affine
    seg = highdicom.seg.segread(result / "seg.dcm")
    files = [pydicom.dcmread(result / name) for name in ("seg.dcm", "sr.dcm")]
    used = set().union(*(codes(file, set()) for file in files))
    print(json.dumps({
        "seg_uid": seg.SOPInstanceUID,
        "sr_uid": files[1].SOPInstanceUID,
        "source_series": seg.ReferencedSeriesSequence[0].SeriesInstanceUID,
        "frame_of_reference": seg.FrameOfReferenceUID,
        "segments": [segment(seg, n, labels, lps_from_voxel) for n in seg.segment_numbers],
        "report": report(result / "sr.dcm"),
        "codes": [[*code, is_known(*code)] for code in sorted(used)],
    }, indent=1))


main()
