"""Doses, plans and structure sets written by pydicom, with what is in them.

    dose_case.py histograms OUT     a dose in a straight gradient with a box and a ball; prints the
                                    dose-volume histograms that dicompyler-core finds
    dose_case.py real RTSS OUT      doses over organs that somebody drew, with the histograms likewise
    dose_case.py phantom SCAN OUT   the base plan of a phantom of the pelvis with its organs; prints
                                    what the limits of the organs must be
    dose_case.py beside CT OUT      a dose of 66 Gy in the middle of an axial CT, without its plan
"""

import json
import sys
from pathlib import Path

import numpy as np
import pydicom
import pydicom.dicomio
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

# dicompyler-core 0.5.6 asks for the reader by a name that pydicom 3 no longer has.
pydicom.dicomio.read_file = pydicom.dcmread
from dicompylercore import dvhcalc  # noqa: E402

RTDOSE = "1.2.840.10008.5.1.4.1.1.481.2"
RTSTRUCT = "1.2.840.10008.5.1.4.1.1.481.3"
RTPLAN = "1.2.840.10008.5.1.4.1.1.481.5"


def new(sop_class, modality, study_uid, frame_uid, patient_id):
    d = Dataset()
    d.file_meta = FileMetaDataset()
    d.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    d.SOPClassUID = d.file_meta.MediaStorageSOPClassUID = sop_class
    d.SOPInstanceUID = d.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    d.StudyInstanceUID = study_uid
    d.SeriesInstanceUID = generate_uid()
    d.FrameOfReferenceUID = frame_uid
    d.Modality = modality
    d.PatientID = patient_id
    d.PatientName = "Phantom^Pelvis"
    d.StudyDate = "20240312"
    d.StudyTime = "100000"
    d.Manufacturer = "pydicom"
    d.SeriesNumber = 1
    return d


def write_dose(path, head, gy, origin, spacing, plan_uid=None):
    """`gy` is [k, j, i] on planes that are `spacing` = (dz, dy, dx) apart, from `origin` up."""
    d = head
    scaling = float(f"{gy.max() / 2**31:.10e}")
    d.NumberOfFrames, d.Rows, d.Columns = gy.shape
    d.PixelSpacing = [spacing[1], spacing[2]]
    d.ImagePositionPatient = list(origin)
    d.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    d.GridFrameOffsetVector = [float(f"{k * spacing[0]:.4f}") for k in range(gy.shape[0])]
    d.FrameIncrementPointer = 0x3004000C
    d.SamplesPerPixel = 1
    d.PhotometricInterpretation = "MONOCHROME2"
    d.BitsAllocated = d.BitsStored = 32
    d.HighBit = 31
    d.PixelRepresentation = 0
    d.DoseUnits = "GY"
    d.DoseType = "PHYSICAL"
    d.DoseSummationType = "PLAN"
    d.DoseGridScaling = scaling
    if plan_uid:
        reference = Dataset()
        reference.ReferencedSOPClassUID = RTPLAN
        reference.ReferencedSOPInstanceUID = plan_uid
        d.ReferencedRTPlanSequence = [reference]
    d.PixelData = np.round(gy / scaling).astype("<u4").tobytes()
    d.save_as(path, enforce_file_format=True)


def write_structures(path, head, rois):
    """`rois` maps names to lists of contours, each an array of points."""
    d = head
    d.StructureSetLabel = "organs"
    d.StructureSetROISequence, d.ROIContourSequence, d.RTROIObservationsSequence = [], [], []
    for number, (name, contours) in enumerate(rois.items(), 1):
        roi = Dataset()
        roi.ROINumber, roi.ROIName = number, name
        roi.ReferencedFrameOfReferenceUID = d.FrameOfReferenceUID
        roi.ROIGenerationAlgorithm = ""
        d.StructureSetROISequence.append(roi)
        item = Dataset()
        item.ReferencedROINumber = number
        item.ROIDisplayColor = [255, 0, 0]
        item.ContourSequence = []
        for points in contours:
            contour = Dataset()
            contour.ContourGeometricType = "CLOSED_PLANAR"
            contour.NumberOfContourPoints = len(points)
            contour.ContourData = [float(f"{v:.4f}") for v in np.ravel(points)]
            item.ContourSequence.append(contour)
        d.ROIContourSequence.append(item)
        seen = Dataset()
        seen.ObservationNumber = seen.ReferencedROINumber = number
        seen.RTROIInterpretedType = "ORGAN"
        seen.ROIInterpreter = ""
        d.RTROIObservationsSequence.append(seen)
    d.save_as(path, enforce_file_format=True)


def box(low, high, heights):
    (x0, y0), (x1, y1) = low, high
    return [np.array([[x0, y0, z], [x1, y0, z], [x1, y1, z], [x0, y1, z]]) for z in heights]


