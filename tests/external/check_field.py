"""Holds the beams of a written plan against the report, the landmarks and the drawn field.

Usage: check_field.py RESULT_FOLDER
Reads rtplan.dcm and rtstruct.dcm with pydicom and projects with a geometry of its own. Prints one
JSON object; decides nothing, the test that calls it does.
"""

import json
import pathlib
import sys

import numpy
import pydicom

# Axes of the fixed system of IEC 61217 in LPS, by patient position: X to the right of who faces the
# gantry, Y towards the gantry, Z up.
FIXED = {
    "HFS": numpy.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]], float),
    "HFP": numpy.array([[-1, 0, 0], [0, 0, 1], [0, 1, 0]], float),
    "FFS": numpy.array([[-1, 0, 0], [0, 0, -1], [0, -1, 0]], float),
    "FFP": numpy.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], float),
}
OUTWARD = {"superior": [0, 0, 1], "inferior": [0, 0, -1], "left": [1, 0, 0], "right": [-1, 0, 0],
           "anterior": [0, -1, 0], "posterior": [0, 1, 0]}


class PlannedBeam:
    """A beam as the plan has it."""

    def __init__(self, item, position):
        point = item.ControlPointSequence[0]
        self.name = item.BeamName
        self.gantry = float(point.GantryAngle)
        self.isocentre = numpy.array(point.IsocenterPosition, float)
        self.jaws = {j.RTBeamLimitingDeviceType[-1]: [float(v) for v in j.LeafJawPositions]
                     for j in point.BeamLimitingDevicePositionSequence}
        angle = numpy.radians(self.gantry)
        turn = numpy.array([[numpy.cos(angle), 0, -numpy.sin(angle)], [0, 1, 0],
                            [numpy.sin(angle), 0, numpy.cos(angle)]])
        self.x, self.y, self.z = turn @ FIXED[position]
        self.source = self.isocentre + self.z * float(item.SourceAxisDistance)

    def project(self, points):
        """Where rays through points cut the plane through the isocentre: (x, y) in mm."""
        way = numpy.atleast_2d(points) - self.source
        share = ((self.isocentre - self.source) @ self.z) / (way @ self.z)
        crossing = self.source + way * share[:, None] - self.isocentre
        return numpy.c_[crossing @ self.x, crossing @ self.y]

    def outside(self, points):
        """How far points lie outside of the open field, in the plane through the isocentre."""
        place = self.project(points)
        (x1, x2), (y1, y2) = self.jaws["X"], self.jaws["Y"]
        return numpy.max([x1 - place[:, 0], place[:, 0] - x2, y1 - place[:, 1],
                          place[:, 1] - y2], axis=0)


def border_errors(beams, borders):
    """For each side the largest distance of a jaw from the projection of its outermost landmark."""
    errors = {}
    for border in borders:
        outward = numpy.array(OUTWARD[border["side"]], float)
        points = [numpy.array(p["landmark_mm"]) + outward * p["margin_mm"]
                  for p in border["points"]]
        for beam in beams:
            for column, axis in enumerate([beam.x, beam.y]):
                sign = round(float(axis @ outward))
                if sign == 0:
                    continue
                outermost = max(sign * beam.project(p)[0, column] for p in points) * sign
                edge = beam.jaws["XY"[column]][1 if sign > 0 else 0]
                worst = max(errors.get(border["side"], 0.0), abs(outermost - edge))
                errors[border["side"]] = worst
    return errors


def main(result):
    result = pathlib.Path(result)
    field = json.loads((result / "report.json").read_text())["field"]
    plan = pydicom.dcmread(result / "rtplan.dcm")
    structures = pydicom.dcmread(result / "rtstruct.dcm")
    position = plan.PatientSetupSequence[0].PatientPosition
    beams = [PlannedBeam(item, position) for item in plan.BeamSequence]
    differences = [abs(a - b) for beam in beams
                   for a, b in zip(beam.isocentre, field["isocentre_mm"])]
    for beam, told in zip(beams, field["beams"]):
        differences.append(abs(beam.gantry - told["gantry_deg"]))
        open_mm = told["aperture_mm"]
        differences += [abs(a - b) for a, b in zip(
            beam.jaws["X"] + beam.jaws["Y"],
            [open_mm[k] for k in ("x1", "x2", "y1", "y2")])]
    names = [roi.ROIName for roi in structures.StructureSetROISequence]
    number = structures.StructureSetROISequence[-1].ROINumber
    contours = next(c for c in structures.ROIContourSequence if c.ReferencedROINumber == number)
    points = numpy.concatenate([numpy.reshape(c.ContourData, (-1, 3)).astype(float)
                                for c in contours.ContourSequence])
    outside = numpy.max([beam.outside(points) for beam in beams], axis=0)
    json.dump({
        "position": position, "told_position": field["patient_position"],
        "names": [[beam.name, told["name"]] for beam, told in zip(beams, field["beams"])],
        "gantry": [beam.gantry for beam in beams],
        "plan_from_report": max(differences),
        "border_errors_mm": border_errors(beams, field["borders"]),
        "rois": names,
        "field_type": next(o.RTROIInterpretedType for o in structures.RTROIObservationsSequence
                           if o.ReferencedROINumber == number),
        "field_description": structures.StructureSetROISequence[-1].ROIDescription,
        "contours": len(contours.ContourSequence),
        "contour_outside_mm": float(outside.max()),
        "contour_inside_mm": float(-outside.min()),
        "structures_match": plan.ReferencedStructureSetSequence[0].ReferencedSOPInstanceUID
        == structures.SOPInstanceUID,
        "frames_match": plan.FrameOfReferenceUID == structures.FrameOfReferenceUID,
        "series": [plan.SeriesDescription, plan.ApprovalStatus, plan.PlanIntent],
    }, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
