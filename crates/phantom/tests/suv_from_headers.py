"""SUV of a written phantom from its DICOM headers alone, held against its truth.json.

usage: suv_from_headers.py FOLDER

Reads the PET with pydicom, derives SUVbw by the rules of each maker, and prints the largest
deviation at the checkpoints, relative to one step of the stored values. Nothing here knows how the
files were written.
"""

import json
import math
import pathlib
import sys
from datetime import datetime, timedelta

import numpy
import pydicom

DT = "%Y%m%d%H%M%S.%f"


def moment(text):
    return datetime.strptime(text if "." in text else text + ".0", DT)


def suv_per_value(slices):
    """SUV of one unit of the rescaled values, the same for all slices."""
    first = slices[0]
    assert set(first.CorrectedImage) >= {"ATTN", "DECY"} and first.DecayCorrection == "START"
    if first.Units == "CNTS":
        element = first.get((0x7053, 0x1000))
        if element is None:
            raise SystemExit("refused: counts without their factors")
        value = element.value
        return float(value.decode() if isinstance(value, bytes) else value)
    assert first.Units == "BQML"
    if "GE" in first.Manufacturer.split():
        reference = moment(str(first[0x0009, 0x100D].value))
    else:
        reference = moment(first.SeriesDate + first.SeriesTime)
    injection = first.RadiopharmaceuticalInformationSequence[0]
    if "RadiopharmaceuticalStartDateTime" in injection:
        injected = moment(str(injection.RadiopharmaceuticalStartDateTime))
    else:
        injected = moment(reference.strftime("%Y%m%d") + str(injection.RadiopharmaceuticalStartTime))
        if injected > reference:
            injected -= timedelta(days=1)
    elapsed = (reference - injected).total_seconds()
    left = float(injection.RadionuclideTotalDose) * math.exp(
        -math.log(2) * elapsed / float(injection.RadionuclideHalfLife)
    )
    return float(first.PatientWeight) * 1000 / left


def main():
    folder = pathlib.Path(sys.argv[1])
    truth = json.loads((folder / "truth.json").read_text())
    slices = [pydicom.dcmread(f) for f in (folder / "PT").iterdir()]
    normal = numpy.cross(*numpy.reshape(slices[0].ImageOrientationPatient, (2, 3)))
    slices.sort(key=lambda s: float(numpy.dot(normal, s.ImagePositionPatient)))
    factor = suv_per_value(slices)
    row, column = numpy.reshape(slices[0].ImageOrientationPatient, (2, 3))
    worst = 0.0
    for point in truth["suv_checkpoints"]:
        position = numpy.array(point["position_mm"])
        k = int(
            numpy.argmin(
                [abs(numpy.dot(normal, position - numpy.array(s.ImagePositionPatient, float))) for s in slices]
            )
        )
        image = slices[k]
        offset = position - numpy.array(image.ImagePositionPatient, float)
        j = numpy.dot(offset, column) / float(image.PixelSpacing[0])
        i = numpy.dot(offset, row) / float(image.PixelSpacing[1])
        assert abs(j - round(j)) < 1e-3 and abs(i - round(i)) < 1e-3, (i, j)
        assert [k, round(j), round(i)] == point["voxel_kji"], (k, j, i, point)
        value = float(image.pixel_array[round(j), round(i)]) * float(image.RescaleSlope)
        step = float(image.RescaleSlope) * factor
        deviation = abs(value * factor - point["suv"])
        # Half a step of rounding, and the single precision of the truth.
        worst = max(worst, (deviation - 1e-6 * point["suv"]) / step)
    print(f"{worst:.4f}")


main()