def ball(center, radius, heights):
    contours = []
    for z in heights:
        squared = radius**2 - (z - center[2]) ** 2
        if squared <= 0:
            continue
        angle = np.linspace(0, 2 * np.pi, 360, endpoint=False)
        r = np.sqrt(squared)
        x, y = center[0] + r * np.cos(angle), center[1] + r * np.sin(angle)
        contours.append(np.stack([x, y, np.full_like(x, z)], axis=1))
    return contours


def case_of(structures, dose, number, roi):
    """What dicompyler-core finds of a region."""
    dvh = dvhcalc.get_dvh(str(structures), str(dose), number)
    hot = dvh.relative_volume.statistic("V70Gy").value if dvh.max >= 70 else 0.0
    return {
        "dose": str(dose),
        "roi": roi,
        "volume_ml": float(dvh.volume),
        "mean_gy": float(dvh.mean),
        "d95_gy": float(dvh.statistic("D95").value),
        "d2cc_gy": float(dvh.statistic("D2cc").value),
        "v70_percent": float(hot),
    }


def real(structures, out):
    """Drawn organs in a dose with a steep and a shallow side, on planes where contours are."""
    drawn = pydicom.dcmread(structures)
    names = {r.ROINumber: r.ROIName for r in drawn.StructureSetROISequence}
    identity = (
        drawn.StudyInstanceUID,
        drawn.ReferencedFrameOfReferenceSequence[0].FrameOfReferenceUID,
        drawn.PatientID,
    )
    result = {"structures": str(structures), "cases": []}
    for item in drawn.ROIContourSequence:
        name = names[item.ReferencedROINumber]
        if name not in ("Heart", "Breast", "Lt Lung", "Tumor Bed Block"):
            continue
        points = np.concatenate(
            [np.reshape(c.ContourData, (-1, 3)).astype(float) for c in item.ContourSequence]
        )
        heights = np.unique(points[:, 2])
        step = np.diff(heights).min()
        count = round((heights[-1] - heights[0]) / step) + 1
        planes = heights[0] + step * np.arange(count)
        low, high = points[:, :2].min(axis=0) - 5.0, points[:, :2].max(axis=0) + 5.0
        pixel = 0.5
        x, y = (np.arange(a, b, pixel) for a, b in zip(low, high))
        z, y, x = np.meshgrid(planes, y, x, indexing="ij")
        middle = points.mean(axis=0)
        aside = (x - middle[0]) / 12 + (y - middle[1]) / 20
        gy = 8 + 70 / (1 + np.exp(-aside)) + 0.05 * (z - middle[2])
        path = out / f"{item.ReferencedROINumber}.dcm"
        head = new(RTDOSE, "RTDOSE", *identity)
        origin = (low[0], low[1], planes[0])
        write_dose(path, head, np.maximum(gy, 0), origin, (step, pixel, pixel))
        result["cases"].append(case_of(structures, path, item.ReferencedROINumber, name))
    return result


def histograms(out):
    """A dose on pixels of 0.5 mm, so that counting pixels is as good as any interpolation."""
    study, frame = generate_uid(), generate_uid()
    heights = np.arange(-40, 41, 2.0)
    pixel = 0.5
    i = np.arange(-60, 60, pixel)
    z, y, x = np.meshgrid(heights, i, i, indexing="ij")
    gradient = 60 + 0.7 * x - 0.4 * y + 0.3 * z
    bump = 95 * np.exp(-((x - 10) ** 2 + y**2 + z**2) / (2 * 25.0**2))
    # Edges of the boxes lie between pixels.
    rois = {
        "Rectum": box((-20.25, -15.25), (24.75, 19.75), heights[np.abs(heights) <= 20]),
        "Bladder": ball((5.0, -3.0, 0.0), 24.0, heights),
    }
    structures = out / "structures.dcm"
    write_structures(structures, new(RTSTRUCT, "RTSTRUCT", study, frame, "P1"), rois)
    result = {"structures": str(structures), "cases": []}
    for name, gy in [("gradient", gradient), ("bump", bump)]:
        path = out / f"{name}.dcm"
        head = new(RTDOSE, "RTDOSE", study, frame, "P1")
        # dicompyler-core reads offsets of planes as relative ones alone.
        write_dose(path, head, gy, (-60.0, -60.0, -40.0), (2.0, pixel, pixel))
        for number, roi in enumerate(rois, 1):
            result["cases"].append(case_of(structures, path, number, roi))
    return result


