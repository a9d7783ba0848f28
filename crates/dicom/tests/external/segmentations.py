"""Segmentations read and made by software that is not ours.

Usage: segmentations.py read FILE FOLDER   masks of FILE as pydicom decodes them
       segmentations.py make FOLDER        segmentations made by highdicom, with their truth

A mask is a file of voxel centres in LPS mm: three little-endian doubles for each. Prints JSON that
names these files by segment number.
"""

import json
import pathlib
import sys
import zlib

import highdicom
import numpy
import pydicom
from highdicom.seg import SegmentationTypeValues
from pydicom.encaps import encapsulate
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code
from pydicom.uid import (
    CTImageStorage, DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian,
    ImplicitVRLittleEndian, JPEG2000Lossless, JPEGLSLossless, RLELossless, generate_uid)

# Deflated Image Frame Compression, which pydicom does not know, padded to the length of JPEG 2000's.
DEFLATED_FRAMES = b"1.2.840.10008.1.2.8.1\0"


def save(points, path):
    numpy.asarray(points, dtype="<f8").reshape(-1, 3).tofile(path)
    return str(path)


def read(file, folder):
    """Frame by frame, as PS3.3 C.7.6.2.1.1 has the place of a pixel."""
    seg = pydicom.dcmread(file)
    pixels = seg.pixel_array.reshape(-1, seg.Rows, seg.Columns)
    shared = seg.SharedFunctionalGroupsSequence[0]
    points = {s.SegmentNumber: [] for s in seg.SegmentSequence}

    def group(frame, name):
        return (frame.get(name) or shared.get(name))[0]

    for frame, values in zip(seg.PerFrameFunctionalGroupsSequence, pixels, strict=True):
        position = numpy.array(group(frame, "PlanePositionSequence").ImagePositionPatient, float)
        cosines = numpy.array(
            group(frame, "PlaneOrientationSequence").ImageOrientationPatient, float)
        rows, columns = group(frame, "PixelMeasuresSequence").PixelSpacing
        for number, found in points.items():
            if seg.SegmentationType == "LABELMAP":
                inside = values == number
            elif group(frame, "SegmentIdentificationSequence").ReferencedSegmentNumber == number:
                inside = values * 2 >= seg.get("MaximumFractionalValue", 1)
            else:
                continue
            r, c = numpy.nonzero(inside)
            found.append(position + numpy.outer(c * float(columns), cosines[:3])
                         + numpy.outer(r * float(rows), cosines[3:]))
    return {str(number): save(numpy.concatenate(found) if found else [], folder / f"{number}.bin")
            for number, found in points.items()}


def turn(angles):
    a, b, c = angles
    about_x = [[1, 0, 0], [0, numpy.cos(a), -numpy.sin(a)], [0, numpy.sin(a), numpy.cos(a)]]
    about_y = [[numpy.cos(b), 0, numpy.sin(b)], [0, 1, 0], [-numpy.sin(b), 0, numpy.cos(b)]]
    about_z = [[numpy.cos(c), -numpy.sin(c), 0], [numpy.sin(c), numpy.cos(c), 0], [0, 0, 1]]
    return numpy.array(about_x) @ numpy.array(about_y) @ numpy.array(about_z)


def images(axes, shape, spacing):
    """A CT whose slices, rows and columns run along `axes`, with the places of its voxels."""
    frame, study, series = generate_uid(), generate_uid(), generate_uid()
    slices, places = [], numpy.zeros((*shape, 3))
    origin = numpy.array([-40.0, 25.0, -130.0])
    grid = numpy.stack(numpy.meshgrid(*(numpy.arange(n) for n in shape), indexing="ij"), axis=-1)
    for axis in range(3):
        places += grid[..., axis, None] * spacing[axis] * axes[axis]
    places += origin
    for k in range(shape[0]):
        ct = pydicom.Dataset()
        ct.file_meta = pydicom.dataset.FileMetaDataset()
        ct.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        ct.SOPClassUID, ct.SOPInstanceUID = CTImageStorage, generate_uid()
        ct.StudyInstanceUID, ct.SeriesInstanceUID, ct.FrameOfReferenceUID = study, series, frame
        ct.PatientID, ct.PatientName, ct.PatientBirthDate, ct.PatientSex = "T", "T^", "", "M"
        ct.StudyDate, ct.StudyTime, ct.StudyID, ct.AccessionNumber = "20260101", "120000", "1", ""
        ct.ReferringPhysicianName, ct.Modality, ct.PositionReferenceIndicator = "", "CT", ""
        ct.SeriesNumber, ct.InstanceNumber = 1, k + 1
        ct.ImagePositionPatient = [float(v) for v in places[k, 0, 0]]
        ct.ImageOrientationPatient = [float(f"{v:.12g}") for v in (*axes[2], *axes[1])]
        ct.PixelSpacing = [spacing[1], spacing[2]]
        ct.SliceThickness = spacing[0]
        ct.Rows, ct.Columns = shape[1:]
        ct.SamplesPerPixel, ct.PhotometricInterpretation = 1, "MONOCHROME2"
        ct.BitsAllocated, ct.BitsStored, ct.HighBit, ct.PixelRepresentation = 16, 16, 15, 0
        ct.PixelData = numpy.zeros(shape[1:], numpy.uint16).tobytes()
        slices.append(ct)
    return slices, places


