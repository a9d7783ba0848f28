"""Writes Spatial Registration objects with pydicom, as other software would.

usage: registrations.py CASE.json OUT.dcm

The case: registered_frame, patient_id, study_uid, and items, each with frame (or images, a list of SOP
Instance UIDs), matrices (lists of 16 numbers, row by row, the first applied first) and type. With
deformable true the object is a Deformable Spatial Registration. Prints {"written": path}.
"""

import json
import sys

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, UID, generate_uid

SPATIAL = UID("1.2.840.10008.5.1.4.1.1.66.1")
DEFORMABLE = UID("1.2.840.10008.5.1.4.1.1.66.3")
CT = "1.2.840.10008.5.1.4.1.1.2"


def code(value, scheme, meaning):
    item = Dataset()
    item.CodeValue = value
    item.CodingSchemeDesignator = scheme
    item.CodeMeaning = meaning
    return item


def reference(sop_class, uid):
    item = Dataset()
    item.ReferencedSOPClassUID = sop_class
    item.ReferencedSOPInstanceUID = uid
    return item


def registration_item(case):
    item = Dataset()
    if "frame" in case:
        item.FrameOfReferenceUID = case["frame"]
    if "images" in case:
        item.ReferencedImageSequence = Sequence([reference(CT, uid) for uid in case["images"]])
    matrices = []
    for numbers in case["matrices"]:
        matrix = Dataset()
        matrix.FrameOfReferenceTransformationMatrixType = case.get("type", "RIGID")
        matrix.FrameOfReferenceTransformationMatrix = [
            pydicom.valuerep.DSfloat(float(v), auto_format=True) for v in numbers
        ]
        matrices.append(matrix)
    registration = Dataset()
    registration.RegistrationTypeCodeSequence = Sequence([code("125025", "DCM", "Visual Alignment")])
    registration.MatrixSequence = Sequence(matrices)
    item.MatrixRegistrationSequence = Sequence([registration])
    return item


def main(case_path, out):
    with open(case_path, encoding="utf-8") as file:
        case = json.load(file)
    deformable = case.get("deformable", False)
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = DEFORMABLE if deformable else SPATIAL
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    d = FileDataset(out, {}, file_meta=meta, preamble=b"\0" * 128)
    d.SpecificCharacterSet = "ISO_IR 192"
    d.SOPClassUID = meta.MediaStorageSOPClassUID
    d.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    d.PatientName = "Phantom^Pelvis"
    d.PatientID = case["patient_id"]
    d.PatientBirthDate = ""
    d.PatientSex = "M"
    d.StudyInstanceUID = case.get("study_uid", generate_uid())
    d.StudyDate = d.SeriesDate = d.ContentDate = "20240313"
    d.StudyTime = d.SeriesTime = d.ContentTime = "101500"
    d.AccessionNumber = ""
    d.ReferringPhysicianName = ""
    d.StudyID = "1"
    d.Modality = "REG"
    d.SeriesInstanceUID = generate_uid()
    d.SeriesNumber = 7
    d.InstanceNumber = 1
    d.Manufacturer = "isoboost tests"
    d.ManufacturerModelName = "pydicom"
    d.DeviceSerialNumber = "1"
    d.SoftwareVersions = pydicom.__version__
    d.ContentLabel = "REGISTRATION"
    d.ContentDescription = "PET/CT to planning CT"
    d.ContentCreatorName = ""
    d.FrameOfReferenceUID = case["registered_frame"]
    d.PositionReferenceIndicator = ""
    if deformable:
        grid = Dataset()
        grid.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        grid.ImagePositionPatient = [0, 0, 0]
        grid.GridDimensions = [2, 2, 2]
        grid.GridResolution = [10.0, 10.0, 10.0]
        grid.VectorGridData = np.zeros(24, dtype=np.float32).tobytes()
        item = Dataset()
        item.SourceFrameOfReferenceUID = case["items"][0]["frame"]
        item.DeformableRegistrationGridSequence = Sequence([grid])
        d.DeformableRegistrationSequence = Sequence([item])
    else:
        d.RegistrationSequence = Sequence([registration_item(item) for item in case["items"]])
    d.save_as(out, enforce_file_format=True)
    print(json.dumps({"written": out}))


if __name__ == "__main__":
    main(*sys.argv[1:])
