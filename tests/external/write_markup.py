"""Writes markup into the headers of every DICOM file of a folder, in place.

Usage: write_markup.py FOLDER
The texts are what a careless page would run: none may come out of isoboost as anything but text.
"""

import pathlib
import sys

import pydicom

HEADERS = {
    "PatientName": "<script>alert('name')</script>^<b>bold</b>",
    "PatientID": "<img src=x onerror=alert('id')>",
    "StudyDescription": "<svg onload=alert('study')>",
    "SeriesDescription": "\"><script>alert('series')</script>",
    "InstitutionName": "{{ 7 * 7 }} <iframe src=//example.invalid>",
}


def main():
    for path in sorted(pathlib.Path(sys.argv[1]).rglob("*")):
        if not path.is_file():
            continue
        try:
            file = pydicom.dcmread(path)
        except pydicom.errors.InvalidDicomError:
            continue
        for keyword, text in HEADERS.items():
            setattr(file, keyword, text)
        file.save_as(path)


main()