def description(number, label, kind, side=None):
    segment = highdicom.seg.SegmentDescription(
        segment_number=number, segment_label=label,
        segmented_property_category=Code("123037004", "SCT", "Anatomical Structure"),
        segmented_property_type=kind,
        algorithm_type=highdicom.seg.SegmentAlgorithmTypeValues.MANUAL)
    if side:
        modifier = pydicom.Dataset()
        modifier.CodeValue, modifier.CodingSchemeDesignator, modifier.CodeMeaning = side
        kind = segment.SegmentedPropertyTypeCodeSequence[0]
        kind.SegmentedPropertyTypeModifierCodeSequence = [modifier]
    return segment


def segmentation(slices, array, kind, syntax):
    return highdicom.seg.Segmentation(
        source_images=slices, pixel_array=array, segmentation_type=kind,
        segment_descriptions=[
            description(1, "a", codes.SCT.Kidney, ("7771000", "SCT", "Left")),
            description(2, "b", codes.SCT.Bladder),
            description(3, "Rectum", Code("85756007", "SCT", "Tissue")),
        ],
        series_instance_uid=generate_uid(), series_number=2, sop_instance_uid=generate_uid(),
        instance_number=1, manufacturer="t", manufacturer_model_name="t", software_versions="1",
        device_serial_number="1", transfer_syntax_uid=syntax, omit_empty_frames=True)


def shuffle(seg, order):
    """The same segmentation with its frames in another order."""
    pixels = seg.pixel_array[order]
    seg.PerFrameFunctionalGroupsSequence = pydicom.Sequence(
        [seg.PerFrameFunctionalGroupsSequence[n] for n in order])
    packed = numpy.packbits(pixels.reshape(-1) != 0, bitorder="little").tobytes()
    seg.PixelData = packed + b"\0" * (len(packed) % 2)


def deflate_frames(seg):
    def deflated(frame):
        bits = numpy.packbits(frame.reshape(-1) != 0, bitorder="little").tobytes()
        packer = zlib.compressobj(wbits=-15)
        packed = packer.compress(bits) + packer.flush()
        return packed + b"\0" * (len(packed) % 2)

    frames = [deflated(frame) for frame in seg.pixel_array]
    seg.file_meta.TransferSyntaxUID = JPEG2000Lossless
    seg.PixelData = encapsulate(frames)
    seg["PixelData"].VR = "OB"
    seg["PixelData"].is_undefined_length = True


def make(folder):
    rng = numpy.random.default_rng(7)
    geometries = {
        "axial": numpy.eye(3)[::-1],
        "oblique": (turn([0.3, -0.4, 0.5]) @ numpy.eye(3)[::-1].T).T,
        # Slices go from head to feet, rows to anterior and columns to the right.
        "flipped": -numpy.eye(3)[::-1],
    }
    binary, fractional, label_map = (
        SegmentationTypeValues.BINARY, SegmentationTypeValues.FRACTIONAL,
        SegmentationTypeValues.LABELMAP)
    encodings = {
        "binary": (binary, ExplicitVRLittleEndian),
        "binary-implicit": (binary, ImplicitVRLittleEndian),
        "binary-shuffled": (binary, ExplicitVRLittleEndian),
        "binary-deflated": (binary, ExplicitVRLittleEndian),
        "binary-deflated-frames": (binary, ExplicitVRLittleEndian),
        "fractional": (fractional, ExplicitVRLittleEndian),
        "fractional-rle": (fractional, RLELossless),
        "fractional-jpeg-2000": (fractional, JPEG2000Lossless),
        "fractional-jpeg-ls": (fractional, JPEGLSLossless),
        "label-map": (label_map, ExplicitVRLittleEndian),
        "label-map-rle": (label_map, RLELossless),
    }
    made, skipped = [], set()
    for geometry, axes in geometries.items():
        # 37 x 33 pixels: no frame ends on a byte.
        slices, places = images(axes, (5, 37, 33), (3.0, 1.5, 0.8))
        share = rng.random((5, 37, 33, 3))
        share[[1, 3], ..., 0] = 0
        share[4] = 0
        for encoding, (kind, syntax) in encodings.items():
            if kind == binary:
                truth = share >= 0.6
                array = truth.astype(numpy.uint8)
            elif kind == fractional:
                array = numpy.round(share * 255) / 255
                truth = numpy.round(array * 255) * 2 >= 255
            else:
                array = (share[..., 0] * 4).astype(numpy.uint8)
                truth = numpy.stack([array == n for n in (1, 2, 3)], axis=-1)
            try:
                seg = segmentation(slices, array, kind, syntax)
            except (ModuleNotFoundError, RuntimeError) as missing:
                skipped.add(f"{encoding}: {str(missing).splitlines()[0]}")
                continue
            if encoding == "binary-shuffled":
                shuffle(seg, rng.permutation(int(seg.NumberOfFrames)))
            elif encoding == "binary-deflated":
                seg.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
            elif encoding == "binary-deflated-frames":
                deflate_frames(seg)
            name = f"{geometry}-{encoding}"
            file = folder / f"{name}.dcm"
            seg.save_as(file, enforce_file_format=True)
            if encoding == "binary-deflated-frames":
                written = file.read_bytes()
                assert written.count(JPEG2000Lossless.encode()) == 1
                file.write_bytes(written.replace(JPEG2000Lossless.encode(), DEFLATED_FRAMES))
            made.append({
                "file": str(file),
                "frame_of_reference": seg.FrameOfReferenceUID,
                "series": slices[0].SeriesInstanceUID,
                "masks": {str(n + 1): save(places[truth[..., n]], folder / f"{name}-{n + 1}.bin")
                          for n in range(3)},
            })
    return {"made": made, "skipped": sorted(skipped)}


def main():
    if sys.argv[1] == "read":
        print(json.dumps({"masks": read(sys.argv[2], pathlib.Path(sys.argv[3]))}))
    else:
        print(json.dumps(make(pathlib.Path(sys.argv[2]))))


main()