def phantom(scan, out):
    """1 Gy per mm from the feet up, 60 Gy at the recurrence, at most 66: nodes get 34 Gy or less."""
    files = [pydicom.dcmread(p) for p in (scan / "CT").iterdir()]
    files.sort(key=lambda f: f.ImagePositionPatient[2])
    heights = np.array([float(f.ImagePositionPatient[2]) for f in files])
    first = files[0]
    lesions = json.loads((scan / "truth.json").read_text())["lesions"]
    bed = next(l for l in lesions if l["region"] == "prostate_bed")["centre_mm"]
    node = next(l for l in lesions if l["station"] == "common_iliac")["centre_mm"]
    z_bed = bed[2]
    identity = (first.StudyInstanceUID, first.FrameOfReferenceUID, first.PatientID)

    def dose_at(z):
        return np.clip(60 - (z - z_bed), 0, 66)

    planes = heights[0] + np.arange(0, heights[-1] - heights[0] + 0.1, 2.0)
    xy = [float(v) for v in first.ImagePositionPatient[:2]]
    n = 160
    gy = np.broadcast_to(dose_at(planes)[:, None, None], (len(planes), n, n))

    plan = new(RTPLAN, "RTPLAN", *identity)
    del plan.FrameOfReferenceUID
    plan.RTPlanLabel = "bed 66"
    plan.RTPlanDate, plan.RTPlanTime, plan.RTPlanGeometry = "20240312", "100000", "PATIENT"
    plan.ApprovalStatus = "UNAPPROVED"
    reference = Dataset()
    reference.DoseReferenceNumber = 1
    reference.DoseReferenceStructureType = "SITE"
    reference.DoseReferenceType = "TARGET"
    reference.TargetPrescriptionDose = 66
    plan.DoseReferenceSequence = [reference]
    group = Dataset()
    group.FractionGroupNumber = 1
    group.NumberOfFractionsPlanned = 33
    group.NumberOfBeams = group.NumberOfBrachyApplicationSetups = 0
    plan.FractionGroupSequence = [group]
    plan.save_as(out / "plan.dcm", enforce_file_format=True)
    head = new(RTDOSE, "RTDOSE", *identity)
    origin = (xy[0], xy[1], planes[0])
    write_dose(out / "dose.dcm", head, gy, origin, (2.0, 2.5, 2.5), plan.SOPInstanceUID)

    def slices(low, high):
        return heights[(heights >= z_bed + low) & (heights <= z_bed + high)]

    x, y, _ = bed
    rois = {
        "Rectum": box((x - 20, y + 55), (x + 20, y + 85), slices(-12, 60)),
        "Bladder": box((x - 46, y - 75), (x + 14, y - 35), slices(24, 60)),
        "Bag_Bowel": box(
            (node[0] - 15, node[1] - 30),
            (node[0] + 15, node[1]),
            heights[np.abs(heights - node[2]) <= 15],
        ),
        "Femur_Head_L": box((80, y - 20), (110, y + 10), slices(30, 60)),
        "Femur_Head_R": box((-110, y - 20), (-80, y + 10), slices(30, 60)),
    }
    write_structures(out / "structures.dcm", new(RTSTRUCT, "RTSTRUCT", *identity), rois)
    # The slabs of the rectum, sampled finely along the patient.
    thickness = heights[1] - heights[0]
    rectum = slices(-12, 60)
    fine = np.arange(rectum[0] - thickness / 2 + 0.005, rectum[-1] + thickness / 2, 0.01)
    along = dose_at(fine)
    return {
        "rectum": {
            "volume_ml": 40 * 30 * thickness * len(rectum) / 1000,
            "v65_percent": float(100 * np.mean(along >= 65)),
            "v40_percent": float(100 * np.mean(along >= 40)),
            "mean_gy": float(along.mean()),
            "d95_gy": float(np.percentile(along, 5)),
        }
    }


def beside(ct, out):
    files = [pydicom.dcmread(p) for p in ct.iterdir()]
    files = [f for f in files if f.Modality == "CT"]
    files.sort(key=lambda f: f.ImagePositionPatient[2])
    first, spacing = files[0], 4.0
    low = np.array(first.ImagePositionPatient, float)
    high = np.array(files[-1].ImagePositionPatient, float)
    high[:2] += np.array([first.Columns, first.Rows]) * np.array(first.PixelSpacing[::-1], float)
    x, y, z = (np.arange(a, b, spacing) for a, b in zip(low, high))
    z, y, x = np.meshgrid(z, y, x, indexing="ij")
    middle = (low + high) / 2
    squared = (x - middle[0]) ** 2 + (y - middle[1]) ** 2 + (z - middle[2]) ** 2
    head = new(RTDOSE, "RTDOSE", first.StudyInstanceUID, first.FrameOfReferenceUID, first.PatientID)
    gy = 66 * np.exp(-squared / (2 * 60.0**2))
    write_dose(out / "dose.dcm", head, gy, [float(v) for v in low], (spacing,) * 3)
    return {"max_gy": float(gy.max())}


def main():
    mode, *paths = sys.argv[1:]
    paths = [Path(p) for p in paths]
    paths[-1].mkdir(parents=True, exist_ok=True)
    modes = {"histograms": histograms, "real": real, "phantom": phantom, "beside": beside}
    result = modes[mode](*paths)
    print(json.dumps(result))


main()
