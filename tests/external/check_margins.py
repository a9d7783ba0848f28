"""Grows a mask by SimpleITK's exact distance map and compares it with ours, voxel by voxel.

usage: check_margins.py MASK GROWN MM [GROWN MM ...]
"""

import json
import sys

import SimpleITK as sitk

# A voxel whose centre lies on the margin may fall to either side in single precision.
TIE_MM = 1e-3

mask = sitk.ReadImage(sys.argv[1]) > 0
distance = sitk.GetArrayFromImage(
    sitk.SignedMaurerDistanceMap(
        mask, insideIsPositive=False, squaredDistance=False, useImageSpacing=True
    )
)
inside = sitk.GetArrayFromImage(mask) > 0
compared = []
for path, mm in zip(sys.argv[2::2], map(float, sys.argv[3::2])):
    ours = sitk.GetArrayFromImage(sitk.ReadImage(path)) > 0
    theirs = inside | (distance <= mm)
    on_margin = abs(distance - mm) <= TIE_MM
    compared.append(
        {
            "margin_mm": mm,
            "ours": int(ours.sum()),
            "theirs": int(theirs.sum()),
            "differ": int(((ours != theirs) & ~on_margin).sum()),
        }
    )
print(json.dumps({"margins": compared}))
