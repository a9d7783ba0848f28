"""Organs of a phantom's label map as other software hands them in.

Usage: draw_organs.py masks ORGANS.nii.gz NAMES.txt FOLDER          one NIfTI mask each (nibabel)
       draw_organs.py segmentation ORGANS.nii.gz NAMES.txt CT FILE  a DICOM SEG (highdicom)
       draw_organs.py segmenter ORGANS.nii.gz NAMES.txt CT.nii.gz FOLDER
                                                     masks, if the CT lies where the organs do
"""

import pathlib
import sys

import highdicom
import nibabel
import numpy
import pydicom
from pydicom.sr.coding import Code

# Segmented property types (SNOMED CT) with the side, of what the tests ask for.
CODES = {
    "urinary_bladder": ("89837001", "Bladder", None),
    "liver": ("10200004", "Liver", None),
    "kidney_left": ("64033007", "Kidney", "7771000"),
    "kidney_right": ("64033007", "Kidney", "24028007"),
    "hip_left": ("29836001", "Hip", "7771000"),
    "hip_right": ("29836001", "Hip", "24028007"),
    "sacrum": ("54735007", "Sacrum", None),
}


def organs(labels, names):
    image = nibabel.load(labels)
    values = numpy.asarray(image.dataobj)
    for line in pathlib.Path(names).read_text().splitlines():
        number, name = line.split(" ", 1)
        yield name, (values == int(number)).astype(numpy.uint8), image.affine


def write_masks(labels, names, folder):
    folder = pathlib.Path(folder)
    folder.mkdir()
    for name, mask, affine in organs(labels, names):
        nibabel.save(nibabel.Nifti1Image(mask, affine), folder / f"{name}.nii.gz")


def described(number, name):
    value, meaning, side = CODES[name]
    segment = highdicom.seg.SegmentDescription(
        segment_number=number, segment_label=f"Segment {number}",
        segmented_property_category=Code("123037004", "SCT", "Anatomical Structure"),
        segmented_property_type=Code(value, "SCT", meaning),
        algorithm_type=highdicom.seg.SegmentAlgorithmTypeValues.MANUAL)
    if side:
        modifier = pydicom.Dataset()
        modifier.CodeValue, modifier.CodingSchemeDesignator = side, "SCT"
        modifier.CodeMeaning = "Side"
        kind = segment.SegmentedPropertyTypeCodeSequence[0]
        kind.SegmentedPropertyTypeModifierCodeSequence = [modifier]
    return segment


def write_segmentation(labels, names, ct, file):
    slices = [pydicom.dcmread(path) for path in pathlib.Path(ct).iterdir()]
    slices.sort(key=lambda s: float(s.ImagePositionPatient[2]))
    found = [(name, mask) for name, mask, _ in organs(labels, names) if name in CODES]
    # NIfTI has columns, rows, slices; an upright CT has them in the same order.
    planes = numpy.stack([mask.transpose(2, 1, 0) for _, mask in found], axis=-1)
    segmentation = highdicom.seg.Segmentation(
        source_images=slices, pixel_array=planes,
        segmentation_type=highdicom.seg.SegmentationTypeValues.BINARY,
        segment_descriptions=[described(n + 1, name) for n, (name, _) in enumerate(found)],
        series_instance_uid=highdicom.UID(), series_number=9,
        sop_instance_uid=highdicom.UID(), instance_number=1, manufacturer="Test",
        manufacturer_model_name="Test", software_versions="1", device_serial_number="1")
    segmentation.save_as(file)


def segment(labels, names, ct, folder):
    image, drawn = nibabel.load(ct), nibabel.load(labels)
    if image.shape != drawn.shape or not numpy.allclose(image.affine, drawn.affine, atol=1e-3):
        sys.exit("the CT lies elsewhere")
    fat = numpy.asarray(image.dataobj)
    if not -1100 < fat.min() < -900:
        sys.exit(f"no air at {fat.min()} HU")
    write_masks(labels, names, folder)


if __name__ == "__main__":
    {"masks": write_masks, "segmentation": write_segmentation, "segmenter": segment}[
        sys.argv[1]](*sys.argv[2:])
    print("{}")
